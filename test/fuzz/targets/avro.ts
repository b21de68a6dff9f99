import avro, { type Schema, type Type } from 'avsc'
import fc from 'fast-check'
import { createAvroDecoder } from '../../../src/event/decode-avro.ts'
import { compileTemplate } from '../../../src/match/template/compile.ts'
import { parseTrigger } from '../../../src/match/trigger/compile.ts'
import { AVRO_OPTIONS } from '../../../src/registry/avro-types.ts'
import { mutatedBytes } from '../mutate.ts'
import { type Growing, requireCleanPrototypes, type Target } from '../target.ts'

const SCHEMA_ID = 7
const FIELD_NAMES = [
  'type',
  'event',
  'userId',
  'properties',
  'traits',
  'a',
  'b',
  'constructor',
  'toString',
  'valueOf',
  '__proto__',
  'length',
]

const PRIMITIVES: readonly Schema[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes']
const LOGICAL: readonly Schema[] = [
  { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 },
  { type: 'string', logicalType: 'uuid' },
  { type: 'int', logicalType: 'date' },
  { type: 'int', logicalType: 'time-millis' },
  { type: 'long', logicalType: 'time-micros' },
  { type: 'long', logicalType: 'timestamp-millis' },
  { type: 'long', logicalType: 'timestamp-micros' },
  { type: 'long', logicalType: 'local-timestamp-millis' },
]

/** Random schemas; named types get their names when the whole is known. */
const { record } = fc.letrec<{ record: Schema; schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...PRIMITIVES),
    fc.constantFrom(...LOGICAL),
    tie('schema').map((items): Schema => ({ type: 'array', items })),
    tie('schema').map((values): Schema => ({ type: 'map', values })),
    fc.constant<Schema>({ type: 'enum', name: 'E', symbols: ['A', 'B', 'track'] } as Schema),
    fc.nat({ max: 20 }).map((size): Schema => ({ type: 'fixed', name: 'F', size }) as Schema),
    fc
      .uniqueArray(fc.constantFrom('null', 'string', 'long', 'boolean', 'double'), {
        minLength: 1,
        maxLength: 4,
      })
      .map((branches): Schema => unionOf(branches as Schema[])),
    tie('schema').map(
      (inner): Schema => (isUnion(inner) || inner === 'null' ? inner : unionOf(['null', inner])),
    ),
    tie('record'),
  ),
  record: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...FIELD_NAMES), tie('schema')), {
      selector: ([name]) => name,
      maxLength: 6,
    })
    .map(
      (fields): Schema =>
        ({ type: 'record', name: 'R', fields: fields.map(([name, type]) => ({ name, type })) }) as Schema,
    ),
}))

function unionOf(branches: readonly Schema[]): Schema {
  return [...branches] as unknown as Schema
}

function isUnion(schema: Schema): boolean {
  return Array.isArray(schema)
}

/** Every named type by a name of its own. */
function named(schema: Schema): Schema {
  let count = 0
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    const isNamed =
      value !== null && typeof value === 'object' && ['record', 'enum', 'fixed'].includes(value.type)
    if (isNamed && typeof value.name === 'string') value.name = `N${count++}`
    return value
  })
}

/** avsc keeps the names it meets in the options it is given. */
function readAs(schema: Schema): Type {
  return avro.Type.forSchema(schema, { ...AVRO_OPTIONS })
}

/** Null where avsc takes no such schema: a registry would refuse it too. */
function typeOf(schema: Schema): Type | null {
  try {
    return readAs(named(schema))
  } catch {
    return null
  }
}

/** Avro's own random values; those it cannot make are none of ours. */
function randomValue(type: Type): Buffer | null {
  try {
    return Buffer.concat([Buffer.from([0, 0, 0, 0, SCHEMA_ID]), type.toBuffer(type.random())])
  } catch {
    return null
  }
}

const WHOLE = compileTemplate('{{ $ }} {{ $.properties | json }} {{ type }} {{ $.a | money }} {{ b | ago }}')
const TRIGGERS = [
  'type = "track" and event > 5',
  '$..a = "x" or length(properties) > 1 or number(b) = 1',
  'string(a) in ["1"]',
].map(parseTrigger)

const CAUSES = ['bad_avro', 'unknown_schema', 'not_an_object']

function check(type: Type, value: Buffer, isValid: boolean): void {
  const decoder = createAvroDecoder({ get: (id) => (id === SCHEMA_ID ? type : undefined) })
  if (decoder.missingSchema(value) !== null) return
  const before = Buffer.from(value)
  const decoded = decoder.decode(value)
  const peeked = decoder.peek(value)
  if (!before.equals(value)) throw new Error('the bytes were changed')
  if (decoded.kind === 'poison') {
    if (!CAUSES.includes(decoded.cause)) throw new Error(`an unknown cause ${decoded.cause}`)
    if (isValid) throw new Error(`a valid value is poison: ${decoded.cause} ${decoded.detail}`)
    if (peeked !== null) throw new Error('peek saw an event in poison')
    return
  }
  const rendered = WHOLE.render(decoded.event, { nowMs: 0 })
  if (rendered.kind === 'failed') throw new Error(`it cannot be shown: ${rendered.detail}`)
  for (const { matches } of TRIGGERS) matches(decoded.event)
  if (
    Object.getPrototypeOf(decoded.event) !== Object.prototype &&
    Object.getPrototypeOf(decoded.event) !== null
  ) {
    throw new Error('the event has another prototype')
  }
  for (const field of ['type', 'event'] as const) {
    if (peeked !== null && asText(peeked[field]) !== asText(own(decoded.event, field))) {
      throw new Error(`peek saw another ${field} than decode`)
    }
  }
}

/** Long integers come out as such. */
function asText(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `${one}n` : one))
}

function own(event: object, field: string): unknown {
  return Object.hasOwn(event, field) ? (event as Record<string, unknown>)[field] : undefined
}

const DEEP = readAs({
  type: 'record',
  name: 'Deep',
  fields: [
    { name: 'next', type: ['null', 'Deep'] },
    { name: 'list', type: { type: 'array', items: 'null' } },
  ],
})
const LISTS = readAs({
  type: 'record',
  name: 'Lists',
  fields: [{ name: 'a', type: { type: 'array', items: { type: 'array', items: 'string' } } }],
})

function repeatedBytes(what: string, type: Type, bytes: readonly number[]): Growing {
  return {
    what,
    most: 1_000_000,
    ofSize: (size) => {
      const body = Buffer.alloc(size, Buffer.from(bytes))
      return Buffer.concat([Buffer.from([0, 0, 0, 0, SCHEMA_ID]), body])
    },
    run: (input) => check(type, input as Buffer, false),
  }
}

const growing: Growing[] = [
  ...[[0x02], [0x00], [0xff], [0x80], [0x01], [0x7e], [0x02, 0x00], [0xfe, 0xff, 0xff, 0xff, 0x0f]].flatMap(
    (bytes) => [
      repeatedBytes(`a nested record of ${JSON.stringify(bytes)}`, DEEP, bytes),
      repeatedBytes(`a list of ${JSON.stringify(bytes)}`, LISTS, bytes),
    ],
  ),
]

export const avroEvents: Target = {
  name: 'avro',
  growing,
  property: (watch) => {
    const schemas = record
      .map((schema) => ({ schema, type: typeOf(schema) }))
      .filter(({ type }) => type !== null)
    const cases = schemas.chain(({ schema, type }) => {
      const value = type === null ? null : randomValue(type)
      const valid = fc.constant(value ?? Buffer.alloc(0))
      return fc
        .oneof(
          valid.map((bytes) => ({ bytes, isValid: value !== null })),
          mutatedBytes(valid).map((bytes) => ({ bytes, isValid: value?.equals(bytes) ?? false })),
          fc
            .uint8Array({ maxLength: 60 })
            .map((array) => ({ bytes: Buffer.from([0, 0, 0, 0, SCHEMA_ID, ...array]), isValid: false })),
        )
        .map((one) => ({ schema, type, ...one }))
    })
    return fc.asyncProperty(cases, async ({ schema, type, bytes, isValid }) => {
      watch({ schema, hex: bytes.toString('hex') })
      if (type !== null) check(type, bytes, isValid)
      requireCleanPrototypes()
    })
  },
}
