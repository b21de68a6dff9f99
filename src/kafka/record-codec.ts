import { readFileSync } from 'node:fs'
import avro, { type Schema, type Type } from 'avsc'
import type { DeadLetter, DispatchRecord, Receipt } from '../core/records.ts'

/**
 * bellhop's own records on the wire: JSON, each checked against its schema in schemas/ before it is written and
 * after it is read. A record that fails before writing is a bug of ours and throws; one that fails after reading
 * is somebody's foreign record and is a value.
 */
export interface RecordCodec<T> {
  encode(record: T): string
  decode(value: Buffer): Decoded<T>
}

export type Decoded<T> = { kind: 'record'; record: T } | { kind: 'malformed'; detail: string }

export interface RecordCodecs {
  dispatch: RecordCodec<DispatchRecord>
  receipt: RecordCodec<Receipt>
  deadLetter: RecordCodec<DeadLetter>
}

const SCHEMAS = new URL('../../schemas/', import.meta.url)

export function createRecordCodecs(): RecordCodecs {
  return {
    dispatch: createCodec<DispatchRecord>('dispatch'),
    receipt: createCodec<Receipt>('receipt'),
    deadLetter: createCodec<DeadLetter>('dead-letter'),
  }
}

function createCodec<T>(name: string): RecordCodec<T> {
  const schema: Schema = JSON.parse(readFileSync(new URL(`${name}.avsc`, SCHEMAS), 'utf8'))
  const type = avro.Type.forSchema(schema, { wrapUnions: false })
  const defaults = defaultsOf(schema)
  return {
    encode(record) {
      const wrong = firstMismatch(type, record)
      if (wrong !== null) throw new TypeError(`${name} record does not fit its schema: ${wrong}`)
      return JSON.stringify(record)
    },
    decode(value) {
      let record: unknown
      try {
        record = JSON.parse(value.toString())
      } catch {
        return { kind: 'malformed', detail: 'not JSON' }
      }
      const wrong = firstMismatch(type, record)
      if (wrong !== null) return { kind: 'malformed', detail: wrong }
      return { kind: 'record', record: { ...defaults, ...(record as T) } }
    },
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
