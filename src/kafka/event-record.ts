import type { EventRecord } from '../event/event.ts'
import { timestampOf } from './offsets.ts'

/** What kafkajs hands out. */
export interface KafkaRecord {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>
}

const NO_HEADERS: EventRecord['headers'] = []

export function toEventRecord(
  record: KafkaRecord,
  { topic, partition }: { topic: string; partition: number },
): EventRecord {
  const { headers } = record
  return {
    topic,
    partition,
    offset: Number(record.offset),
    timestamp: timestampOf(record),
    key: record.key,
    value: record.value,
    headers: headers === undefined || isEmpty(headers) ? NO_HEADERS : toHeaders(headers),
  }
}

/** Asked of every record, and true of most: a list of no keys would be made for each. */
function isEmpty(headers: object): boolean {
  for (const _ in headers) return false
  return true
}

function toHeaders(headers: NonNullable<KafkaRecord['headers']>): EventRecord['headers'] {
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ name, value: Buffer.from(value ?? '') })),
  )
}
