import type { Batch, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { AppError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { Observer, StageName } from '../observe/observer.ts'
import { sleep } from '../system.ts'
import { isFenced } from './failures.ts'
import type { LogRange } from './offsets.ts'

/**
 * One assigned partition, from assignment to loss. States, and what moves between them:
 *
 *   preparing  paused; the owner finds out where to start. -> reading, or again after a backoff, or failed
 *   reading    batches that begin at our position go to the owner. -> held_back, preparing
 *   held_back  paused by its owner, who has no room. -> reading by `goOn`
 *   failed     paused until a person acts: an AppError says what to do. Other partitions go on.
 *   lost       not ours any more; whatever still runs changes nothing.
 *
 * `#moveTo` is the only writer of the state.
 */
export type HeldState = 'preparing' | 'reading' | 'held_back' | 'failed' | 'lost'

/** Records as the owner gets them; offsets as numbers. */
export interface FetchedBatch {
  /** From where it was asked for; its first record may lie further on. */
  fetchedOffset: number
  messages: readonly KafkaMessage[]
  /** The last offset that the batch covers, control records included. */
  lastOffset: number
}

export interface PlacedBatch extends FetchedBatch {
  /** Whether the log held no more when it was fetched. */
  reachesEnd: boolean
}

/**
 * How far the owner took the batch: all of it; all of it, to be worked on, and `worked` or `prepareAgain` says how
 * that ended; up to `nextOffset` and no further until it calls `goOn`; or all of it, to read on at `nextOffset`.
 */
export type Consumed =
  | { kind: 'taken' }
  | { kind: 'accepted' }
  | { kind: 'held_back'; nextOffset: number }
  | { kind: 'jump'; nextOffset: number }

/** What a stage does with a partition that is its own. */
export interface PartitionOwner {
  /** Makes the partition safe to work on; gives the offset to start at. An AppError fails the partition. */
  prepare(signal: AbortSignal): Promise<number>
  /** An error prepares the partition again. */
  consume(batch: PlacedBatch): Promise<Consumed>
  /** Reading has come to `nextOffset` past control and aborted records alone. */
  passed?(nextOffset: number): void
  lose(): void
  /** A planned stop, while the partition is still ours and nothing more is consumed. */
  release(): Promise<void>
}

/** A held partition as its owner sees it. */
export interface HeldPartition {
  readonly topic: string
  readonly partition: number
  /** The offset of the next record to read; null while preparing. */
  position(): number | null
  /** Pauses, and prepares again after a backoff; `error` says why. */
  prepareAgain(error: unknown): void
  /** What was accepted is done: failures before it do not count any more. */
  worked(): void
  /** Reads on after the owner held back, from where it did or from elsewhere. */
  goOn(offset?: number): void
  /** Reads on from another offset; what was fetched before does not count. Without effect while not reading. */
  moveTo(offset: number): void
}

export interface PartitionMemberDeps {
  consumer: Consumer
  stage: StageName
  own(partition: HeldPartition): PartitionOwner
  observer: Observer
  random: Random
}

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 10_000
/** Fenced means that someone else may own the partition: by then a heartbeat has told. */
const FENCED_RETRY_MS = 3_000
const FAILURES_TO_TELL = 3

export class AssignedPartition implements HeldPartition {
  readonly topic: string
  readonly partition: number
  readonly #deps: PartitionMemberDeps
  readonly #owner: PartitionOwner
  readonly #gone = new AbortController()
  #state: HeldState = 'preparing'
  #position: number | null = null
  /** Where kafkajs stands after control records, which never reach us. */
  #passedTo: number | null = null
  /** The position at which the log was last seen not to reach. */
  #outsideAt: number | null = null
  #failures = 0
  #joins = 0
  #moves = 0

  constructor(at: { topic: string; partition: number }, deps: PartitionMemberDeps) {
    this.topic = at.topic
    this.partition = at.partition
    this.#deps = deps
    this.#owner = deps.own(this)
  }

  position(): number | null {
    return this.#passedTo ?? this.#position
  }

  begin(): void {
    this.pause()
    void this.#prepareAfter(0)
  }

  prepareAgain(error: unknown): void {
    if (this.#state !== 'reading' && this.#state !== 'held_back') return
    this.pause()
    this.#moveTo('preparing')
    this.#position = null
    const waitMs = this.#fail(error)
    if (waitMs !== null) void this.#prepareAfter(waitMs)
  }

  worked(): void {
    this.#failures = 0
  }

  /** Still ours after a rebalance: kafkajs stands at the committed offset, so it is led back to our position. */
  keep(): void {
    this.#joins += 1
    if (this.#position !== null) this.#seek(this.#position)
  }

  lose(): void {
    const { stage, observer } = this.#deps
    this.#moveTo('lost')
    this.#gone.abort()
    this.#owner.lose()
    observer.partitionLost({ stage, topic: this.topic, partition: this.partition })
  }

  async release(): Promise<void> {
    if (this.#state === 'reading' || this.#state === 'held_back') await this.#owner.release()
  }

  goOn(offset: number | null = this.#position): void {
    if (this.#state === 'held_back' && offset !== null) this.#readFrom(offset)
  }

  moveTo(offset: number): void {
    if (!this.#isReading()) return
    this.#moves += 1
    this.#position = offset
    this.#passedTo = null
    this.#seek(offset)
  }

  pause(): void {
    this.#tell((consumer) => consumer.pause([{ topic: this.topic, partitions: [this.partition] }]))
  }

  /**
   * Compares our position with what the log holds: reading from outside would give nothing for ever. The range may
   * be older than the position, so only one that is seen twice at the same position counts.
   */
  noteRange({ low, high }: LogRange): void {
    const at = this.position()
    if (at === null) return
    const isOutside = at < low || at > high
    if (isOutside && this.#outsideAt === at) {
      this.prepareAgain(new Error(`offset ${at} is not in the log, which holds ${low} to ${high}`))
    }
    this.#outsideAt = isOutside ? at : null
  }

  /** Why it does not go on; null while it does. */
  trouble(): string | null {
    if (this.#state === 'failed') return `${this.topic}[${this.partition}] stands still until a person acts`
    if (this.#failures < FAILURES_TO_TELL) return null
    return `${this.topic}[${this.partition}] has failed ${this.#failures} times in a row`
  }

  passControlRecords({ firstOffset, nextOffset }: { firstOffset: number; nextOffset: number }): void {
    const at = this.position()
    if (at === null || nextOffset <= at) return
    // Fetched before we were led elsewhere. (A gap before the first is no sign of it in a compacted topic, where
    // nobody is led elsewhere.)
    if (this.#moves > 0 && firstOffset > at) return
    this.#passedTo = nextOffset
    this.#owner.passed?.(nextOffset)
  }

  async consume(payload: EachBatchPayload): Promise<void> {
    if (!this.#isReading()) return
    const fetchedOffset = fetchedOffsetOf(payload.batch)
    if (fetchedOffset !== this.#position && fetchedOffset !== this.#passedTo) {
      if (this.#position !== null) this.#seek(this.#position)
      return
    }
    try {
      await this.#take(payload)
    } catch (error) {
      this.prepareAgain(error)
    }
  }

  async #take({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const joinsBefore = this.#joins
    const movesBefore = this.#moves
    const consumed = await this.#owner.consume(toPlaced(batch))
    if (!this.#isReading() || this.#moves !== movesBefore) return
    if (consumed.kind !== 'accepted') this.#failures = 0
    this.#passedTo = null
    if (consumed.kind === 'held_back') {
      this.pause()
      this.#position = consumed.nextOffset
      this.#seek(this.#position)
      this.#moveTo('held_back')
      return
    }
    if (consumed.kind === 'jump') {
      this.moveTo(consumed.nextOffset)
      return
    }
    this.#position = Number(batch.lastOffset()) + 1
    if (this.#joins === joinsBefore) resolveOffset(String(batch.messages.at(-1)?.offset))
    else this.#seek(this.#position)
  }

  async #prepareAfter(firstWaitMs: number): Promise<void> {
    const { signal } = this.#gone
    let waitMs: number | null = firstWaitMs
    while (waitMs !== null) {
      await sleep(waitMs, signal)
      if (signal.aborted) return
      try {
        const offset = await this.#owner.prepare(signal)
        if (signal.aborted) return
        this.#readFrom(offset)
        const { stage, observer } = this.#deps
        observer.partitionAssigned({ stage, topic: this.topic, partition: this.partition, offset })
        return
      } catch (error) {
        if (signal.aborted) return
        waitMs = this.#fail(error)
      }
    }
  }

  /** How long to wait before preparing again; null where only a person can help. */
  #fail(error: unknown): number | null {
    const { stage, observer } = this.#deps
    const retryInMs =
      error instanceof AppError ? null : Math.max(this.#backoffMs(), isFenced(error) ? FENCED_RETRY_MS : 0)
    if (retryInMs === null) this.#moveTo('failed')
    observer.partitionFailed({ stage, topic: this.topic, partition: this.partition, error, retryInMs })
    return retryInMs
  }

  #backoffMs(): number {
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    return Math.round(ceiling / 2 + (this.#deps.random() * ceiling) / 2)
  }

  #readFrom(offset: number): void {
    this.#position = offset
    this.#passedTo = null
    this.#seek(offset)
    this.#tell((consumer) => consumer.resume([{ topic: this.topic, partitions: [this.partition] }]))
    this.#moveTo('reading')
  }

  #seek(offset: number): void {
    const { topic, partition } = this
    this.#tell((consumer) => consumer.seek({ topic, partition, offset: String(offset) }))
  }

  /** Between a crash of the consumer and the word of it, kafkajs has no group and throws: we are lost by then. */
  #tell(order: (consumer: Consumer) => void): void {
    try {
      order(this.#deps.consumer)
    } catch {
      this.#gone.abort()
    }
  }

  #isReading(): boolean {
    return this.#state === 'reading'
  }

  #moveTo(next: HeldState): void {
    if (this.#state !== 'lost') this.#state = next
  }
}

/** kafkajs knows where a batch was fetched from, but its types do not say so. */
function fetchedOffsetOf(batch: Batch): number {
  return Number((batch as Batch & { fetchedOffset: string }).fetchedOffset)
}

function toPlaced(batch: Batch): PlacedBatch {
  const lastOffset = Number(batch.lastOffset())
  return {
    fetchedOffset: fetchedOffsetOf(batch),
    messages: batch.messages,
    lastOffset,
    reachesEnd: lastOffset + 1 >= Number(batch.highWatermark),
  }
}
