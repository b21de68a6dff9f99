import type { QueuedMessage } from './lane.ts'

/** What waits for one of the destinations that share a lane. */
export interface Tally {
  destination: string
  messages: number
  /** Timestamp of the oldest one's dispatch record; null where nothing waits. */
  oldestQueuedAt: number | null
}

/** Bytes of all messages in all queues that share it. */
export interface MemoryUse {
  bytes: number
}

/** A destination's share; `oldest` is the position below which nothing of it waits. */
interface Share {
  messages: number
  oldest: number
}

/** What has left is forgotten in batches, so that leaving costs O(1) on average in a queue of any length. */
const FORGET_AT = 1_024

/** A lane's messages in order, with what they weigh and whose they are: no count needs a walk over them. */
export class LaneQueue {
  readonly #use: MemoryUse
  readonly #shares = new Map<string, Share>()
  #messages: (QueuedMessage | undefined)[] = []
  /** Where in `#messages` the head is. */
  #first = 0
  /** How many have been forgotten before `#messages` begins: position = forgotten + index. */
  #forgotten = 0
  #bytes = 0

  constructor(use: MemoryUse) {
    this.#use = use
  }

  get length(): number {
    return this.#messages.length - this.#first
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The nth message from the head, which is 0. */
  at(nth: number): QueuedMessage | undefined {
    return this.#messages[this.#first + nth]
  }

  first(count: number): QueuedMessage[] {
    const taken = this.#messages.slice(this.#first, this.#first + count)
    return taken.filter((message) => message !== undefined)
  }

  push(message: QueuedMessage): void {
    const { destination } = message.record
    const share = this.#shares.get(destination) ?? { messages: 0, oldest: 0 }
    if (share.messages === 0) share.oldest = this.#forgotten + this.#messages.length
    share.messages += 1
    this.#shares.set(destination, share)
    this.#messages.push(message)
    this.#weigh(message.bytes)
  }

  /** The first `count` leave, but for `staying`, which are some of them in their order. */
  leave(count: number, staying: readonly QueuedMessage[] = []): void {
    for (const message of this.first(count)) this.#uncount(message)
    const from = this.#first
    this.#first += count - staying.length
    this.#messages.fill(undefined, from, this.#first)
    for (const [nth, message] of staying.entries()) {
      this.#messages[this.#first + nth] = message
      this.#count(message)
    }
    if (this.#first >= FORGET_AT && this.#first * 2 >= this.#messages.length) this.#forget()
  }

  /** Only those stay for which `keeps` says yes; says how many left. */
  retain(keeps: (message: QueuedMessage, nth: number) => boolean): number {
    const before = this.length
    const kept = this.first(before).filter((message, nth) => {
      const stays = keeps(message, nth)
      if (!stays) this.#uncount(message)
      return stays
    })
    this.#forgotten += this.#messages.length - kept.length
    this.#messages = kept
    this.#first = 0
    return before - kept.length
  }

  /** Whether something waits for a destination of which this is true. */
  holdsAny(isMeant: (destination: string) => boolean): boolean {
    for (const [destination, { messages }] of this.#shares) {
      if (messages > 0 && isMeant(destination)) return true
    }
    return false
  }

  /** By destination; those for which nothing waits any more are among them. */
  forEachTally(visit: (tally: Tally) => void): void {
    for (const [destination, share] of this.#shares) {
      const oldestQueuedAt = share.messages === 0 ? null : this.#oldestOf(destination, share).queuedAt
      visit({ destination, messages: share.messages, oldestQueuedAt })
    }
  }

  /** Positions only rise, so each message is passed at most once for each destination. */
  #oldestOf(destination: string, share: Share): QueuedMessage {
    share.oldest = Math.max(share.oldest, this.#forgotten + this.#first)
    for (;;) {
      const message = this.#messages[share.oldest - this.#forgotten]
      if (message === undefined) throw new Error(`a lane counts messages for ${destination} that it has not`)
      if (message.record.destination === destination) return message
      share.oldest += 1
    }
  }

  #count(message: QueuedMessage): void {
    const share = this.#shares.get(message.record.destination)
    if (share !== undefined) share.messages += 1
    this.#weigh(message.bytes)
  }

  #uncount(message: QueuedMessage): void {
    const share = this.#shares.get(message.record.destination)
    if (share !== undefined) share.messages -= 1
    this.#weigh(-message.bytes)
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes
    this.#use.bytes += bytes
  }

  #forget(): void {
    this.#messages = this.#messages.slice(this.#first)
    this.#forgotten += this.#first
    this.#first = 0
  }
}
