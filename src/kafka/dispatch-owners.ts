import type { Admin, Kafka } from 'kafkajs'
import type { DispatchRecord, Receipt } from '../core/records.ts'
import type { QueuedMessage } from '../dispatch/lane.ts'
import { settledWithin } from '../system.ts'
import { Claims, type Position } from './claims.ts'
import { DispatchOwner, type DispatchOwnerDeps, type OwnerLanes } from './dispatch-owner.ts'
import type { HeldPartition, PartitionOwner } from './held-partition.ts'
import { type LogRange, logRanges } from './offsets.ts'
import { completeAsOwner, type Ownership, positionOf, takeBack } from './ownership.ts'
import type { GroupCommit } from './partition-consumer.ts'
import { ReceiptsReader } from './receipts-reader.ts'
import type { RecordCodecs } from './record-codec.ts'
import { SharedRequest } from './shared-request.ts'
import { TopicEnds } from './topic-ends.ts'
import type { OutgoingRecord, TransactionalWriter } from './transactional-writer.ts'

/** Both topics' partitions come with one assignment. */
const ASSIGNED_TOGETHER_MS = 10_000

export interface DispatchOwnersDeps
  extends Pick<
    DispatchOwnerDeps,
    | 'groupId'
    | 'recorded'
    | 'currentKey'
    | 'movedReceipt'
    | 'movedRecords'
    | 'malformedRecords'
    | 'observer'
    | 'clock'
    | 'signal'
  > {
  kafka: Kafka
  admin: Admin
  topics: { dispatch: string; receipts: string }
  codecs: RecordCodecs
  lanes: OwnerLanes & { dropUnowned(): void }
  mayMoveFrom(record: DispatchRecord): number
  openWriter(partition: number): Promise<TransactionalWriter>
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

  /** Puts on record that it was given up, where its partition is still ours; else false: the next owner decides. */
  async giveUp(message: QueuedMessage, records: readonly OutgoingRecord[]): Promise<boolean> {
    const ownership = this.#ownerships.get(message.owned)
    return ownership !== undefined && (await completeAsOwner(ownership, records, [message.dispatchOffset]))
  }

  /** How much that only owners may say is not committed. */
  unacknowledged(): number {
    let sum = 0
    for (const { ownership } of this.#owners.values()) sum += ownership?.writer.unacknowledged() ?? 0
    return sum
  }

  oldestUnacknowledgedMs(): number {
    let oldestMs = 0
    for (const { ownership } of this.#owners.values()) {
      oldestMs = Math.max(oldestMs, ownership?.writer.oldestUnacknowledgedMs() ?? 0)
    }
    return oldestMs
  }

  /** Why a partition's messages do not go out; null while all do. */
  trouble(): string | null {
    for (const owner of this.#owners.values()) {
      const trouble = owner.trouble()
      if (trouble !== null) return trouble
    }
    return null
  }

  /** The receipt of its lane's wait is acknowledged. */
  held(message: QueuedMessage, receipt: Receipt, receiptOffset: number): void {
    const { dispatchOffset, lane } = message
    const untilMs = receipt.held_until ?? 0
    this.#ownerships.get(message.owned)?.receipts.held(lane, { receiptOffset, dispatchOffset, untilMs })
  }

  /** Lanes have let go of messages unposted: they are read again, and go where they belong. */
  gaveBack(messages: readonly QueuedMessage[]): void {
    for (const [owned, ofOne] of Map.groupBy(messages, (message) => message.owned)) {
      const ownership = this.#ownerships.get(owned)
      if (ownership !== undefined && owned()) takeBack(ownership, ofOne)
    }
  }

  /** Where records belong is another matter from now on: none waits any more for the time to be moved. */
  reconfigured(): void {
    for (const { movesNotBefore } of this.#current()) movesNotBefore.clear()
  }

  /** The offset below which everything is complete, for partitions that are ours. */
  positions(): { partition: number; offset: number; passingOver: number }[] {
    return this.#current().map(({ partition, tracker, passOver }) => ({
      partition,
      offset: tracker.committable(),
      passingOver: passOver.lanes(),
    }))
  }

  /** Whether the partition is ours to work on now: claimed, prepared and not lost. */
  owns(partition: number): boolean {
    return this.#owners.get(partition)?.ownership?.lost === false
  }

  /** Why a partition's messages do not go out; null while they do. */
  troubleOf(partition: number): string | null {
    return this.#owners.get(partition)?.trouble() ?? null
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
    const { topics, codecs, openWriter } = this.#deps
    return {
      ...this.#deps,
      topic: topics.dispatch,
      codec: codecs.dispatch,
      claims: this.#claims,
      receipts: { read: async (wanted) => (await this.#readerOf(partition)).read(wanted) },
      range: async () => rangeIn(await this.#dispatchRanges.ask(), topics.dispatch, partition),
      receiptsRange: async () => rangeIn(await this.#receiptsRanges.ask(), topics.receipts, partition),
      openWriter: () => openWriter(partition),
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
