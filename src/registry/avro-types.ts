import avro, { type ForSchemaOptions, type Schema } from 'avsc'
import { isRecord } from '../core/is-record.ts'

/** Which types each logical type may stand on: https://avro.apache.org/docs/1.12.0/specification/#logical-types. */
const LOGICAL_TYPES = {
  decimal: ['bytes', 'fixed'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
} as const

export type LogicalName = keyof typeof LOGICAL_TYPES

/**
 * A logical type that changes nothing in what avsc itself reads and writes: it only stays visible in the type, for
 * src/event/avro-reader.ts to give its values as a template author expects them.
 */
export class LogicalAvroType extends avro.types.LogicalType {
  readonly logicalName: LogicalName
  /** Digits behind the point, of a decimal. */
  readonly scale: number

  constructor(schema: Schema, options: unknown, logicalName: LogicalName) {
    super(schema, options)
    this.logicalName = logicalName
    this.scale = scaleOf(schema)
    const { typeName } = this.underlyingType
    const allowed: readonly string[] = LOGICAL_TYPES[logicalName]
    // avsc then takes the type for what it stands on, as the specification wants it.
    if (!allowed.includes(typeName)) throw new Error(`${logicalName} on ${typeName}`)
  }

  protected override _fromValue(value: unknown): unknown {
    return value
  }

  protected override _toValue(value: unknown): unknown {
    return value
  }

  /** No schema is read as this one. */
  protected override _resolve(): undefined {
    return undefined
  }
}

const MOST_DIGITS = 1_000

function scaleOf(schema: unknown): number {
  const scale = isRecord(schema) ? (schema.scale ?? 0) : 0
  if (typeof scale === 'number' && Number.isInteger(scale) && scale >= 0 && scale <= MOST_DIGITS) return scale
  throw new Error('a decimal of no valid scale')
}

const LOGICAL_CLASSES = Object.fromEntries(
  (Object.keys(LOGICAL_TYPES) as LogicalName[]).map((name) => [name, logicalClass(name)]),
)

function logicalClass(name: LogicalName) {
  return class extends LogicalAvroType {
    constructor(schema: Schema, options: unknown) {
      super(schema, options, name)
    }
  }
}

/**
 * How schemas become types, the same for whatever comes out of the registry. To be spread where it is used, since avsc
 * writes into the options it is given.
 */
export const AVRO_OPTIONS: Readonly<Partial<ForSchemaOptions>> = Object.freeze({
  // An ambiguous union can only be wrapped by avsc; our own reader unwraps it.
  wrapUnions: 'auto',
  omitRecordMethods: true,
  logicalTypes: LOGICAL_CLASSES,
})
