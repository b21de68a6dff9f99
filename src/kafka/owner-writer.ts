import type { Clock } from '../core/clock.ts'
import type { OutgoingRecord, TransactionalWriter } from './transactional-writer.ts'

interface Waiting {
  records: readonly OutgoingRecord[]
  sinceMs: number
  done(committed: boolean): void
}

export interface OwnerWriterDeps {
  clock: Clock
  committed(): void
  /** Nothing more can be written. */
  failed(error: unknown): void
}

const MOST_RECORDS = 1_000

/**
 * Writes what only the owner of a dispatch partition may say: that messages were given up, or queued again under
 * another key. What belongs together, a dead letter and its receipt, becomes visible in one transaction or not at all.
 *
 * It is opened when the partition is claimed, under an id that the next owner's claim takes over: a process that
 * wakes from a freeze can call nothing dead that the next owner has posted meanwhile, as the broker refuses it. So
 * it is never opened a second time: after an error, which leaves open what was committed, the partition is claimed
 * anew, and the receipts tell.
 */
export class OwnerWriter {
  readonly #writer: TransactionalWriter
  readonly #deps: OwnerWriterDeps
  /** Oldest first; those in a transaction stay until it has ended. */
  readonly #waiting: Waiting[] = []
  #draining: Promise<void> = Promise.resolve()
  #isDraining = false
  #isClosed = false

  constructor(writer: TransactionalWriter, deps: OwnerWriterDeps) {
    this.#writer = writer
    this.#deps = deps
  }

  /** Resolves with whether the records are known to be committed, all of them; false once it has failed or is closed. */
  write(records: readonly OutgoingRecord[]): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false)
    const written = new Promise<boolean>((done) => {
      this.#waiting.push({ records, sinceMs: this.#deps.clock.monotonicMs(), done })
    })
    if (!this.#isDraining) this.#draining = this.#drain()
    return written
  }

  /** How many writes are not committed. */
  unacknowledged(): number {
    return this.#waiting.length
  }

  /** Age of the oldest write that is not committed; 0 where there is none. */
  oldestUnacknowledgedMs(): number {
    const since = this.#waiting[0]?.sinceMs
    return since === undefined ? 0 : this.#deps.clock.monotonicMs() - since
  }

  /** Resolves when what waits is committed or has failed, and the connection is gone. */
  async close(): Promise<void> {
    await this.#draining
    this.#isClosed = true
    await this.#writer.discard()
  }

  async #drain(): Promise<void> {
    this.#isDraining = true
    // What is written in the same turn of the event loop shares a transaction.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const portion = this.#portion()
      try {
        await this.#writer.commit(
          portion.flatMap(({ records }) => records),
          [],
        )
      } catch (error) {
        this.#fail(error)
        break
      }
      this.#deps.committed()
      this.#waiting.splice(0, portion.length)
      for (const { done } of portion) done(true)
    }
    this.#isDraining = false
  }

  #portion(): Waiting[] {
    let records = 0
    const length = this.#waiting.findIndex((waiting) => {
      records += waiting.records.length
      return records > MOST_RECORDS
    })
    return this.#waiting.slice(0, length === -1 ? undefined : Math.max(1, length))
  }

  #fail(error: unknown): void {
    this.#isClosed = true
    for (const { done } of this.#waiting.splice(0)) done(false)
    this.#deps.failed(error)
  }
}
