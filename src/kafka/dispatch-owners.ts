import type { Admin, Kafka } from 'kafkajs'
import type { Receipt } from '../core/records.ts'
import type { QueuedMessage } from '../dispatch/lane.ts'
import { settledWithin, sleep } from '../system.ts'
import { Claims, type Position } from './claims.ts'
import { DispatchOwner, type DispatchOwnerDeps, type OwnerLanes } from './dispatch-owner.ts'
import type { HeldPartition, PartitionOwner } from './held-partition.ts'
import type { Moves } from './moves.ts'
import { type LogRange, logRanges } from './offsets.ts'
import { type Ownership, positionOf } from './ownership.ts'
import type { GroupCommit } from './partition-consumer.ts'
import { ReceiptsReader } from './receipts-reader.ts'
import type { RecordCodecs } from './record-codec.ts'
import { SharedRequest } from './shared-request.ts'
import { TopicEnds } from './topic-ends.ts'

/** Both topics' partitions come with one assignment. */
const ASSIGNED_TOGETHER_MS = 10_000
const LEASE_POLL_MS = 20

export interface DispatchOwnersDeps
  extends Pick<
    DispatchOwnerDeps,
    | 'groupId'
    | 'recorded'
    | 'currentKey'
    | 'movedReceipt'
    | 'writeMalformed'
    | 'leaseHolds'
    | 'observer'
    | 'clock'
    | 'signal'
  > {
  kafka: Kafka
  admin: Admin
  topics: { dispatch: string; receipts: string }
  codecs: RecordCodecs
  lanes: OwnerLanes & { dropUnowned(): void }
  openMoves(partition: number): Promise<Moves>
  memberId(): string | null
  commit(commits: readonly GroupCommit[]): Promise<void>
}

/**
 * Owns partitions of bellhop.dispatch and, beside each, the partition of bellhop.receipts of the same number. Says
 * what is complete, commits it together with where its receipts are to be read from, and lets partitions go.
 */
export class DispatchOwners {
  readonly #deps: DispatchOwnersDeps
  readonly #claims: Claims
  readonly #owners = new Map<number, DispatchOwner>()
  readonly #readers = new Map<number, PromiseWithResolvers<ReceiptsReader>>()
  /** What is being let go, by partition: the next holding of the same process waits for it. */
  readonly #leaving = new Map<number, Promise<unknown>>()
  /** Each message's ownership, by the function that all its messages share. */
  readonly #ownerships = new WeakMap<QueuedMessage['owned'], Ownership>()
  readonly #dispatchRanges: SharedRequest<Map<number, LogRange>>
  readonly #receiptsEnds: TopicEnds
  readonly #receiptsRanges: SharedRequest<Map<number, LogRange>>
  #dropping = false

  constructor(deps: DispatchOwnersDeps) {
    const { kafka, admin, topics } = deps
    this.#deps = deps
    this.#claims = new Claims({ ...deps, topic: topics.dispatch })
    this.#dispatchRanges = new SharedRequest(() => logRanges(admin, topics.dispatch))
    this.#receiptsEnds = new TopicEnds(kafka, topics.receipts)
    this.#receiptsRanges = new SharedRequest(() => this.#receiptsEnds.ask())
  }

  /** The owner of an assigned partition of either topic. */
  own(held: HeldPartition): PartitionOwner {
    if (held.topic === this.#deps.topics.receipts) {
      const reader = new ReceiptsReader(held, {
        codec: this.#deps.codecs.receipt,
        lost: () => void this.#readers.delete(held.partition),
      })
      this.#reader(held.partition).resolve(reader)
      return reader
    }
    const owner = new DispatchOwner(held, this.#depsOf(held.partition))
    this.#owners.set(held.partition, owner)
    return owner
  }

  /** Its receipt is acknowledged, at `receiptOffset`. */
  complete(message: QueuedMessage, receiptOffset: number): void {
    const ownership = this.#ownerships.get(message.owned)
    ownership?.receipts.completed(receiptOffset, message.dispatchOffset)
    ownership?.tracker.complete(message.dispatchOffset)
  }

  /**
   * Whether the member that claimed the message's partition is one still, and so no other process has it. Waits for
   * the group's word where the lease has lapsed; false once `stopped`.
   */
  async stillOwns(message: QueuedMessage, stopped: AbortSignal): Promise<boolean> {
    const { leaseHolds, memberId } = this.#deps
    const claimedBy = this.#ownerships.get(message.owned)?.memberId
    while (!leaseHolds() && (memberId() === null || memberId() === claimedBy)) {
      if (stopped.aborted) return false
      await sleep(LEASE_POLL_MS, stopped)
    }
    return memberId() === claimedBy
  }

  /** The receipt of its lane's wait is acknowledged. */
  held(message: QueuedMessage, receipt: Receipt, receiptOffset: number): void {
    const { dispatchOffset, lane } = message
    const untilMs = receipt.held_until ?? 0
    this.#ownerships.get(message.owned)?.receipts.held(lane, { receiptOffset, dispatchOffset, untilMs })
  }

  /** The offset below which everything is complete, for partitions that are ours. */
  positions(): { partition: number; offset: number; passingOver: number }[] {
    return this.#current().map(({ partition, tracker, passOver }) => ({
      partition,
      offset: tracker.committable(),
      passingOver: passOver.lanes(),
    }))
  }

  /** Commits what has changed since the last time. */
  async commit(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    const changed = this.#current()
      .map((ownership) => ({ ownership, position: positionOf(ownership, nowMs) }))
      .filter(({ ownership, position }) => isAhead(position, ownership))
    if (changed.length === 0) return
    await this.#claims.progress(changed.map(({ position }) => position))
    for (const { ownership, position } of changed) ownership.committed = position
  }

  close(): Promise<void> {
    return this.#receiptsEnds.close()
  }

  /** Leads reading back to what full lanes had passed over, where they have room again. */
  rewind(): void {
    for (const owner of this.#owners.values()) owner.rewind()
  }

  #current(): Ownership[] {
    return [...this.#owners.values()].flatMap(({ ownership }) => (ownership === null ? [] : [ownership]))
  }

  #depsOf(partition: number): DispatchOwnerDeps {
    const { topics, codecs, openMoves } = this.#deps
    return {
      ...this.#deps,
      topic: topics.dispatch,
      codec: codecs.dispatch,
      claims: this.#claims,
      receipts: { read: async (wanted) => (await this.#readerOf(partition)).read(wanted) },
      range: async () => rangeIn(await this.#dispatchRanges.ask(), topics.dispatch, partition),
      receiptsRange: async () => rangeIn(await this.#receiptsRanges.ask(), topics.receipts, partition),
      openMoves: () => openMoves(partition),
      before: async () => void (await this.#leaving.get(partition)),
      leaving: (released) => this.#leave(partition, released),
      began: (ownership) => void this.#ownerships.set(ownership.owned, ownership),
      ended: () => this.#drop(),
    }
  }

  #leave(partition: number, released: Promise<void>): void {
    const before = this.#leaving.get(partition)
    const left = Promise.allSettled([before, released]).then(() => {
      if (this.#leaving.get(partition) === left) this.#leaving.delete(partition)
    })
    this.#leaving.set(partition, left)
  }

  /** Partitions go many at a time: one pass over the lanes is enough for all of them. */
  #drop(): void {
    if (this.#dropping) return
    this.#dropping = true
    queueMicrotask(() => {
      this.#dropping = false
      this.#deps.lanes.dropUnowned()
    })
  }

  /** Both topics are assigned at once, in whatever order. */
  async #readerOf(partition: number): Promise<ReceiptsReader> {
    const reader = this.#reader(partition).promise
    if (await settledWithin(reader, ASSIGNED_TOGETHER_MS)) return reader
    throw new Error(
      `${this.#deps.topics.receipts}/${partition} was not assigned together with its dispatch partition`,
    )
  }

  #reader(partition: number): PromiseWithResolvers<ReceiptsReader> {
    const reader = this.#readers.get(partition) ?? Promise.withResolvers<ReceiptsReader>()
    this.#readers.set(partition, reader)
    return reader
  }
}

function rangeIn(ranges: ReadonlyMap<number, LogRange>, topic: string, partition: number): LogRange {
  const range = ranges.get(partition)
  if (range === undefined) throw new Error(`${topic} has no partition ${partition}`)
  return range
}

function isAhead(position: Position, { committed }: Ownership): boolean {
  return position.offset !== committed.offset || position.receiptsFrom !== committed.receiptsFrom
}
