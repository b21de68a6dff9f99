import type { Clock } from '../core/clock.ts'
import type { DeadLetter, Receipt } from '../core/records.ts'
import type { Observer } from '../observe/observer.ts'
import { type Fate, finalReceipt, messageDeadLetter } from './fate.ts'
import type { QueuedMessage } from './lane.ts'

export interface SettlementDeps {
  /** Resolves with the receipt's offset, in the partition of the dispatch record, once it is acknowledged. */
  writeReceipt(receipt: Receipt): Promise<number>
  writeDeadLetter(letter: DeadLetter, message: QueuedMessage): Promise<void>
  complete(message: QueuedMessage, receiptOffset: number): void
  /** Whether the member that took the message still owns it by the group's word; resolves when that word is known. */
  stillOwns(message: QueuedMessage): Promise<boolean>
  observer: Observer
  clock: Clock
}

/**
 * Puts fates on record, in the order that loses nothing: the dead letter, then the receipt, and only when the
 * broker has acknowledged both is the message complete. A crash in between repeats a step, never skips one.
 *
 * What was delivered is said whenever it can be. What was given up is said by the owner alone: a process that wakes
 * from a freeze must not call dead what its partition's next owner has posted meanwhile.
 */
export class Settlement {
  readonly #deps: SettlementDeps
  readonly #pending = new Set<Promise<void>>()

  constructor(deps: SettlementDeps) {
    this.#deps = deps
  }

  settle(message: QueuedMessage, fate: Fate): void {
    this.#report(message, fate)
    const recorded = this.#record(message, fate)
    this.#pending.add(recorded)
    void recorded.finally(() => this.#pending.delete(recorded))
  }

  /** Resolves when every fate so far is on record. */
  async recorded(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #record(message: QueuedMessage, fate: Fate): Promise<void> {
    const { clock, writeDeadLetter, writeReceipt, complete, stillOwns } = this.#deps
    if (fate.cause !== null) {
      if (!(await stillOwns(message))) return
      const letter = messageDeadLetter(message, { ...fate, cause: fate.cause }, clock.nowMs())
      await writeDeadLetter(letter, message)
      if (!(await stillOwns(message))) return
    }
    complete(message, await writeReceipt(finalReceipt(message, fate, clock.nowMs())))
  }

  #report({ record, attempts }: QueuedMessage, fate: Fate): void {
    const { observer, clock } = this.#deps
    const ids = { destination: record.destination, action: record.action, messageId: record.id }
    const latencyMs = clock.nowMs() - record.event.timestamp
    if (fate.cause === null) observer.messageDelivered({ ...ids, latencyMs })
    else observer.messageDeadLettered({ ...ids, cause: fate.cause, detail: fate.detail, attempts })
  }
}
