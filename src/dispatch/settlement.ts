import type { Clock } from '../core/clock.ts'
import { CANARY_ACTION } from '../core/own-actions.ts'
import type { DeadLetter, Receipt } from '../core/records.ts'
import type { Observer } from '../observe/observer.ts'
import { type Fate, finalReceipt, messageDeadLetter } from './fate.ts'
import type { QueuedMessage } from './lane.ts'

/** What is said of a message that goes unposted. */
export interface GivenUp {
  /** Null where it was silenced: nobody is to replay it. */
  letter: DeadLetter | null
  receipt: Receipt
}

export interface SettlementDeps {
  /** Resolves with the receipt's offset, in the partition of the dispatch record, once it is acknowledged. */
  writeReceipt(receipt: Receipt): Promise<number>
  complete(message: QueuedMessage, receiptOffset: number): void
  /** Puts both on record together, as the owner of the message's partition; false: it is left to the next owner. */
  giveUp(message: QueuedMessage, given: GivenUp): Promise<boolean>
  observer: Observer
  clock: Clock
}

/**
 * Puts fates on record; only when the broker has acknowledged them is the message complete.
 *
 * What was delivered is said whenever it can be, by whoever posted it. What was given up or silenced is said by the
 * owner alone, dead letter and receipt together: a process that wakes from a freeze must not call dead what its
 * partition's next owner has posted meanwhile.
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

  #record(message: QueuedMessage, fate: Fate): Promise<void> {
    const receipt = finalReceipt(message, fate, this.#deps.clock.nowMs())
    return fate.outcome === 'delivered'
      ? this.#deliver(message, receipt)
      : this.#giveUp(message, fate, receipt)
  }

  async #deliver(message: QueuedMessage, receipt: Receipt): Promise<void> {
    const { clock, observer, writeReceipt, complete } = this.#deps
    const { record } = message
    const latencyMs = clock.nowMs() - record.event.timestamp
    observer.messageDelivered({ ...idsOf(message), latencyMs })
    if (record.action === CANARY_ACTION)
      observer.canaryArrived({ destination: record.destination, roundTripMs: latencyMs })
    complete(message, await writeReceipt(receipt))
  }

  async #giveUp(message: QueuedMessage, fate: Fate, receipt: Receipt): Promise<void> {
    const { clock, observer, giveUp } = this.#deps
    const { cause, detail } = fate
    const letter = cause === null ? null : messageDeadLetter(message, { ...fate, cause }, clock.nowMs())
    // Told once, by whoever put it on record: until then it may come back.
    if (!(await giveUp(message, { letter, receipt }))) return
    if (cause === null) observer.messageSilenced({ ...idsOf(message), detail })
    else observer.messageDeadLettered({ ...idsOf(message), cause, detail, attempts: message.attempts })
  }
}

function idsOf({ record }: QueuedMessage): { destination: string; action: string; messageId: string } {
  return { destination: record.destination, action: record.action, messageId: record.id }
}
