import type { Consumer, ConsumerCrashEvent, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { Observer, StageName } from '../observe/observer.ts'
import { settledWithin } from '../system.ts'
import { AssignedPartition, type HeldPartition, type PartitionOwner } from './held-partition.ts'
import { createLease, type Lease } from './lease.ts'
import type { TopicRanges } from './offsets.ts'
import { createStickyAssigner } from './sticky-assigner.ts'

export interface PartitionConsumerDeps {
  kafka: Kafka
  stage: StageName
  groupId: string
  topics: readonly string[]
  /** Whether partition p of every topic goes to the same member. */
  together: boolean
  sessionTimeoutMs: number
  own(partition: HeldPartition): PartitionOwner
  observer: Observer
  clock: Clock
  random: Random
  /** The consumer ended for good. */
  onFatal(error: Error, stage: StageName): void
}

/** A position of the group in a partition, with what its owner leaves for the next. */
export interface GroupCommit {
  topic: string
  partition: number
  offset: number
  metadata: string
}

/** Where reading stands in a held partition. */
export interface PlaceInPartition {
  topic: string
  partition: number
  /** The offset of the next record to read; null while it is being prepared. */
  position: number | null
  /** One past its last record, when that was last asked for; null before. */
  high: number | null
  /** Why it does not go on, in a sentence; null while it does. */
  trouble: string | null
}

const MAX_WAIT_MS = 250
const HEARTBEAT_MS = 250
const MAX_BYTES_PER_PARTITION = 1_048_576
const MAX_BYTES = 8 * MAX_BYTES_PER_PARTITION
const PARTITIONS_AT_ONCE = 4
const LEAST_REBALANCE_TIMEOUT_MS = 60_000
/**
 * A broker that is away or does not answer is not waited for when stopping: the group notices by itself, and the next
 * owner of a transactional id ends what is open under it.
 */
const QUIESCE_MS = 2_000
const RELEASE_MS = 1_500
const LEAVE_MS = 2_000

/**
 * A consumer group member that hands each assigned partition to an owner of its own, and stands between the
 * stages and kafkajs' surprises. Guarantees:
 *
 * - A partition is read only after its owner's `prepare` has said from where, and never from anywhere else: every
 *   batch must begin at our own position, or at one that kafkajs moved to past control records.
 * - After a rebalance a kept partition goes on at its own position, not at the committed one. A new member id
 *   means that others may have owned everything meanwhile: all owners are told `lost` and made anew.
 * - A failure of one partition pauses and prepares that partition again, with backoff; no error reaches kafkajs,
 *   which would end the consumer. A crash that kafkajs does not recover from is reported as fatal.
 */
export class PartitionConsumer {
  /** How long what is owned may be acted on without hearing from the group. */
  readonly lease: Lease
  readonly #deps: PartitionConsumerDeps
  readonly #consumer: Consumer
  readonly #partitions = new Map<string, AssignedPartition>()
  readonly #working = new Set<Promise<void>>()
  /** As they were last noted. */
  #ranges: TopicRanges = new Map()
  #memberId: string | null = null
  #joined = false
  #quiescing = false

  constructor(deps: PartitionConsumerDeps) {
    this.#deps = deps
    this.#consumer = deps.kafka.consumer({
      groupId: deps.groupId,
      sessionTimeout: deps.sessionTimeoutMs,
      // A rebalance is noticed by a heartbeat, and lasts until the last member has noticed.
      heartbeatInterval: Math.min(HEARTBEAT_MS, Math.floor(deps.sessionTimeoutMs / 5)),
      rebalanceTimeout: Math.max(LEAST_REBALANCE_TIMEOUT_MS, deps.sessionTimeoutMs),
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: MAX_BYTES,
      maxWaitTimeInMs: MAX_WAIT_MS,
      partitionAssigners: [
        createStickyAssigner({
          together: deps.together,
          owned: () => this.#partitions.values(),
          clock: deps.clock,
        }),
      ],
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 5_000,
        retries: 8,
        restartOnFailure: async () => !this.#quiescing,
      },
    })
    this.lease = createLease({ sessionTimeoutMs: deps.sessionTimeoutMs, clock: deps.clock })
    this.#listen()
  }

  /** Returns once the member is connecting; assignments arrive by themselves. */
  async start(): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [...this.#deps.topics] })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#onBatch(payload),
    })
  }

  /** Takes no more batches; resolves when those in work are done, or will not be. The partitions stay ours. */
  async quiesce(): Promise<void> {
    this.#quiescing = true
    for (const partition of this.#partitions.values()) partition.pause()
    await settledWithin(Promise.all(this.#working), QUIESCE_MS)
  }

  /** Lets every owner release what it holds, and leaves the group. */
  async stop(): Promise<void> {
    await this.quiesce()
    const released = [...this.#partitions.values()].map((partition) => partition.release())
    await settledWithin(Promise.all(released), RELEASE_MS)
    this.#joined = false
    this.lease.lapse()
    await settledWithin(this.#consumer.disconnect(), LEAVE_MS)
    this.#memberId = null
    this.#dropAll()
  }

  /** This process's name in the group; null while it has none. A new one means that everything was lost before. */
  memberId(): string | null {
    return this.#memberId
  }

  /**
   * Commits in the group's present generation, once: what failed is to be decided anew. The caller sees to it that
   * it commits only what is its own.
   */
  async commit(commits: readonly GroupCommit[]): Promise<void> {
    if (this.#memberId === null) throw new Error('not in the consumer group')
    await this.#consumer.commitOffsets(
      commits.map(({ offset, ...commit }) => ({ ...commit, offset: String(offset) })),
    )
  }

  /** Why this member does not do its work; null while it does. */
  trouble(): string | null {
    if (!this.#joined) return 'not in its consumer group'
    for (const partition of this.#partitions.values()) {
      const trouble = partition.trouble()
      if (trouble !== null) return trouble
    }
    return null
  }

  /** Holds what the partitions' logs hold against where they are read. */
  noteRanges(ranges: TopicRanges): void {
    this.#ranges = ranges
    for (const partition of this.#partitions.values()) {
      const range = ranges.get(partition.topic)?.get(partition.partition)
      if (range !== undefined) partition.noteRange(range)
    }
  }

  held(): Iterable<HeldPartition> {
    return this.#partitions.values()
  }

  places(): PlaceInPartition[] {
    return [...this.#partitions.values()].map((held) => {
      const { topic, partition } = held
      const high = this.#ranges.get(topic)?.get(partition)?.high ?? null
      return { topic, partition, position: held.position(), high, trouble: held.trouble() }
    })
  }

  #listen(): void {
    const { GROUP_JOIN, CRASH, END_BATCH_PROCESS, REQUEST, HEARTBEAT } = this.#consumer.events
    this.#consumer.on(REQUEST, ({ payload }) => this.lease.requested(payload.apiName, payload.createdAt))
    this.#consumer.on(HEARTBEAT, ({ payload }) => this.lease.confirmed('heartbeat', payload.memberId))
    this.#consumer.on(GROUP_JOIN, (event) => this.#onJoin(event))
    this.#consumer.on(CRASH, (event) => this.#onCrash(event))
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload
      // A batch of control and aborted records alone never reaches eachBatch: kafkajs moves past it by itself.
      if (batchSize > 0) return
      const passed = { firstOffset: Number(firstOffset ?? lastOffset), nextOffset: Number(lastOffset) + 1 }
      this.#partitions.get(keyOf(topic, partition))?.passControlRecords(passed)
    })
  }

  #onJoin({ payload }: ConsumerGroupJoinEvent): void {
    const { stage, groupId, topics, together, observer } = this.#deps
    if (payload.memberId !== this.#memberId) this.#dropAll()
    this.#memberId = payload.memberId
    this.lease.confirmed('group_join', payload.memberId)
    this.#joined = true
    const assigned = assignedPartitions(payload.memberAssignment)
    for (const key of [...this.#partitions.keys()]) if (!assigned.has(key)) this.#drop(key)
    for (const [key, at] of assigned) {
      const held = this.#partitions.get(key)
      if (held === undefined) this.#hold(key, at)
      else held.keep()
    }
    const partitions = together ? ofTopic(assigned.values(), topics[0]) : assigned.size
    observer.groupJoined({ stage, group: groupId, memberId: payload.memberId, partitions })
  }

  #onCrash({ payload: { error, restart } }: ConsumerCrashEvent): void {
    const { stage, observer, onFatal } = this.#deps
    this.#joined = false
    this.#memberId = null
    this.lease.lapse()
    this.#dropAll()
    if (this.#quiescing) return
    observer.consumerCrashed({ stage, error, restarting: restart })
    if (restart) return
    const message = `the ${stage} consumer ended: ${error.message}`
    onFatal(new AppError('consumer_crashed', message, { cause: error }), stage)
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const held = this.#partitions.get(keyOf(payload.batch.topic, payload.batch.partition))
    if (held === undefined || this.#quiescing || payload.isStale()) return
    const work = held.consume(payload)
    this.#working.add(work)
    await work.finally(() => this.#working.delete(work))
  }

  #hold(key: string, at: { topic: string; partition: number }): void {
    // What comes while stopping is left to its next owner.
    if (this.#quiescing) {
      this.#consumer.pause([{ topic: at.topic, partitions: [at.partition] }])
      return
    }
    const held = new AssignedPartition(at, { ...this.#deps, consumer: this.#consumer })
    this.#partitions.set(key, held)
    held.begin()
  }

  #drop(key: string): void {
    const held = this.#partitions.get(key)
    this.#partitions.delete(key)
    held?.lose()
  }

  #dropAll(): void {
    for (const key of [...this.#partitions.keys()]) this.#drop(key)
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

function assignedPartitions(
  assignment: Record<string, number[]>,
): Map<string, { topic: string; partition: number }> {
  const assigned = new Map<string, { topic: string; partition: number }>()
  for (const [topic, partitions] of Object.entries(assignment)) {
    for (const partition of partitions) assigned.set(keyOf(topic, partition), { topic, partition })
  }
  return assigned
}

/** Partitions that come together count as one. */
function ofTopic(partitions: Iterable<{ topic: string }>, topic: string | undefined): number {
  return [...partitions].filter((partition) => partition.topic === topic).length
}
