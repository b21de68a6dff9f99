import type { Clock } from '../core/clock.ts'
import type { Observer } from '../observe/observer.ts'
import { sleep } from '../system.ts'
import type { Claims, Left, Position } from './claims.ts'
import { DispatchIntake, type IntakeDeps, type IntakeLanes } from './dispatch-intake.ts'
import type { Consumed, FetchedBatch, HeldPartition, PartitionOwner } from './held-partition.ts'
import { type LogRange, requireInLog } from './offsets.ts'
import { OwnerWriter } from './owner-writer.ts'
import { createOwnership, learn, type Ownership, positionOf } from './ownership.ts'
import type { ReceiptsSource } from './receipts-reader.ts'
import type { TransactionalWriter } from './transactional-writer.ts'

export interface OwnerLanes extends IntakeLanes {
  restore(key: string, hold: { untilMs: number; failingForMs: number | null }): void
  /** Resolves when no post with a message of the partition is in flight, and its consequence is drawn. */
  quiet(partition: number): Promise<void>
}

export interface DispatchOwnerDeps extends Omit<IntakeDeps, 'lanes'> {
  groupId: string
  claims: Claims
  lanes: OwnerLanes
  /** The receipts partition of the same number. */
  receipts: ReceiptsSource
  /** What the partition holds now. */
  range(): Promise<LogRange>
  /** What its receipts hold now, records of unfinished transactions included. */
  receiptsRange(): Promise<LogRange>
  /** Takes over the id under which owners before wrote, which ends what they had begun and keeps them from more. */
  openWriter(): Promise<TransactionalWriter>
  /** Resolves when what earlier holdings of this partition left in flight is on record. */
  before(): Promise<void>
  /** The partition was lost, and is being let go. */
  leaving(released: Promise<void>): void
  /** Resolves when every fate known so far is on record. */
  recorded(): Promise<void>
  /** Messages of the ownership reach lanes from now on. */
  began(ownership: Ownership): void
  /** Those that wait are not to be posted any more. */
  ended(ownership: Ownership): void
  observer: Observer
  clock: Clock
  /** Aborted when the process is told to stop. */
  signal: AbortSignal
}

const FAILED_WRITES_TO_TELL = 3
const FIRST_REST_MS = 500
const LONGEST_REST_MS = 10_000
/** Longer than it takes to fail again. */
const TROUBLE_LASTS_MS = 60_000

/**
 * One assignment of one partition of bellhop.dispatch. It is claimed, what is on record is read, and only then do its
 * records go to their lanes. When it is taken away, what is in flight ends, its receipts are awaited, and the next
 * owner is let in. A crash in between leaves a claim whose holder is gone, and receipts that tell the rest.
 */
export class DispatchOwner implements PartitionOwner {
  readonly #held: HeldPartition
  readonly #deps: DispatchOwnerDeps
  #owned: { ownership: Ownership; intake: DispatchIntake } | null = null
  /** What was committed as holder and not released yet. */
  #writer: OwnerWriter | null = null
  #claim: { position: Position; memberId: string } | null = null
  #preparing: Promise<unknown> = Promise.resolve()
  #consuming: Promise<unknown> = Promise.resolve()
  #lost = false
  /** In a row. A broker that refuses what is given up does so each time that the partition is claimed. */
  #failedWrites = 0
  #failedAtMs = Number.NEGATIVE_INFINITY

  constructor(held: HeldPartition, deps: DispatchOwnerDeps) {
    this.#held = held
    this.#deps = deps
  }

  get ownership(): Ownership | null {
    return this.#owned?.ownership ?? null
  }

  prepare(signal: AbortSignal): Promise<number> {
    const prepared = this.#prepare(signal)
    this.#preparing = prepared.catch(() => undefined)
    return prepared
  }

  async #prepare(signal: AbortSignal): Promise<number> {
    const { topic, claims, observer, clock } = this.#deps
    const { partition } = this.#held
    // Prepared again while still ours: what was in flight ends first.
    await this.#end()
    await sleep(this.#restMs(), signal)
    if (signal.aborted) return 0
    await this.#deps.before()
    const startedMs = clock.monotonicMs()
    const left = await claims.untilFree(partition, signal)
    const waitedMs = clock.monotonicMs() - startedMs
    if (signal.aborted) return 0
    const ownership = await this.#takeOver(left)
    if (signal.aborted) return 0
    const receipts = await this.#deps.receipts.read({
      from: ownership.committed.receiptsFrom,
      end: ownership.receiptsEnd,
      onReceipt: (receipt, offset) => learn(ownership, receipt, offset),
      signal,
    })
    if (signal.aborted) return 0
    this.#begin(ownership)
    observer.partitionClaimed({ topic, partition, waitedMs, receipts })
    return ownership.committed.offset
  }

  consume(batch: FetchedBatch): Promise<Consumed> {
    if (this.#owned === null) {
      throw new Error(`${this.#deps.topic}/${this.#held.partition} is read but not owned`)
    }
    const consumed = this.#owned.intake.take(batch)
    this.#consuming = consumed.catch(() => undefined)
    return consumed
  }

  passed(nextOffset: number): void {
    this.#owned?.intake.passed(nextOffset)
  }

  /** Reads the partition again from the first message that a lane had no room for and now has. */
  rewind(): void {
    const at = this.#held.position()
    if (this.#owned === null || at === null) return
    const { observer, topic } = this.#deps
    const { ownership, intake } = this.#owned
    const offset = intake.rewindTo(at)
    if (offset === null) return
    this.#held.moveTo(offset)
    const span = ownership.tracker.frontier() - offset
    observer.partitionRewound({ topic, partition: ownership.partition, offset, span })
  }

  /** Why its messages do not go out; null while they do. */
  trouble(): string | null {
    const { topic, clock } = this.#deps
    const isPast = clock.monotonicMs() - this.#failedAtMs > TROUBLE_LASTS_MS
    if (this.#lost || isPast || this.#failedWrites < FAILED_WRITES_TO_TELL) return null
    return `what ${topic}[${this.#held.partition}] gives up cannot be put on record, so nothing of it is posted`
  }

  lose(): void {
    this.#lost = true
    // At once, whatever has to be awaited before it is let go: nothing more of it may be posted.
    if (this.#owned !== null) this.#owned.ownership.lost = true
    this.#deps.leaving(this.#letGo())
  }

  release(): Promise<void> {
    return this.#letGo()
  }

  async #takeOver(left: Left): Promise<Ownership> {
    const { groupId, topic, claims, clock } = this.#deps
    const { partition } = this.#held
    const [range, receipts] = await Promise.all([this.#deps.range(), this.#deps.receiptsRange()])
    const offset = requireInLog({ groupId, topic, partition, offset: left.offset ?? range.low, range })
    const receiptsFrom = startOfReceipts(left.receiptsFrom, receipts)
    const position = { partition, offset, receiptsFrom }
    if (this.#lost) throw new Error('lost before it was claimed')
    // Noted before the answer, which may be lost while the claim is not.
    const memberId = await claims.claim(position, (name) => {
      this.#claim = { position, memberId: name }
    })
    const writer = await this.#openWriter()
    return createOwnership({
      ...position,
      memberId,
      writer,
      // Asked for last: all that owners before have written lies below.
      receiptsEnd: (await this.#deps.receiptsRange()).high,
      sinceMs: left.receiptsFrom === null ? Number.NEGATIVE_INFINITY : clock.monotonicMs(),
    })
  }

  /** An owner before that wakes can write nothing more; what it had begun is ended, and hides no receipts. */
  async #openWriter(): Promise<OwnerWriter> {
    const { clock, openWriter } = this.#deps
    this.#writer = new OwnerWriter(await openWriter(), {
      clock,
      committed: () => {
        this.#failedWrites = 0
      },
      failed: (error) => this.#unsure(error),
    })
    return this.#writer
  }

  /**
   * What was given up may have to be gone through again: nothing behind it is posted meanwhile. Where its work is being
   * ended already, it is prepared again or let go in any case.
   */
  #unsure(error: unknown): void {
    if (this.#owned === null) return
    const { ownership } = this.#owned
    this.#failedWrites += 1
    this.#failedAtMs = this.#deps.clock.monotonicMs()
    ownership.lost = true
    this.#deps.ended(ownership)
    this.#held.prepareAgain(error)
  }

  #restMs(): number {
    if (this.#failedWrites < 2) return 0
    return Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(this.#failedWrites, 10))
  }

  #begin(ownership: Ownership): void {
    const { lanes, clock, began } = this.#deps
    this.#owned = { ownership, intake: new DispatchIntake(ownership, this.#deps) }
    for (const { lane, waitMs, failingForMs } of waitsOf(ownership, clock.nowMs())) {
      lanes.restore(lane, { untilMs: clock.monotonicMs() + waitMs, failingForMs })
    }
    began(ownership)
  }

  /** Where this process is still the member that made the claim, the next owner waits for its word. */
  async #letGo(): Promise<void> {
    const { claims, clock, observer, signal, topic } = this.#deps
    const startedMs = clock.monotonicMs()
    await this.#preparing
    const ownership = await this.#end()
    if (ownership === null) return this.#releaseClaim()
    this.#claim = null
    const position = positionOf(ownership, clock.nowMs())
    const complete = await claims.release(position, { memberId: ownership.memberId, signal })
    const durationMs = clock.monotonicMs() - startedMs
    observer.partitionReleased({ topic, partition: ownership.partition, durationMs, complete })
  }

  async #end(): Promise<Ownership | null> {
    const ended = await this.#endWork()
    const writer = this.#writer
    this.#writer = null
    await writer?.close()
    return ended
  }

  /** Nothing more is posted; resolves when nothing is in flight and all is on record. */
  async #endWork(): Promise<Ownership | null> {
    if (this.#owned === null) return null
    const { ownership, intake } = this.#owned
    this.#owned = null
    ownership.lost = true
    this.#deps.ended(ownership)
    await this.#consuming
    await intake.close()
    await this.#deps.lanes.quiet(ownership.partition)
    await this.#deps.recorded()
    if (this.#claim !== null)
      this.#claim = { ...this.#claim, position: positionOf(ownership, this.#deps.clock.nowMs()) }
    return ownership
  }

  /** Claimed, as far as is known, and not in work: lost in between. */
  async #releaseClaim(): Promise<void> {
    const claim = this.#claim
    this.#claim = null
    if (claim === null) return
    const { memberId, position } = claim
    await this.#deps.claims.release(position, { memberId, signal: this.#deps.signal, unsure: true })
  }
}

/** Where to begin: at the start where no word was left, or where the log does not reach what was. */
function startOfReceipts(receiptsFrom: number | null, { low, high }: LogRange): number {
  return receiptsFrom === null || receiptsFrom < low || receiptsFrom > high ? low : receiptsFrom
}

interface Wait {
  lane: string
  waitMs: number
  failingForMs: number | null
}

/** The waits that are on record, those that have passed as none: since when a lane fails is told by them too. */
function* waitsOf({ holds }: Ownership, nowMs: number): Iterable<Wait> {
  for (const [lane, receipt] of holds) {
    const { held_until: untilMs, recorded_at: recordedAt, failing_since: failingSince } = receipt
    if (untilMs === null) continue
    // A clock that differs from the one which wrote this must not make the wait longer than it was.
    const waitMs = Math.min(Math.max(0, untilMs - nowMs), Math.max(0, untilMs - recordedAt))
    yield { lane, waitMs, failingForMs: failingSince === null ? null : Math.max(0, nowMs - failingSince) }
  }
}
