import type { Kafka } from 'kafkajs'
import { sleep } from '../system.ts'
import type { LogRange } from './offsets.ts'
import {
  FETCH_WAIT_MS,
  type FetchedRecord,
  type MakeRecord,
  openTopicCluster,
  type TopicCluster,
  visibleRecords,
} from './topic-cluster.ts'

/**
 * Reads spans of a topic, read committed, without a consumer group: it disturbs no group, leaves none behind, needs
 * no permission for one and waits for no join.
 */
export interface TopicReader {
  readonly topic: string
  /** What each partition holds, records of unfinished transactions included. */
  ranges(): Promise<Map<number, LogRange>>
  /** The first offset of each partition whose record is at or after the time; the end where there is none. */
  offsetsSince(timeMs: number): Promise<Map<number, number>>
  /** In order, in portions; an empty one tells how far reading has come past records that are not to be seen. */
  read(span: Span): AsyncGenerator<Portion, void, undefined>
  /** The same, with records as somebody else wants them. */
  readAs<T>(span: Span, make: MakeRecord<T>): AsyncGenerator<Portion<T>, void, undefined>
  /** What is being read fails soon. */
  close(): Promise<void>
}

export interface Span {
  partition: number
  from: number
  /** One past the last offset wanted. */
  to: number
  /** How long an unfinished transaction that hides the rest is waited for. */
  patienceMs: number
  /** The most bytes of one request, default 512 KiB; a larger batch, as it was produced, comes whole. */
  fetchBytes?: number
}

export interface ReadRecord {
  offset: number
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, unknown>
}

export interface Portion<T = ReadRecord> {
  records: readonly T[]
  /** The next offset to read. */
  nextOffset: number
  /** An unfinished transaction hides what follows: more comes when it ends, nothing where patience has. */
  blocked: boolean
}

const FETCH_BYTES = 524_288
/** A compacted log where nothing is left answers with nothing, and so may a busy broker. */
const EMPTY_ANSWERS = 10

/** Null where there is no such topic; it is not created. */
export async function openTopicReader(kafka: Kafka, topic: string): Promise<TopicReader | null> {
  const cluster = await openTopicCluster(kafka, topic)
  return cluster === null ? null : new ClusterReader(cluster)
}

class ClusterReader implements TopicReader {
  readonly topic: string
  readonly #cluster: TopicCluster

  constructor(cluster: TopicCluster) {
    this.#cluster = cluster
    this.topic = cluster.topic
  }

  ranges(): Promise<Map<number, LogRange>> {
    return this.#cluster.ranges({ fresh: false })
  }

  async offsetsSince(timeMs: number): Promise<Map<number, number>> {
    const ends = await this.#cluster.offsets({ fromBeginning: false })
    const found = await this.#cluster.offsets({ fromTimestamp: timeMs })
    return new Map(
      [...ends].map(([partition, end]) => {
        const offset = found.get(partition) ?? -1
        return [partition, offset >= 0 ? offset : end]
      }),
    )
  }

  read(span: Span): AsyncGenerator<Portion, void, undefined> {
    return this.readAs(span, toReadRecord)
  }

  async *readAs<T>(span: Span, make: MakeRecord<T>): AsyncGenerator<Portion<T>, void, undefined> {
    const { partition, to, patienceMs, fetchBytes = FETCH_BYTES } = span
    let position = span.from
    let emptyAnswers = 0
    let patienceEndsMs: number | null = null
    while (position < to) {
      const fetched = await this.#cluster.fetch(new Map([[partition, position]]), fetchBytes)
      if (fetched === null) {
        position = await this.#nextInLog(partition, position)
        continue
      }
      const [{ messages, lastStableOffset } = NOTHING] = fetched
      const last = messages.at(-1)
      if (last !== undefined && Number(last.offset) >= position) {
        const records = visibleRecords(messages, { from: position, to }, make)
        position = Number(last.offset) + 1
        emptyAnswers = 0
        patienceEndsMs = null
        yield { records, nextOffset: Math.min(position, to), blocked: false }
      } else if (Number(lastStableOffset) > position) {
        emptyAnswers += 1
        await sleep(FETCH_WAIT_MS)
        if (emptyAnswers % EMPTY_ANSWERS === 0) position += 1
      } else {
        patienceEndsMs ??= performance.now() + patienceMs
        yield { records: [], nextOffset: position, blocked: true }
        if (performance.now() >= patienceEndsMs) return
      }
    }
  }

  close(): Promise<void> {
    return this.#cluster.close()
  }

  /** Where the log goes on after records that retention has deleted; beyond every span where it was made anew. */
  async #nextInLog(partition: number, position: number): Promise<number> {
    const range = (await this.ranges()).get(partition)
    return range === undefined || range.low <= position ? Number.POSITIVE_INFINITY : range.low
  }
}

function toReadRecord({ timestamp, key, value, headers = {} }: FetchedRecord, offset: number): ReadRecord {
  return { offset, timestamp, key, value, headers }
}

const NOTHING = { messages: [], lastStableOffset: '-1' }
