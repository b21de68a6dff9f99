import type { Type } from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAvroDecoder } from '../../src/event/decode-avro.ts'
import { decoderOf, HEADER, recordWith, SCHEMA_ID, typeOf, zigzag } from '../support/avro.ts'

const TREE = {
  type: 'record',
  name: 'Tree',
  fields: [{ name: 'below', type: ['null', 'Tree'] }],
}
/** A record that holds ten of the next, down to an empty one: 10^19 records in no bytes. */
const BOMB = Array.from({ length: 20 }).reduce<unknown>(
  (inner, _, depth) => ({
    type: 'record',
    name: `R${depth}`,
    fields: Array.from({ length: depth === 0 ? 0 : 10 }, (_, index) => ({
      name: `f${index}`,
      type: index === 0 ? inner : `R${depth - 1}`,
    })),
  }),
  null,
)
const COUNT_2_TO_40 = zigzag(2n ** 40n)
const MINUS_2_TO_63 = Buffer.from('ffffffffffffffffff01', 'hex')

describe('bytes that are no event', () => {
  it.each([
    ['nothing', [], '0 bytes, where the Confluent wire format begins with 5'],
    ['a header cut short', [0, 0, 0, 0], '4 bytes, where the Confluent wire format begins with 5'],
    [
      'JSON',
      [...Buffer.from('{"a":1}')],
      'begins with the byte 0x7b, where the Confluent wire format begins with 0x00',
    ],
    ['an id that no registry gives', [0, 255, 255, 255, 255, 0], '-1 is no schema id'],
  ])('%s', (_what, value, detail) => {
    const decoder = decoderOf(recordWith('int'))
    const poison = { kind: 'poison', cause: 'bad_avro', detail }

    expect(decoder.decode(Buffer.from(value))).toEqual(poison)
    expect(decoder.missingSchema(Buffer.from(value))).toBe(null)
    expect(decoder.peek(Buffer.from(value))).toBe(null)
  })

  it.each([
    ['it ends too early', 'double', [0, 0, 0]],
    ['it ends within a number', 'long', [0x80]],
    ['bytes are left over', 'int', [2, 2]],
    ['a text is longer than the rest', 'string', [6, 97]],
    ['a text has a negative length', 'string', [1]],
    ['a text has a length that no number holds', 'string', [...MINUS_2_TO_63]],
    ['a number goes on for ever', 'long', Array.from({ length: 11 }, () => 0x80)],
    ['a number has 65 bits', 'long', [255, 255, 255, 255, 255, 255, 255, 255, 255, 2]],
    ['an int is a long', 'int', [...zigzag(2n ** 31n)]],
    ['a symbol that the enum does not have', { type: 'enum', name: 'E', symbols: ['A'] }, [2]],
    ['a negative symbol', { type: 'enum', name: 'E', symbols: ['A'] }, [1]],
    ['a branch that the union does not have', ['null', 'int'], [4]],
    ['a boolean that is neither', 'boolean', [2]],
    ['a list of more items than bytes', { type: 'array', items: 'string' }, [...COUNT_2_TO_40, 0]],
    ['a list of 2^40 nulls', { type: 'array', items: 'null' }, [...COUNT_2_TO_40, 0]],
    ['a list of 2^63 nulls', { type: 'array', items: 'null' }, [...MINUS_2_TO_63, 0, 0]],
    ['a list whose blocks go back', { type: 'array', items: 'int' }, [1, ...zigzag(-20n)]],
    ['a map of 2^40 entries', { type: 'map', values: 'null' }, [...COUNT_2_TO_40, 0]],
    ['a tree of 20,000 levels', TREE, Array.from({ length: 20_000 }, () => 2)],
    ['a schema that makes 10^19 records of nothing', BOMB, []],
  ])('%s: is found at once, by decoding and by peeking', (_what, type, body) => {
    const value = Buffer.concat([HEADER, Buffer.from(body)])
    const decoder = decoderOf(recordWith(type))

    expect(decoder.decode(value)).toMatchObject({
      kind: 'poison',
      cause: 'bad_avro',
      detail: expect.stringMatching(/^it does not fit its schema 7: ./),
    })
    expect(decoder.peek(value)).toBe(null)
  })

  it.each([
    ['text', 'string', [2, 97], 'a string in Avro, by schema 7'],
    ['null', 'null', [], 'a null in Avro, by schema 7'],
    ['a list', { type: 'array', items: 'int' }, [0], 'a list in Avro, by schema 7'],
  ])('%s is no object', (_what, schema, body, detail) => {
    const value = Buffer.concat([HEADER, Buffer.from(body)])
    expect(decoderOf(schema).decode(value)).toEqual({ kind: 'poison', cause: 'not_an_object', detail })
    expect(decoderOf(schema).peek(value)).toBe(null)
  })

  it.each([
    ['unknown', { cause: 'unknown_schema', detail: 'schema 7 is not in the registry' }],
    [undefined, { cause: 'unknown_schema', detail: 'schema 7 is not in the registry' }],
    [
      'unusable',
      { cause: 'bad_avro', detail: 'schema 7 in the registry is no Avro schema that can be read' },
    ],
  ] as const)('a schema that is %s', (known, poison) => {
    const decoder = createAvroDecoder({ get: () => known })
    const value = Buffer.concat([HEADER, Buffer.from([2])])

    expect(decoder.decode(value)).toEqual({ kind: 'poison', ...poison })
    expect(decoder.missingSchema(value)).toBe(known === undefined ? SCHEMA_ID : null)
  })
})

describe('against avsc', () => {
  const name = fc.integer({ min: 0, max: 1_000_000 }).map((number) => `n${number}`)
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('null', 'boolean', 'int', 'long', 'double', 'string'),
      fc.constantFrom('null', 'boolean', 'int', 'long', 'double', 'string'),
      tie('schema').map((items) => ({ type: 'array', items })),
      tie('schema').map((values) => ({ type: 'map', values })),
      fc.constantFrom('string', 'int').map((other) => ['null', other]),
      fc.record({ name, fields: fc.array(tie('schema'), { maxLength: 4 }) }).map(({ name, fields }) => ({
        type: 'record',
        name,
        fields: fields.map((type, index) => ({ name: index === 1 ? 'event' : `f${index}`, type })),
      })),
    ),
  }))

  it('reads what avsc writes, and peeks at the same', () => {
    fc.assert(
      fc.property(fc.array(schema, { minLength: 1, maxLength: 4 }), (fields) => {
        const type = typeOrNull({
          type: 'record',
          name: 'Event',
          fields: fields.map((field, index) => ({ name: ['event', 'a', 'type', 'b'][index], type: field })),
        })
        fc.pre(type !== null)
        const written: unknown = type.random()
        const value = Buffer.concat([HEADER, type.toBuffer(written)])
        const decoder = createAvroDecoder({ get: () => type })
        const decoded = decoder.decode(value)

        expect(decoded.kind === 'event' ? JSON.stringify(decoded.event) : decoded.detail).toBe(
          JSON.stringify(written),
        )
        const event = decoded.kind === 'event' ? decoded.event : {}
        expect(decoder.peek(value)).toEqual({ event: event.event, type: event.type })
      }),
      { numRuns: 500 },
    )
  })

  it('finds poison in any bytes by peeking just where it does by decoding', () => {
    const run = { events: 0, poison: 0 }
    fc.assert(
      fc.property(
        fc.array(schema, { minLength: 1, maxLength: 3 }),
        fc.array(fc.constantFrom(0, 0, 0, 1, 2, 2, 4, 97, 128), { maxLength: 6 }),
        (fields, body) => {
          const type = typeOrNull({
            type: 'record',
            name: 'Event',
            fields: fields.map((field, index) => ({ name: `f${index}`, type: field })),
          })
          fc.pre(type !== null)
          const value = Buffer.concat([HEADER, Buffer.from(body)])
          const decoder = createAvroDecoder({ get: () => type })
          const isEvent = decoder.decode(value).kind === 'event'
          run[isEvent ? 'events' : 'poison'] += 1

          expect(decoder.peek(value) !== null).toBe(isEvent)
        },
      ),
      { numRuns: 3_000 },
    )
    expect(run.events).toBeGreaterThan(50)
    expect(run.poison).toBeGreaterThan(50)
  })

  /** Null where names meet twice. */
  function typeOrNull(schema: unknown): Type | null {
    try {
      return typeOf(schema)
    } catch {
      return null
    }
  }
})
