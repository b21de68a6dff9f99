import type { Kafka } from 'kafkajs'
import { sleep } from '../system.ts'
import type { KafkaRecord } from './event-record.ts'
import { hasErrorType } from './failures.ts'
import type { LogRange } from './offsets.ts'

/**
 * One topic of a cluster, read committed, without a consumer group. kafkajs offers no such thing, so this one
 * stands on what its own consumer stands on: its cluster and the fetch request, as mended in kafkajs.ts.
 */
export interface FetchedPartition {
  partition: number
  lastStableOffset: string
  /** In order; the first may lie before what was asked for, since batches are sent whole. */
  messages: FetchedRecord[]
}

export interface FetchedRecord extends KafkaRecord {
  isControlRecord: boolean
}

interface Broker {
  fetch(request: unknown): Promise<{ responses: { partitions: FetchedPartition[] }[] }>
}

export type OffsetRequest = { fromBeginning: boolean } | { fromTimestamp: number }

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
/** How long a broker waits for records where it has none. */
export const FETCH_WAIT_MS = 250
const TRIES = 6
const FIRST_RETRY_MS = 200

/** Null where there is no such topic; it is not created. */
export async function openTopicCluster(kafka: Kafka, topic: string): Promise<TopicCluster | null> {
  const cluster = createCluster(kafka)
  try {
    await connectTo(topic, cluster)
    return new TopicCluster(kafka, topic, cluster)
  } catch (error) {
    await cluster.disconnect().catch(() => undefined)
    if (hasErrorType(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return null
    throw error
  }
}

async function connectTo(topic: string, cluster: Cluster): Promise<void> {
  await cluster.connect()
  await cluster.addTargetTopic(topic)
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

export class TopicCluster {
  readonly topic: string
  readonly #kafka: Kafka
  #cluster: Cluster
  #reopening: Promise<void> | null = null
  /** By broker; settled once its connection stands. */
  #firstFetches = new Map<string, Promise<void>>()
  #closed = false

  constructor(kafka: Kafka, topic: string, cluster: Cluster) {
    this.#kafka = kafka
    this.topic = topic
    this.#cluster = cluster
  }

  /** What each partition holds, records of unfinished transactions included. `fresh`: partitions just added, too. */
  async ranges({ fresh }: { fresh: boolean }): Promise<Map<number, LogRange>> {
    if (fresh) await this.#patiently((cluster) => cluster.refreshMetadata())
    const [low, high] = [
      await this.offsets({ fromBeginning: true }),
      await this.offsets({ fromBeginning: false }),
    ]
    return new Map(
      [...high].map(([partition, end]) => [partition, { low: low.get(partition) ?? 0, high: end }]),
    )
  }

  /** Negative where a partition has nothing at or after the time. */
  offsets(at: OffsetRequest): Promise<Map<number, number>> {
    const { topic } = this
    return this.#patiently(async (cluster) => {
      // Partitions may have been added.
      await cluster.refreshMetadataIfNecessary()
      const partitions = cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => ({ partition: partitionId }))
      const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, ...at }])
      const offsets = (found?.partitions ?? []).map(({ partition, offset }): [number, number] => [
        partition,
        Number(offset),
      ])
      return new Map(offsets.sort(([a], [b]) => a - b))
    })
  }

  /**
   * Records from these offsets on, by partition, with one request for each leader; null where a log does not reach
   * an offset: the broker does not say whose.
   */
  fetch(from: ReadonlyMap<number, number>, maxBytes: number): Promise<FetchedPartition[] | null> {
    return this.#patiently(async (cluster) => {
      const leaders = cluster.findLeaderForPartitions(this.topic, [...from.keys()])
      const requests = Object.entries(leaders).map(async ([nodeId, partitions]) => {
        const broker = await cluster.findBroker({ nodeId })
        return this.#firstAlone(nodeId, () => broker.fetch(this.#fetchRequest(partitions, from, maxBytes)))
      })
      try {
        const answers = await Promise.all(requests)
        return answers.flatMap(({ responses }) => responses.flatMap(({ partitions }) => partitions))
      } catch (error) {
        if (hasErrorType(error, 'OFFSET_OUT_OF_RANGE')) return null
        throw error
      }
    })
  }

  /**
   * kafkajs opens a broker's connection for fetches with the first of them, and where several are the first, one for
   * each, of which it closes but one: so one goes ahead.
   */
  async #firstAlone<T>(nodeId: string, fetch: () => Promise<T>): Promise<T> {
    const firsts = this.#firstFetches
    const first = firsts.get(nodeId)
    if (first !== undefined) {
      await first
      return fetch()
    }
    const fetching = fetch()
    firsts.set(
      nodeId,
      fetching.then(
        () => undefined,
        () => void firsts.delete(nodeId),
      ),
    )
    return fetching
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#cluster.disconnect().catch(() => undefined)
  }

  #fetchRequest(partitions: readonly number[], from: ReadonlyMap<number, number>, maxBytes: number): object {
    return {
      isolationLevel: READ_COMMITTED,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes,
      topics: [
        {
          topic: this.topic,
          partitions: partitions.map((partition) => ({
            partition,
            fetchOffset: String(from.get(partition)),
            maxBytes,
          })),
        },
      ],
    }
  }

  /** Leaders move and connections break: the same request succeeds soon, or the broker is away. What is forbidden stays so. */
  async #patiently<T>(request: (cluster: Cluster) => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      const cluster = this.#cluster
      try {
        return await request(cluster)
      } catch (error) {
        if (tried === TRIES || this.#closed || hasErrorType(error, 'TOPIC_AUTHORIZATION_FAILED')) throw error
        await sleep(FIRST_RETRY_MS * 2 ** (tried - 1))
        if (this.#closed) throw error
        if (cluster === this.#cluster) await this.#mend(error)
      }
    }
  }

  async #mend(error: unknown): Promise<void> {
    if (error instanceof Error && error.name === 'KafkaJSProtocolError') {
      await this.#cluster.refreshMetadata().catch(() => undefined)
      return
    }
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = null
    })
    await this.#reopening
  }

  /** kafkajs closes the broken connections of a broker anew at every try, and has Node warn of what that piles up. */
  async #reopen(): Promise<void> {
    const broken = this.#cluster
    this.#cluster = createCluster(this.#kafka)
    this.#firstFetches = new Map()
    await broken.disconnect().catch(() => undefined)
    await connectTo(this.topic, this.#cluster).catch(() => undefined)
    if (this.#closed) await this.#cluster.disconnect().catch(() => undefined)
  }
}

/** Makes of a record what its reader works with; `offset` is the record's own. */
export type MakeRecord<T> = (record: FetchedRecord, offset: number) => T

/** What is to be seen of a portion from one offset to before another; in one pass, for a log is read at its pace. */
export function visibleRecords<T>(
  fetched: readonly FetchedRecord[],
  { from, to }: { from: number; to: number },
  make: MakeRecord<T>,
): T[] {
  const records: T[] = []
  for (const record of fetched) {
    const offset = Number(record.offset)
    if (record.isControlRecord || offset < from || offset >= to) continue
    records.push(make(record, offset))
  }
  return records
}
