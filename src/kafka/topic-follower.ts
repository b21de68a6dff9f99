import type { Kafka } from 'kafkajs'
import type { LogRange } from './offsets.ts'
import { type MakeRecord, openTopicCluster, type TopicCluster, visibleRecords } from './topic-cluster.ts'

/**
 * Follows a topic as it grows, read committed, without a consumer group: it keeps its own positions, in memory
 * alone. Partitions that appear later are read from their beginning; where records were deleted before they were
 * read, or the topic was made anew, it goes on with what the log holds.
 */
export interface TopicFollower<T> {
  readonly topic: string
  /**
   * What has come, in portions of a partition each; within a quarter of a second also where nothing has. After an
   * error the same call goes on from the same positions.
   */
  poll(): Promise<FollowedPortion<T>[]>
  close(): Promise<void>
}

export interface FollowedPortion<T> {
  partition: number
  records: readonly T[]
}

export type FollowFrom = { at: 'latest' } | { at: 'earliest' } | { at: 'time'; timeMs: number }

const FETCH_BYTES = 1_048_576
const LOOK_FOR_PARTITIONS_MS = 5_000

/** Null where there is no such topic; it is not created. */
export async function openTopicFollower<T>(
  kafka: Kafka,
  { topic, from }: { topic: string; from: FollowFrom },
  makerFor: (partition: number) => MakeRecord<T>,
): Promise<TopicFollower<T> | null> {
  const cluster = await openTopicCluster(kafka, topic)
  if (cluster === null) return null
  try {
    const ranges = await cluster.ranges({ fresh: false })
    const since = from.at === 'time' ? await cluster.offsets({ fromTimestamp: from.timeMs }) : null
    const positions = [...ranges].map(([partition, { low, high }]): [number, number] => {
      if (from.at === 'earliest') return [partition, low]
      const found = since?.get(partition) ?? -1
      return [partition, found >= 0 ? found : high]
    })
    return new ClusterFollower(cluster, new Map(positions), makerFor)
  } catch (error) {
    await cluster.close()
    throw error
  }
}

class ClusterFollower<T> implements TopicFollower<T> {
  readonly topic: string
  readonly #cluster: TopicCluster
  readonly #positions: Map<number, number>
  readonly #makerFor: (partition: number) => MakeRecord<T>
  #lookedAtMs = performance.now()

  constructor(
    cluster: TopicCluster,
    positions: Map<number, number>,
    makerFor: (partition: number) => MakeRecord<T>,
  ) {
    this.#makerFor = makerFor
    this.#cluster = cluster
    this.#positions = positions
    this.topic = cluster.topic
  }

  async poll(): Promise<FollowedPortion<T>[]> {
    if (performance.now() - this.#lookedAtMs >= LOOK_FOR_PARTITIONS_MS)
      await this.#look({ outOfRange: false })
    const fetched = await this.#cluster.fetch(this.#positions, FETCH_BYTES)
    if (fetched === null) {
      await this.#look({ outOfRange: true })
      return []
    }
    const portions: FollowedPortion<T>[] = []
    for (const { partition, messages } of fetched) {
      const from = this.#positions.get(partition) ?? 0
      const last = Number(messages.at(-1)?.offset ?? -1)
      if (last < from) continue
      this.#positions.set(partition, last + 1)
      const records = visibleRecords(messages, { from, to: last + 1 }, this.#makerFor(partition))
      portions.push({ partition, records })
    }
    return portions
  }

  close(): Promise<void> {
    return this.#cluster.close()
  }

  /** A leader that has just changed may say less than it holds: only what it has refused is read anew. */
  async #look({ outOfRange }: { outOfRange: boolean }): Promise<void> {
    const ranges = await this.#cluster.ranges({ fresh: true })
    for (const [partition, range] of ranges) {
      const position = this.#positions.get(partition)
      if (position === undefined || (outOfRange && !isWithin(range, position))) {
        this.#positions.set(partition, range.low)
      }
    }
    for (const partition of this.#positions.keys()) {
      if (!ranges.has(partition)) this.#positions.delete(partition)
    }
    this.#lookedAtMs = performance.now()
  }
}

function isWithin({ low, high }: LogRange, position: number): boolean {
  return position >= low && position <= high
}
