import avro, { type Schema, type Type } from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import type { DeadLetter, DispatchRecord } from '../../src/core/records.ts'
import { createRecordCodecs, type RecordCodecs } from '../../src/kafka/record-codec.ts'
import { ownSchemaText } from '../../src/kafka/record-codec-schemas.ts'
import { AVRO_OPTIONS } from '../../src/registry/avro-types.ts'
import { NO_SCHEMAS, type SchemaStore } from '../../src/registry/schema-store.ts'
import { eventLetter, messageLetter } from '../dead/support/sample-letters.ts'

const IDS = { dispatch: 11, receipt: 12, deadLetter: 2 ** 31 - 1, control: 14, status: 15 }
const writing = createRecordCodecs({ schemas: NO_SCHEMAS, ids: IDS })

const LETTER = messageLetter()
const RECORD = LETTER.message as DispatchRecord

interface OwnSchema {
  fields: { name: string; type: unknown; default?: unknown }[]
}

/** Our dispatch schema as another version has it. */
function versionOf(change: (schema: OwnSchema) => void): OwnSchema {
  const schema: OwnSchema = JSON.parse(ownSchemaText('dispatch'))
  change(schema)
  return schema
}

/** As the registry's own types are made. */
function registeredType(schema: unknown): Type {
  return avro.Type.forSchema(schema as Schema, { ...AVRO_OPTIONS })
}

/** A registry that has one schema, under the id 7. */
function knowing(type: Type | 'unusable'): SchemaStore {
  return { ...NO_SCHEMAS, get: (id) => (id === 7 ? type : 'unknown') }
}

/** Names of fields within fields, none of which a version lacks here. */
const NESTED = [
  'text',
  'channel',
  'username',
  'icon_url',
  'icon_emoji',
  'topic',
  'partition',
  'offset',
  'timestamp',
]

function written(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, body])
}

describe('a record in Avro', () => {
  const whole = { ...LETTER, message: { ...RECORD, userId: null, messageId: 'ünïcödé 🎉' } }
  it.each([
    ['a dispatch record', 'dispatch', RECORD, 11],
    ['the dead letter of a message', 'deadLetter', whole, 2 ** 31 - 1],
    [
      'the dead letter of an event',
      'deadLetter',
      eventLetter({ raw: { headers: [{ name: 'h', value: { encoding: 'base64', data: '/w==' } }] } }),
      2 ** 31 - 1,
    ],
    [
      'a dispatch record with offsets up to 2^53',
      'dispatch',
      { ...RECORD, event: { ...RECORD.event, offset: 2 ** 53 - 2 } },
      11,
    ],
  ] as const)('is what was encoded: %s, in the Confluent wire format', (_what, name, record, id) => {
    const codec = writing[name] as { encode(record: object): Buffer; decode(value: Buffer): object }
    const value = codec.encode(record)
    expect(value.subarray(0, 5)).toEqual(written(id, Buffer.alloc(0)))
    expect(codec.decode(value)).toEqual({ kind: 'record', record })
  })

  it('may be longer than any before it, and the next one short again', () => {
    for (const chars of [3, 5_000, 200_000, 4]) {
      const record = { ...RECORD, message: { ...RECORD.message, text: 'é'.repeat(chars) } }
      expect(writing.dispatch.decode(Buffer.from(writing.dispatch.encode(record)))).toEqual({
        kind: 'record',
        record,
      })
    }
  })

  it('stays as it is when the next one is encoded', () => {
    const first = writing.dispatch.encode(RECORD)
    const copy = Buffer.from(first)
    writing.dispatch.encode({ ...RECORD, action: 'another' })
    expect(first).toEqual(copy)
  })

  it('is not written where it does not fit its schema', () => {
    expect(() => writing.deadLetter.encode({ ...LETTER, attempts: 1.5 })).toThrow('attempts is not')
    expect(() => writing.dispatch.encode({ ...RECORD, moved_at: 2 ** 53 })).toThrow('moved_at is not')
  })
})

it('JSON is read where Avro is written, and Avro where JSON is written: a topic may hold both', () => {
  const json = createRecordCodecs()
  const both = createRecordCodecs({
    schemas: knowing(registeredType(JSON.parse(ownSchemaText('dispatch')))),
    ids: null,
  })
  expect(writing.dispatch.decode(Buffer.from(json.dispatch.encode(RECORD)))).toEqual({
    kind: 'record',
    record: RECORD,
  })
  const body = Buffer.from(writing.dispatch.encode(RECORD)).subarray(5)
  expect(both.dispatch.decode(written(7, body))).toEqual({ kind: 'record', record: RECORD })
  expect(typeof both.dispatch.encode(RECORD)).toBe('string')
})

describe('a record of another version is read as JSON of it would be', () => {
  const older = versionOf((schema) => {
    schema.fields = schema.fields.filter(({ name }) => name !== 'moves' && name !== 'moved_at')
  })
  const newer = versionOf((schema) => {
    schema.fields.splice(2, 0, { name: 'urgency', type: ['null', 'double'], default: null })
  })
  const without = versionOf((schema) => {
    schema.fields = schema.fields.filter(({ name }) => name !== 'config_version')
  })
  it.each([
    ['an older one, without fields that have a default', older, {}, 'record'],
    ['a newer one, with a field that is not known here', newer, { urgency: 0.5 }, 'record'],
    ['one without a field that has no default', without, {}, 'malformed'],
  ])('%s', (_what, schema, more, kind) => {
    const type = registeredType(schema)
    const { moves: _, moved_at: __, ...bare } = RECORD
    const theirs = { ...bare, moves: 0, moved_at: null, ...more }
    const { dispatch } = createRecordCodecs({ schemas: knowing(type), ids: null })
    const avroRead = dispatch.decode(written(7, type.toBuffer(theirs)))
    const names = schema.fields.map(({ name }) => name)
    const jsonRead = dispatch.decode(Buffer.from(JSON.stringify(theirs, [...names, ...NESTED])))
    expect(avroRead).toMatchObject(
      kind === 'record'
        ? { kind, record: { ...bare, moves: 0, moved_at: null } }
        : { kind, detail: 'config_version is not string' },
    )
    expect(JSON.parse(JSON.stringify(avroRead))).toEqual(jsonRead)
  })

  it('one whose enum has a value more spoils the records that use it, and no others', () => {
    const schema = JSON.parse(ownSchemaText('deadLetter'))
    schema.fields.find(({ name }: { name: string }) => name === 'cause').type.symbols.unshift('bored')
    const type = registeredType(schema)
    const { deadLetter } = createRecordCodecs({ schemas: knowing(type), ids: null })
    const read = (letter: object) => deadLetter.decode(written(7, type.toBuffer(letter)))
    expect(read(LETTER)).toEqual({ kind: 'record', record: LETTER })
    expect(read({ ...LETTER, cause: 'bored' })).toEqual({ kind: 'malformed', detail: 'cause is not enum' })
  })
})

describe('a foreign value', () => {
  const events = registeredType({ type: 'record', name: 'Event', fields: [{ name: 'id', type: 'string' }] })
  const ours = registeredType(JSON.parse(ownSchemaText('dispatch')))
  const body = Buffer.from(writing.dispatch.encode(RECORD)).subarray(5)
  it.each([
    [
      'of another schema is malformed',
      events,
      written(7, events.toBuffer({ id: 'x' })),
      'malformed',
      'config_version is not string',
    ],
    [
      'that ends too soon is malformed',
      ours,
      written(7, body.subarray(0, 30)),
      'malformed',
      'not written with its schema 7',
    ],
    [
      'that goes on too long is malformed',
      ours,
      written(7, Buffer.concat([body, body])),
      'malformed',
      'not written with its schema 7',
    ],
    [
      'of a schema that is none is malformed',
      'unusable',
      written(7, body),
      'malformed',
      "schema 7 is none of bellhop's",
    ],
    [
      'of a schema that the registry lost may be ours',
      ours,
      written(9, body),
      'unknown_schema',
      'schema 9 is not in the registry',
    ],
    [
      'that promises more than it holds is malformed, at once',
      registeredType({ type: 'array', items: 'null' }),
      written(7, Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
      'malformed',
      'not written with its schema 7',
    ],
    ['of four bytes is malformed', ours, Buffer.from([0, 0, 0, 0]), 'malformed', 'not JSON'],
    ['with no id that can be is malformed', ours, written(-7, body), 'malformed', 'not JSON'],
  ] as const)('%s', (_what, type, value, kind, detail) => {
    const { dispatch } = createRecordCodecs({ schemas: knowing(type), ids: null })
    expect(dispatch.missingSchema(value)).toBe(null)
    expect(dispatch.decode(value)).toEqual({ kind, detail })
  })
})

describe('schemas that are not known yet', () => {
  const values = [
    written(7, Buffer.alloc(3)),
    Buffer.from('{}'),
    null,
    written(8, Buffer.alloc(0)),
    written(7, Buffer.alloc(1)),
  ]
  const records = values.map((value) => ({ value }))

  it('are asked for once each, all of a batch together', async () => {
    const asked: number[][] = []
    const schemas: SchemaStore = {
      ...NO_SCHEMAS,
      get: () => undefined,
      learn: async (ids) => void asked.push([...ids]),
    }
    await createRecordCodecs({ schemas, ids: null }).dispatch.learn(records)
    expect(asked).toEqual([[7, 8]])
  })

  it('are none in a batch of JSON, nor in one of our own writing', () => {
    const own: RecordCodecs = createRecordCodecs({
      schemas: { ...NO_SCHEMAS, get: () => undefined },
      ids: IDS,
    })
    expect(own.dispatch.learn([{ value: Buffer.from('{}') }, { value: null }])).toBe(null)
    expect(own.dispatch.learn([{ value: Buffer.from(own.dispatch.encode(RECORD)) }])).toBe(null)
  })

  it('are a matter for a person where no registry is configured', async () => {
    const learning = createRecordCodecs().dispatch.learn(records)
    await expect(learning).rejects.toThrow(AppError)
    await expect(learning).rejects.toThrow(/in Avro \(schema 7, 8\).*set registry.url/)
  })
})

describe('any record', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const maybeText = fc.option(text)
  const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER - 1 })
  const records: fc.Arbitrary<DispatchRecord> = fc.record({
    id: text,
    action: text,
    destination: text,
    message: fc.record({
      text,
      channel: maybeText,
      username: maybeText,
      icon_url: maybeText,
      icon_emoji: maybeText,
    }),
    event: fc.record({ topic: text, partition: fc.nat(), offset, timestamp: offset }),
    userId: maybeText,
    anonymousId: maybeText,
    messageId: maybeText,
    config_version: text,
    moves: fc.nat(),
    moved_at: fc.option(offset),
  })

  it('comes out of Avro as it comes out of JSON: as it was', () => {
    const json = createRecordCodecs()
    fc.assert(
      fc.property(records, (record) => {
        for (const { dispatch } of [json, writing]) {
          const decoded = dispatch.decode(Buffer.from(dispatch.encode(record)))
          expect(decoded).toEqual({ kind: 'record', record })
        }
      }),
    )
  })

  it('with bytes changed is a record or malformed, and never an error', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(records, fc.array(change, { minLength: 1, maxLength: 4 }), (record, changes) => {
        const value = Buffer.from(writing.dispatch.encode(record))
        for (const [at, byte] of changes) value[5 + (at % (value.length - 5))] = byte
        expect(['record', 'malformed']).toContain(writing.dispatch.decode(value).kind)
      }),
    )
  })
})

it("lets no letter's own text pass for Avro", () => {
  const letter: DeadLetter = { ...LETTER, detail: '\u0000\u0000\u0000\u0000\u0007' }
  const { deadLetter } = createRecordCodecs()
  const value = Buffer.from(deadLetter.encode(letter))
  expect(deadLetter.missingSchema(value)).toBe(null)
  expect(deadLetter.decode(value)).toEqual({ kind: 'record', record: letter })
})
