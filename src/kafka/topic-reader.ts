import type { Kafka } from 'kafkajs'
import { sleep } from '../system.ts'
import { hasErrorType } from './failures.ts'
import type { LogRange } from './offsets.ts'

/**
 * Reads spans of a topic, read committed, without a consumer group: it disturbs no group, leaves none behind, needs
 * no permission for one and waits for no join. kafkajs offers no such reader, so this one stands on what its own
 * consumer stands on: its cluster and the fetch request, as mended in kafkajs.ts.
 */
export interface TopicReader {
  readonly topic: string
  /** What each partition holds, records of unfinished transactions included. */
  ranges(): Promise<Map<number, LogRange>>
  /** The first offset of each partition whose record is at or after the time; the end where there is none. */
  offsetsSince(timeMs: number): Promise<Map<number, number>>
  /** In order, in portions; an empty one tells how far reading has come past records that are not to be seen. */
  read(span: Span): AsyncGenerator<Portion>
  close(): Promise<void>
}

export interface Span {
  partition: number
  from: number
  /** One past the last offset wanted. */
  to: number
  /** How long an unfinished transaction that hides the rest is waited for. */
  patienceMs: number
}

export interface Portion {
  records: readonly ReadRecord[]
  /** The next offset to read. */
  nextOffset: number
  /** An unfinished transaction hides what follows: more comes when it ends, nothing where patience has. */
  blocked: boolean
}

export interface ReadRecord {
  offset: number
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, unknown>
}

interface RawRecord {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers?: Record<string, unknown>
  isControlRecord: boolean
}

interface FetchedPartition {
  partition: number
  lastStableOffset: string
  messages: RawRecord[]
}

interface Broker {
  fetch(request: unknown): Promise<{ responses: { partitions: FetchedPartition[] }[] }>
}

type OffsetRequest = { fromBeginning: boolean } | { fromTimestamp: number }

interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): { partitionId: number }[]
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>
  findBroker(of: { nodeId: string }): Promise<Broker>
  fetchTopicsOffset(
    topics: (OffsetRequest & { topic: string; partitions: { partition: number }[] })[],
  ): Promise<{ partitions: { partition: number; offset: string }[] }[]>
}

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1
const FETCH_BYTES = 524_288
const FETCH_WAIT_MS = 250
const TRIES = 6
const FIRST_RETRY_MS = 200
/** A throttled broker answers with nothing; so does a compacted log where nothing is left. */
const EMPTY_ANSWERS = 10

/** Null where there is no such topic; it is not created. */
export async function openTopicReader(kafka: Kafka, topic: string): Promise<TopicReader | null> {
  const cluster = createCluster(kafka)
  try {
    await cluster.connect()
    await cluster.addTargetTopic(topic)
    return new ClusterReader(cluster, topic)
  } catch (error) {
    await cluster.disconnect().catch(() => undefined)
    if (hasErrorType(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return null
    throw error
  }
}

/** kafkajs keeps the maker of its clusters, set up with the client's own options, under a private symbol. */
function createCluster(kafka: Kafka): Cluster {
  const maker = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  if (maker === undefined) throw new TypeError('this kafkajs has no cluster to read with')
  const create = Reflect.get(kafka, maker) as (options: object) => Cluster
  return create({ allowAutoTopicCreation: false, isolationLevel: READ_UNCOMMITTED })
}

class ClusterReader implements TopicReader {
  readonly topic: string
  readonly #cluster: Cluster

  constructor(cluster: Cluster, topic: string) {
    this.#cluster = cluster
    this.topic = topic
  }

  async ranges(): Promise<Map<number, LogRange>> {
    const [low, high] = [
      await this.#offsets({ fromBeginning: true }),
      await this.#offsets({ fromBeginning: false }),
    ]
    return new Map(
      [...high].map(([partition, end]) => [partition, { low: low.get(partition) ?? 0, high: end }]),
    )
  }

  async offsetsSince(timeMs: number): Promise<Map<number, number>> {
    const ends = await this.#offsets({ fromBeginning: false })
    const found = await this.#offsets({ fromTimestamp: timeMs })
    return new Map(
      [...ends].map(([partition, end]) => {
        const offset = found.get(partition) ?? -1
        return [partition, offset >= 0 ? offset : end]
      }),
    )
  }

  async *read({ partition, from, to, patienceMs }: Span): AsyncGenerator<Portion> {
    let position = from
    let emptyAnswers = 0
    let patienceEndsMs: number | null = null
    while (position < to) {
      const fetched = await this.#fetch(partition, position)
      if (fetched === null) {
        position = await this.#nextInLog(partition, position)
        continue
      }
      const raw = fetched.messages.filter(({ offset }) => Number(offset) >= position)
      const last = raw.at(-1)
      if (last !== undefined) {
        position = Number(last.offset) + 1
        emptyAnswers = 0
        patienceEndsMs = null
        yield { records: visible(raw, to), nextOffset: Math.min(position, to), blocked: false }
      } else if (Number(fetched.lastStableOffset) > position) {
        emptyAnswers += 1
        await sleep(FETCH_WAIT_MS)
        if (emptyAnswers === EMPTY_ANSWERS) position += 1
      } else {
        patienceEndsMs ??= performance.now() + patienceMs
        yield { records: [], nextOffset: position, blocked: true }
        if (performance.now() >= patienceEndsMs) return
      }
    }
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect().catch(() => undefined)
  }

  #offsets(at: OffsetRequest): Promise<Map<number, number>> {
    const { topic } = this
    return this.#patiently(async () => {
      // Partitions may have been added.
      await this.#cluster.refreshMetadataIfNecessary()
      const partitions = this.#cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => ({ partition: partitionId }))
      const [found] = await this.#cluster.fetchTopicsOffset([{ topic, partitions, ...at }])
      const offsets = (found?.partitions ?? []).map(({ partition, offset }): [number, number] => [
        partition,
        Number(offset),
      ])
      return new Map(offsets.sort(([a], [b]) => a - b))
    })
  }

  /** Null where the log does not reach the offset. */
  #fetch(partition: number, offset: number): Promise<FetchedPartition | null> {
    return this.#patiently(async () => {
      const [nodeId = ''] = Object.keys(this.#cluster.findLeaderForPartitions(this.topic, [partition]))
      const broker = await this.#cluster.findBroker({ nodeId })
      try {
        const { responses } = await broker.fetch({
          isolationLevel: READ_COMMITTED,
          maxWaitTime: FETCH_WAIT_MS,
          minBytes: 1,
          maxBytes: FETCH_BYTES,
          topics: [
            {
              topic: this.topic,
              partitions: [{ partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES }],
            },
          ],
        })
        const [fetched] = responses.flatMap(({ partitions }) => partitions)
        return fetched ?? null
      } catch (error) {
        if (hasErrorType(error, 'OFFSET_OUT_OF_RANGE')) return null
        throw error
      }
    })
  }

  /** Where the log goes on after records that retention has deleted; beyond every span where it was made anew. */
  async #nextInLog(partition: number, position: number): Promise<number> {
    const range = (await this.ranges()).get(partition)
    return range === undefined || range.low <= position ? Number.POSITIVE_INFINITY : range.low
  }

  /** Leaders move and connections break: the same request succeeds soon, or the broker is away. */
  async #patiently<T>(request: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await request()
      } catch (error) {
        if (tried === TRIES) throw error
        await sleep(FIRST_RETRY_MS * 2 ** (tried - 1))
        await this.#cluster.refreshMetadata().catch(() => undefined)
      }
    }
  }
}

function visible(raw: readonly RawRecord[], to: number): ReadRecord[] {
  return raw
    .filter(({ isControlRecord, offset }) => !isControlRecord && Number(offset) < to)
    .map(({ offset, timestamp, key, value, headers }) => ({
      offset: Number(offset),
      timestamp,
      key,
      value,
      headers: headers ?? {},
    }))
}
