import avro from 'avsc'
import type { LogicalAvroType } from '../registry/avro-types.ts'
import { type AvroCodec, base64Of, bytesCodec, fixedCodec, TEXT } from './avro-codecs.ts'
import {
  dateValue,
  decimalValue,
  type TimestampDigits,
  timestampValue,
  timeValue,
  uuidValue,
} from './avro-values.ts'

const { types } = avro

export function logicalCodec(type: LogicalAvroType): AvroCodec {
  const { logicalName, scale, underlyingType } = type
  switch (logicalName) {
    case 'decimal': {
      const toValue = (bytes: Buffer) => decimalValue(bytes, scale)
      return underlyingType instanceof types.FixedType
        ? fixedCodec(underlyingType.size, toValue)
        : bytesCodec(toValue)
    }
    case 'uuid': {
      const isFixed = underlyingType instanceof types.FixedType
      if (!isFixed) return TEXT
      return fixedCodec(underlyingType.size, underlyingType.size === 16 ? uuidValue : base64Of)
    }
    case 'date':
      return { read: (cursor) => dateValue(cursor.int()), skip: (cursor) => void cursor.int() }
    case 'time-millis':
      return { read: (cursor) => timeValue(cursor.int(), 3), skip: (cursor) => void cursor.int() }
    case 'time-micros':
      return { read: (cursor) => timeValue(cursor.long(), 6), skip: (cursor) => void cursor.long() }
    default:
      return timestampCodec({
        digits: TIMESTAMP_DIGITS[logicalName],
        zone: logicalName.startsWith('local') ? '' : 'Z',
      })
  }
}

const TIMESTAMP_DIGITS = {
  'timestamp-millis': 3,
  'timestamp-micros': 6,
  'timestamp-nanos': 9,
  'local-timestamp-millis': 3,
  'local-timestamp-micros': 6,
  'local-timestamp-nanos': 9,
} as const

function timestampCodec(form: { digits: TimestampDigits; zone: 'Z' | '' }): AvroCodec {
  return {
    read: (cursor) => timestampValue(cursor.long(), form),
    skip: (cursor) => void cursor.long(),
  }
}
