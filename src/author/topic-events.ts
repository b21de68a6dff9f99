import { AppError } from '../core/errors.ts'
import { isCanary } from '../event/canary.ts'
import type { EventRecord } from '../event/event.ts'
import type { Kafka } from '../kafka/client.ts'
import { toEventRecord } from '../kafka/event-record.ts'
import type { MakeRecord } from '../kafka/topic-cluster.ts'
import { openTopicReader, type TopicReader } from '../kafka/topic-reader.ts'

/**
 * What the commands for authors look at: events as the topics hold them, read committed. No consumer group is
 * joined, disturbed or left behind, nothing is committed, and no topic is created.
 */
export interface TopicSource {
  kafka: Kafka
}

interface Tail {
  partition: number
  /** Nothing before it is left. */
  low: number
  /** One past the last offset that is wanted. */
  end: number
}

/**
 * The newest events of a topic over all its partitions, by their timestamps, oldest first; fewer where it holds
 * fewer. What an unfinished transaction hides is not waited for, and canaries are no events.
 *
 * @throws {AppError} topic_missing.
 */
export async function newestEvents(
  { kafka }: TopicSource,
  { topic, last }: { topic: string; last: number },
): Promise<EventRecord[]> {
  const reader = await requireTopicReader(kafka, topic)
  try {
    let newest: EventRecord[] = []
    for (const [partition, { low, high }] of await reader.ranges()) {
      const found = await newestOf(reader, { partition, low, end: high }, last)
      newest = [...newest, ...found].sort(byTime).slice(-last)
    }
    return newest
  } finally {
    await reader.close()
  }
}

/** @throws {AppError} topic_missing. */
export async function requireTopicReader(kafka: Kafka, topic: string): Promise<TopicReader> {
  const reader = await openTopicReader(kafka, topic)
  if (reader !== null) return reader
  throw topicMissing(topic)
}

export function topicMissing(topic: string): AppError {
  return new AppError(
    'topic_missing',
    `topic ${topic} does not exist: nothing has been produced to it, or its name is another.`,
  )
}

/**
 * From the end backwards, in spans that double: markers of transactions, aborted records and what compaction has
 * removed take offsets too.
 */
async function newestOf(reader: TopicReader, tail: Tail, last: number): Promise<EventRecord[]> {
  const { partition, low } = tail
  let found: EventRecord[] = []
  let to = tail.end
  for (let span = last; to > low && found.length < last; span *= 2) {
    const from = Math.max(low, to - span)
    const earlier: EventRecord[] = []
    const make = eventMaker({ topic: reader.topic, partition })
    for await (const { records } of reader.readAs({ partition, from, to, patienceMs: 0 }, make)) {
      for (const record of records) if (!isCanary(record)) earlier.push(record)
    }
    found = [...earlier, ...found].slice(-last)
    to = from
  }
  return found
}

function byTime(a: EventRecord, b: EventRecord): number {
  return a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset
}

/** For the records of one partition. */
export function eventMaker(at: { topic: string; partition: number }): MakeRecord<EventRecord> {
  return (record) => toEventRecord(record, at)
}
