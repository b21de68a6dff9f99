import type { Clock } from '../core/clock.ts'
import type { DeadLetter, Receipt } from '../core/records.ts'
import type { Observer } from '../observe/observer.ts'
import { type Fate, finalReceipt, messageDeadLetter } from './fate.ts'
import type { QueuedMessage } from './lane.ts'

export interface SettlementDeps {
  /** Resolves with the receipt's offset, in the partition of the dispatch record, once it is acknowledged. */
  writeReceipt(receipt: Receipt): Promise<number>
  complete(message: QueuedMessage, receiptOffset: number): void
  /** Puts both on record together, as the owner of the message's partition; false: it is left to the next owner. */
  giveUp(message: QueuedMessage, given: { letter: DeadLetter; receipt: Receipt }): Promise<boolean>
  observer: Observer
  clock: Clock
}

/**
 * Puts fates on record; only when the broker has acknowledged them is the message complete.
 *
 * What was delivered is said whenever it can be, by whoever posted it. What was given up is said by the owner alone,
 * dead letter and receipt together: a process that wakes from a freeze must not call dead what its partition's next
 * owner has posted meanwhile.
 */
export class Settlement {
  readonly #deps: SettlementDeps
  readonly #pending = new Set<Promise<void>>()

  constructor(deps: SettlementDeps) {
    this.#deps = deps
  }

  /** Resolves when it is on record, or left to the next owner. */
  settle(message: QueuedMessage, fate: Fate): Promise<void> {
    const recorded = this.#record(message, fate).finally(() => this.#pending.delete(recorded))
    this.#pending.add(recorded)
    return recorded
  }

  /** Resolves when every fate so far is on record. */
  async recorded(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #record(message: QueuedMessage, fate: Fate): Promise<void> {
    const { clock, observer, writeReceipt, complete, giveUp } = this.#deps
    const receipt = finalReceipt(message, fate, clock.nowMs())
    const { record, attempts } = message
    const ids = { destination: record.destination, action: record.action, messageId: record.id }
    const { cause, detail } = fate
    if (cause === null) {
      observer.messageDelivered({ ...ids, latencyMs: clock.nowMs() - record.event.timestamp })
      complete(message, await writeReceipt(receipt))
      return
    }
    const letter = messageDeadLetter(message, { ...fate, cause }, clock.nowMs())
    // Told once, by whoever put it on record: until then it may come back.
    if (await giveUp(message, { letter, receipt }))
      observer.messageDeadLettered({ ...ids, cause, detail, attempts })
  }
}
