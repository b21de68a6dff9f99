import type { Admin } from 'kafkajs'
import { AppError } from '../core/errors.ts'

/** First and one past the last offset that a partition holds. */
export interface LogRange {
  low: number
  high: number
}

/** What partitions hold, by topic and partition. */
export type TopicRanges = ReadonlyMap<string, ReadonlyMap<number, LogRange>>

/** What a group has committed for a partition. */
export interface Committed {
  offset: number
  metadata: string | null
}

/** What a group has committed, by partition; partitions without an offset are absent. */
export async function committedOffsets(
  admin: Admin,
  group: { groupId: string; topic: string },
): Promise<Map<number, Committed>> {
  const [found] = await admin.fetchOffsets({ groupId: group.groupId, topics: [group.topic] })
  const committed = new Map<number, Committed>()
  for (const { partition, offset, metadata } of found?.partitions ?? []) {
    if (Number(offset) >= 0) committed.set(partition, { offset: Number(offset), metadata })
  }
  return committed
}

/** What every partition of a topic holds now. */
export async function logRanges(admin: Admin, topic: string): Promise<Map<number, LogRange>> {
  const ranges = new Map<number, LogRange>()
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    ranges.set(partition, { low: Number(low), high: Number(high) })
  }
  return ranges
}

/**
 * A committed offset that the log still holds. kafkajs would answer one outside with a silent jump; records
 * that were deleted unread are for a person to decide on.
 */
export function requireInLog(at: {
  groupId: string
  topic: string
  partition: number
  offset: number
  range: LogRange
}): number {
  const { groupId, topic, partition, offset, range } = at
  if (offset >= range.low && offset <= range.high) return offset
  const what =
    offset < range.low
      ? `records ${offset} to ${range.low - 1} were deleted before they were read (retention)`
      : `the log ends at ${range.high}: the topic was emptied or made anew`
  throw new AppError(
    'offset_out_of_range',
    `${topic} partition ${partition}: group ${groupId} stands at offset ${offset}, but ${what}. ` +
      'The partition stands still until you choose where to go on: stop bellhop, run ' +
      `"kafka-consumer-groups.sh --group ${groupId} --topic ${topic}:${partition} --reset-offsets --to-earliest --execute", ` +
      'and start it again.',
  )
}

/** The largest time that a Date can hold; what lies beyond was not meant as milliseconds. */
const MOST_MS = 8.64e15

/** A record's timestamp in milliseconds. Producers have sent nanoseconds, and -1: those count as the nearest time. */
export function timestampOf(record: { timestamp: string }): number {
  const timestamp = Number(record.timestamp)
  return Number.isNaN(timestamp) ? 0 : Math.min(Math.max(Math.trunc(timestamp), 0), MOST_MS)
}
