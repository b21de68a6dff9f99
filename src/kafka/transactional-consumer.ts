import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import { isCanary } from '../event/canary.ts'
import type { EventRecord } from '../event/event.ts'
import type { Observer } from '../observe/observer.ts'
import { toEventRecord } from './event-record.ts'
import { isFenced } from './failures.ts'
import type { Consumed, HeldPartition, PartitionOwner, PlacedBatch } from './held-partition.ts'
import { committedOffsets, logRanges, requireInLog } from './offsets.ts'
import type { OutgoingRecord, TransactionalWriter } from './transactional-writer.ts'

export interface TransactionalOwnerDeps {
  /** Fences the owner before and gives a writer of its own; see openTransactionalWriter. */
  openWriter(transactionalId: string): Promise<TransactionalWriter>
  admin: Admin
  groupId: string
  partition: HeldPartition
  transform(records: readonly EventRecord[]): Promise<OutgoingRecord[]>
  observer: Observer
  clock: Clock
}

/** What waits for a transaction: at most this long while there is more to read, */
const LINGER_MS = 100
/** or until there is so much of it; */
const STAGED_RECORDS = 1_000
/** a position alone waits longer. */
const IDLE_COMMIT_MS = 5_000

/** What was read and is in no transaction yet. */
interface Staged {
  records: OutgoingRecord[]
  nextOffset: number
}

/**
 * Consume, transform, produce, exactly once: what a batch gives and the offset after it become visible in one
 * transaction or not at all, under crash, rebalance and zombie.
 *
 * On assignment the order decides: fence the owner before (which ends its open transaction), then read the
 * committed offset, then start there. With fence and read exchanged, a transaction that the old owner commits
 * in between comes twice. After any failure the same is done again, so whether a commit in doubt took effect is
 * never guessed.
 *
 * Three things go on at once, so that none waits for the broker's answer to another: a batch is fetched, the one
 * before it is transformed, and what came of those before is committed. They are done in the order of the offsets,
 * one batch and one transaction at a time, and what is read ahead is forgotten with the first failure.
 *
 * At the end of the log a batch is committed at once. Behind it several share a transaction, whose cost hardly
 * depends on its size. A batch that gives nothing needs none: its position goes with the next one, or alone after
 * some idle seconds.
 */
export class TransactionalOwner implements PartitionOwner {
  readonly #deps: TransactionalOwnerDeps
  readonly #at: { topic: string; partition: number }
  #writer: TransactionalWriter | null = null
  /** A new one whenever what is read ahead no longer counts. */
  #reading: object = {}
  #staged: Staged | null = null
  #dueTimer: NodeJS.Timeout | null = null
  #dueAtMs = Number.POSITIVE_INFINITY
  #transforming: Promise<void> = Promise.resolve()
  #committing: Promise<void> = Promise.resolve()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: TransactionalOwnerDeps) {
    this.#deps = deps
    this.#at = { topic: deps.partition.topic, partition: deps.partition.partition }
  }

  async prepare(signal: AbortSignal): Promise<number> {
    const { openWriter, admin, groupId } = this.#deps
    const { topic, partition } = this.#at
    await this.#abandon()
    this.#writer = await openWriter(`${groupId}.${topic}.${partition}`)
    if (signal.aborted) await this.#abandon()
    const committed = (await committedOffsets(admin, { groupId, topic })).get(partition)?.offset
    const range = (await logRanges(admin, topic)).get(partition)
    if (range === undefined) throw new Error(`${topic} has no partition ${partition}`)
    // First starts are settled before the group is joined: a partition without an offset appeared later.
    if (committed === undefined) return range.low
    return requireInLog({ groupId, topic, partition, offset: committed, range })
  }

  /** Returns once the batch before is transformed: this one is, while kafkajs fetches the next. */
  async consume(batch: PlacedBatch): Promise<Consumed> {
    const reading = this.#reading
    await this.#transforming
    if (reading === this.#reading) this.#transforming = this.#work(batch, reading)
    return { kind: 'accepted' }
  }

  lose(): void {
    void this.#abandon()
  }

  async release(): Promise<void> {
    await this.#transforming
    await this.#committing
    // Failing here costs nothing: the next owner reads again what is not committed.
    await this.#inTurn(() => this.#commitStaged()).catch(() => undefined)
    await this.#abandon()
  }

  async #work(batch: PlacedBatch, reading: object): Promise<void> {
    const { transform, observer } = this.#deps
    try {
      // The next fetch is asked for first.
      await nextTurn()
      if (reading !== this.#reading) return
      const events = batch.messages.map((message) => toEventRecord(message, this.#at))
      const records = await transform(events)
      if (reading !== this.#reading) return
      observer.eventsConsumed({ ...this.#at, count: events.length - countOf(events, isCanary) })
      const isDue = this.#stage(records, batch)
      if (!isDue) return
      await this.#committing
      this.#commitSoon(reading)
    } catch (error) {
      this.#fail(error, reading)
    }
  }

  /** Whether it is to be committed at once. */
  #stage(records: readonly OutgoingRecord[], { lastOffset, reachesEnd }: PlacedBatch): boolean {
    this.#staged ??= { records: [], nextOffset: 0 }
    for (const record of records) this.#staged.records.push(record)
    this.#staged.nextOffset = lastOffset + 1
    const staged = this.#staged.records.length
    if (staged > 0 && (reachesEnd || staged >= STAGED_RECORDS)) return true
    this.#commitAfter(staged > 0 ? LINGER_MS : IDLE_COMMIT_MS)
    return false
  }

  /** Unless it is due sooner. */
  #commitAfter(waitMs: number): void {
    const dueAtMs = this.#deps.clock.monotonicMs() + waitMs
    if (this.#dueTimer !== null && this.#dueAtMs <= dueAtMs) return
    this.#clearDue()
    const reading = this.#reading
    this.#dueAtMs = dueAtMs
    this.#dueTimer = setTimeout(() => this.#commitSoon(reading), waitMs)
  }

  #clearDue(): void {
    if (this.#dueTimer !== null) clearTimeout(this.#dueTimer)
    this.#dueTimer = null
  }

  #commitSoon(reading: object): void {
    this.#clearDue()
    this.#committing = this.#inTurn(async () => {
      if (reading === this.#reading) await this.#commitStaged()
    }).catch((error: unknown) => this.#fail(error, reading))
  }

  async #commitStaged(): Promise<void> {
    const staged = this.#staged
    if (staged === null || this.#writer === null) return
    this.#staged = null
    this.#clearDue()
    const { groupId, observer, clock, partition } = this.#deps
    const { records, nextOffset } = staged
    const startedMs = clock.monotonicMs()
    const ended = () => ({
      ...this.#at,
      records: records.length,
      durationMs: clock.monotonicMs() - startedMs,
    })
    try {
      await this.#writer.commit(records, [{ groupId, ...this.#at, nextOffset }])
    } catch (error) {
      observer.transactionEnded({ ...ended(), end: isFenced(error) ? 'fenced' : 'aborted', error })
      throw error
    }
    observer.transactionEnded({ ...ended(), end: 'committed' })
    partition.worked()
  }

  /** What is read ahead is read again, from what is committed. */
  #fail(error: unknown, reading: object): void {
    if (reading !== this.#reading) return
    this.#forget()
    this.#deps.partition.prepareAgain(error)
  }

  #forget(): void {
    this.#reading = {}
    this.#staged = null
    this.#clearDue()
  }

  async #abandon(): Promise<void> {
    this.#forget()
    await this.#inTurn(async () => {
      const writer = this.#writer
      this.#writer = null
      await writer?.discard()
    })
  }

  /** A producer has one transaction at a time, and is not thrown away in the middle of one. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work, work)
    this.#turn = next.catch(() => undefined)
    return next
  }
}

function countOf<T>(items: readonly T[], isMeant: (item: T) => boolean): number {
  let found = 0
  for (const item of items) if (isMeant(item)) found += 1
  return found
}
