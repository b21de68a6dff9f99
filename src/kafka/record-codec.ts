import type { Schema, Type } from 'avsc'
import type { Control, DeadLetter, DispatchRecord, ProcessStatus, Receipt } from '../core/records.ts'
import type { SchemaStore } from '../registry/schema-store.ts'
import { type AvroForm, createAvroForm } from './record-codec-avro.ts'
import { type OwnRecords, ownSchema, ownType } from './record-codec-schemas.ts'

/**
 * bellhop's own records on the wire: JSON, or Avro in the Confluent wire format where a registry is configured. Both
 * are read always, whatever is written, so a topic may hold both. Each record is checked against its schema in
 * schemas/ before it is written and after it is read. A record that fails before writing is a bug of ours and throws;
 * one that fails after reading is somebody's foreign record and is a value.
 */
export interface RecordCodec<T> {
  encode(record: T): string | Buffer
  /** The id of the writer's schema that `decode` needs and that is not known yet; null where nothing is missing. */
  missingSchema(value: Buffer): number | null
  /**
   * Learns the schemas that are missing for these records. Null where none is: JSON costs no turn of the event loop.
   *
   * Rejects with an AppError where no registry is configured, and with RegistryUnavailable where it cannot be reached.
   */
  learn(records: readonly { value: Buffer | null }[]): Promise<void> | null
  /** Of a value whose schema is not missing. */
  decode(value: Buffer): Decoded<T>
}

/** `unknown_schema`: it may be ours, but the registry does not know what it was written with. */
export type Decoded<T> =
  | { kind: 'record'; record: T }
  | { kind: 'malformed' | 'unknown_schema'; detail: string }

export type RecordCodecs = { [Name in keyof OwnRecords]: RecordCodec<OwnRecords[Name]> }

export interface RecordCodecsDeps {
  /** The schemas of others who write bellhop's topics; null where no registry is configured. */
  schemas: SchemaStore | null
  /** Under which ids the registry has our own; null: records are written as JSON. */
  ids: OwnSchemaIds | null
}

/** What each of bellhop's own schemas is called in the registry. */
export type OwnSchemaIds = { [Name in keyof OwnRecords]: number }

export function createRecordCodecs(deps: RecordCodecsDeps = { schemas: null, ids: null }): RecordCodecs {
  return {
    dispatch: createCodec<DispatchRecord>('dispatch', deps),
    receipt: createCodec<Receipt>('receipt', deps),
    deadLetter: createCodec<DeadLetter>('deadLetter', deps),
    control: createCodec<Control>('control', deps),
    status: createCodec<ProcessStatus>('status', deps),
  }
}

function createCodec<T>(name: keyof OwnRecords, { schemas, ids }: RecordCodecsDeps): RecordCodec<T> {
  const type = ownType(name)
  const conform = createConformer<T>(ownSchema(name), type)
  const form: AvroForm = createAvroForm({ type, schemas, id: ids?.[name] ?? null })
  return {
    encode(record) {
      const wrong = firstMismatch(type, record)
      if (wrong !== null) throw new TypeError(`${name} record does not fit its schema: ${wrong}`)
      return form.write === null ? JSON.stringify(record) : form.write(record)
    },
    missingSchema: form.missingSchema,
    learn(records) {
      let missing: Set<number> | null = null
      for (const { value } of records) {
        const id = value === null ? null : form.missingSchema(value)
        if (id !== null) missing = (missing ?? new Set()).add(id)
      }
      return missing === null ? null : form.learn(missing)
    },
    decode(value) {
      const avro = form.read(value)
      if (avro === null) return decodeJson(value, conform)
      return avro.kind === 'decoded' ? conform(avro.record) : avro
    },
  }
}

function decodeJson<T>(value: Buffer, conform: (record: unknown) => Decoded<T>): Decoded<T> {
  let record: unknown
  try {
    record = JSON.parse(value.toString())
  } catch {
    return { kind: 'malformed', detail: 'not JSON' }
  }
  return conform(record)
}

/**
 * Makes a record of ours of what another version wrote, in whichever form: fields that are new to us stay without
 * effect, those that it lacks are filled in, and a value that we do not know spoils its own record alone.
 */
function createConformer<T>(schema: Schema, type: Type): (record: unknown) => Decoded<T> {
  const defaults = defaultsOf(schema)
  return (record) => {
    const wrong = firstMismatch(type, record)
    if (wrong !== null) return { kind: 'malformed', detail: wrong }
    return { kind: 'record', record: { ...defaults, ...(record as T) } }
  }
}

/** What stands for the fields that records written by an earlier version lack. */
function defaultsOf(schema: Schema): Record<string, unknown> {
  const { fields = [] } = schema as { fields?: { name: string; default?: unknown }[] }
  return Object.fromEntries(
    fields.filter((field) => 'default' in field).map((field) => [field.name, field.default]),
  )
}

/** The path and expected type of the first field that does not fit; never its value. */
function firstMismatch(type: Type, record: unknown): string | null {
  if (type.isValid(record)) return null
  let wrong = 'unknown field'
  type.isValid(record, {
    errorHook(path: string[], _value: unknown, expected: Type) {
      wrong = `${path.join('.') || 'record'} is not ${expected.typeName}`
    },
  })
  return wrong
}
