import { describe, expect, it } from 'vitest'
import { decodeBytes, decoderOf, HEADER, recordWith, typeOf, zigzag } from '../support/avro.ts'

/** What a field of the type comes out as, written by avsc. */
function writtenAndRead(type: unknown, written: unknown): unknown {
  const bytes = typeOf(recordWith(type)).toBuffer({ v: written })
  const decoded = decodeBytes(type, bytes)
  if (decoded.kind === 'poison') throw new Error(decoded.detail)
  return decoded.event.v
}

const decimal = (scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision: 40, scale })
const logical = (type: string, logicalType: string) => ({ type, logicalType })
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const AT_MS = Date.UTC(2026, 0, 31, 8, 0, 0, 7)

describe('a value in Avro comes out as the author of a template expects it', () => {
  it.each([
    ['null', 'null', null, null],
    ['true', 'boolean', true, true],
    ['an int', 'int', -42, -42],
    ['a long', 'long', 1_790_000_000_000, 1_790_000_000_000],
    ['a negative long', 'long', -1_790_000_000_001, -1_790_000_000_001],
    ['a double', 'double', 129.95, 129.95],
    ['a float, without the digits of a double', 'float', Math.fround(0.1), 0.1],
    ['a float that needs all its digits', 'float', Math.fround(16_777_215.9), 16_777_216],
    ['what is no number', 'double', Number.NaN, null],
    ['a float that needs nine digits', 'float', Math.fround(116.468666), 116.468666],
    ['infinity', 'float', Number.POSITIVE_INFINITY, null],
    ['text', 'string', 'grün 🎉', 'grün 🎉'],
    ['bytes', 'bytes', bytes('00ff10'), 'AP8Q'],
    ['fixed bytes', { type: 'fixed', name: 'F', size: 2 }, bytes('00ff'), 'AP8='],
    ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B', 'B'],
    ['a list', { type: 'array', items: 'int' }, [1, 2], [1, 2]],
    ['a map', { type: 'map', values: 'int' }, { a: 1, b: 2 }, { a: 1, b: 2 }],
    ['a decimal', decimal(2), bytes('04e2'), 12.5],
    ['a negative decimal', decimal(2), bytes('fb1e'), -12.5],
    ['a decimal below one', decimal(3), bytes('05'), 0.005],
    ['a decimal of absurd length, as base64', decimal(2), Buffer.alloc(5_001, 0), 'AAAA'.repeat(1_667)],
    ['a decimal of nothing', decimal(2), bytes(''), 0],
    [
      'a decimal with more digits than a number holds',
      decimal(4),
      bytes('0de0b6b3a763ffff'),
      '99999999999999.9999',
    ],
    ['a whole decimal with many digits', decimal(0), bytes('0de0b6b3a7640001'), 1_000_000_000_000_000_001n],
    ['a decimal with a long tail of zeros', decimal(18), bytes('0de0b6b3a7640000'), 1],
    [
      'a fixed decimal',
      { type: 'fixed', name: 'D', size: 3, ...{ logicalType: 'decimal', precision: 6, scale: 2 } },
      bytes('0004e2'),
      12.5,
    ],
    ['a date', logical('int', 'date'), 20_484, '2026-01-31'],
    ['a date before 1970', logical('int', 'date'), -1, '1969-12-31'],
    ['a time of day', logical('int', 'time-millis'), 30_600_000, '08:30:00'],
    ['a time of day with a fraction', logical('int', 'time-millis'), 30_600_070, '08:30:00.070'],
    ['a time of day in microseconds', logical('long', 'time-micros'), 30_600_000_007, '08:30:00.000007'],
    ['a time of day that is none', logical('int', 'time-millis'), 86_400_000, 86_400_000],
    ['a timestamp', logical('long', 'timestamp-millis'), AT_MS, '2026-01-31T08:00:00.007Z'],
    [
      'a timestamp in microseconds',
      logical('long', 'timestamp-micros'),
      AT_MS * 1_000 + 5,
      '2026-01-31T08:00:00.007005Z',
    ],
    [
      'a timestamp of whole milliseconds',
      logical('long', 'timestamp-micros'),
      AT_MS * 1_000,
      '2026-01-31T08:00:00.007Z',
    ],
    ['a timestamp before 1970', logical('long', 'timestamp-micros'), -1, '1969-12-31T23:59:59.999999Z'],
    ['a local timestamp', logical('long', 'local-timestamp-millis'), AT_MS, '2026-01-31T08:00:00.007'],
    ['a timestamp beyond all years', logical('long', 'timestamp-millis'), 9e15, 9e15],
    [
      'a UUID as text',
      logical('string', 'uuid'),
      'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
      'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    ],
    [
      'a UUID as bytes',
      { type: 'fixed', name: 'U', size: 16, ...{ logicalType: 'uuid' } },
      bytes('f81d4fae7dec11d0a76500a0c91e6bf6'),
      'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    ],
    ['a logical type on a type it cannot stand on', logical('string', 'date'), 'x', 'x'],
    ['a logical type that nobody knows', logical('int', 'moon-phase'), 3, 3],
    ['an optional value', ['null', 'string'], 'x', 'x'],
    ['an optional value that is missing', ['null', 'string'], null, null],
    [
      'an optional timestamp',
      ['null', logical('long', 'timestamp-millis')],
      AT_MS,
      '2026-01-31T08:00:00.007Z',
    ],
    ['one of two numbers', ['int', 'double'], { double: 1.5 }, 1.5],
    ['one of two records', [recordNamed('A'), recordNamed('B')], { B: { b: 1 } }, { b: 1 }],
  ])('%s', (_what, type, written, expected) => {
    expect(writtenAndRead(type, written)).toStrictEqual(expected)
  })

  function recordNamed(name: string) {
    return { type: 'record', name, fields: [{ name: name.toLowerCase(), type: 'int' }] }
  }

  it.each([
    ['the largest long', 'feffffffffffffffff01', 9_223_372_036_854_775_807n],
    ['the smallest long', 'ffffffffffffffffff01', -9_223_372_036_854_775_808n],
    ['the first that a number does not hold', '8080808080808020', 9_007_199_254_740_992n],
    ['the last that a number holds', 'feffffffffffff1f', 9_007_199_254_740_991],
    ['its negative', 'fdffffffffffff1f', -9_007_199_254_740_991],
    ['nanoseconds of our time', null, 1_769_846_400_007_000_000n],
  ])('%s, exactly', (_what, hex, expected) => {
    const encoded = hex === null ? zigzag(expected as bigint) : bytes(hex)
    expect(decodeBytes('long', encoded)).toEqual({ kind: 'event', event: { v: expected } })
  })

  it('a timestamp in nanoseconds, which no number holds', () => {
    const encoded = zigzag(BigInt(AT_MS) * 1_000_000n + 9n)
    expect(decodeBytes(logical('long', 'timestamp-nanos'), encoded)).toEqual({
      kind: 'event',
      event: { v: '2026-01-31T08:00:00.007000009Z' },
    })
  })

  it('names of fields and keys that mean something to JavaScript are names', () => {
    const schema = {
      type: 'record',
      name: 'Event',
      fields: [
        { name: '__proto__', type: { type: 'map', values: 'int' } },
        { name: 'constructor', type: 'int' },
      ],
    }
    const body = [2, 18, ...Buffer.from('__proto__'), 4, 0, 6]
    const decoded = decoderOf(schema).decode(Buffer.concat([HEADER, Buffer.from(body)]))

    if (decoded.kind !== 'event') throw new Error(decoded.detail)
    expect(Object.getPrototypeOf(decoded.event)).toBe(Object.prototype)
    expect(JSON.stringify(decoded.event)).toBe('{"__proto__":{"__proto__":2},"constructor":3}')
  })
})

describe('a list in blocks', () => {
  it('is read with and without the size of a block', () => {
    const items = { type: 'array', items: 'int' }
    expect(decodeBytes(items, [4, 2, 4, 1, 2, 6, 0])).toEqual({ kind: 'event', event: { v: [1, 2, 3] } })
  })
})
