import { describe, expect, it } from 'vitest'
import { toRawEvent } from '../../src/event/raw-event.ts'

const at = { topic: 'events', partition: 1, offset: 2, timestamp: 3, key: null, headers: [] }

describe('a poison event as its dead letter keeps it', () => {
  it('is text where it is UTF-8, with its coordinates, key and headers', () => {
    const raw = toRawEvent({
      ...at,
      key: Buffer.from('u1'),
      value: Buffer.from('{"a":'),
      headers: [{ name: 'source', value: Buffer.from('web') }],
    })
    expect(raw).toEqual({
      topic: 'events',
      partition: 1,
      offset: 2,
      timestamp: 3,
      key: { encoding: 'utf8', data: 'u1' },
      value: { encoding: 'utf8', data: '{"a":' },
      value_bytes: 5,
      headers: [{ name: 'source', value: { encoding: 'utf8', data: 'web' } }],
    })
  })

  it('is base64 where it is not', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe])
    expect(toRawEvent({ ...at, value: bytes }).value).toEqual({ encoding: 'base64', data: '/wD+' })
  })

  it('is cut at 64 KiB and says how long it was', () => {
    const raw = toRawEvent({ ...at, value: Buffer.alloc(100_000, 'x') })
    expect([raw.value.data.length, raw.value_bytes]).toEqual([65_536, 100_000])
  })

  it('is not cut inside a character', () => {
    const { value } = toRawEvent({ ...at, value: Buffer.from(`x${'é'.repeat(40_000)}`) })
    expect(value.data).toBe(`x${'é'.repeat(32_767)}`)
  })

  it.each([
    ['JSON, whose quotes cost two bytes each', Buffer.from('{"a":"b"}'.repeat(1_000)), 'utf8'],
    ['lines', Buffer.from('\n'.repeat(1_000)), 'utf8'],
    ['text with a NUL among it', Buffer.from('a\0b:cdefgh'), 'utf8'],
    ['nothing', Buffer.alloc(0), 'utf8'],
    ['NUL bytes, valid UTF-8 that JSON writes in six bytes each', Buffer.alloc(1_000), 'base64'],
    ['terminal colours all over', Buffer.from('\u001b[m'.repeat(1_000)), 'base64'],
  ])('is text where JSON shows it at most twice as long, else base64: %s', (_what, value, encoding) => {
    const raw = toRawEvent({ ...at, value }).value
    expect(raw.encoding).toBe(encoding)
    expect(Buffer.from(raw.data, encoding === 'utf8' ? 'utf8' : 'base64')).toEqual(value)
  })

  it('judges by what is kept, not by what is cut', () => {
    const value = Buffer.concat([Buffer.alloc(65_536, 'x'), Buffer.alloc(900_000)])
    expect(toRawEvent({ ...at, value }).value).toEqual({ encoding: 'utf8', data: 'x'.repeat(65_536) })
  })

  it('has its key, header names, header values and their number cut', () => {
    const headers = Array.from({ length: 40 }, () => ({
      name: 'é'.repeat(1_000),
      value: Buffer.alloc(5_000, 'v'),
    }))
    const raw = toRawEvent({ ...at, key: Buffer.alloc(5_000, 'k'), value: null, headers })
    expect(raw.key?.data).toBe('k'.repeat(4_096))
    expect(raw.headers).toHaveLength(32)
    expect(raw.headers[31]).toEqual({
      name: 'é'.repeat(128),
      value: { encoding: 'utf8', data: 'v'.repeat(4_096) },
    })
  })
})
