import { toEventRecord } from '../../kafka/event-record.ts'
import type { Place } from './asked.ts'
import type { EventFinding } from './evidence.ts'
import type { Logs } from './logs.ts'

const FETCH_BYTES = 65_536

/** Reads the one record. */
export async function findEvent(logs: Logs, place: Place): Promise<EventFinding> {
  const { topic, partition, offset } = place
  const reader = await logs.reader(topic)
  if (reader === null) return { kind: 'no_topic' }
  const ranges = await reader.ranges()
  const range = ranges.get(partition)
  if (range === undefined) return { kind: 'no_partition', partitions: ranges.size }
  if (offset >= range.high) return { kind: 'beyond_end', end: range.high }
  if (offset < range.low) return { kind: 'deleted', low: range.low }
  const span = { partition, from: offset, to: offset + 1, patienceMs: 0, fetchBytes: FETCH_BYTES }
  let isHidden = false
  for await (const { records, blocked } of reader.readAs(span, (record) => toEventRecord(record, place))) {
    const record = records.find((one) => one.offset === offset)
    if (record !== undefined) return { kind: 'read', record }
    isHidden = blocked
  }
  return { kind: isHidden ? 'hidden' : 'no_record' }
}
