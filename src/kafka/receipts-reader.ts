import type { Receipt } from '../core/records.ts'
import type { Consumed, FetchedBatch, HeldPartition, PartitionOwner } from './held-partition.ts'
import type { RecordCodec } from './record-codec.ts'

/** The receipts of one partition, as whoever claims the dispatch partition of the same number asks for them. */
export interface ReceiptsSource {
  /** Gives how many there were. */
  read(wanted: Wanted): Promise<number>
}

/** What is to be read, and who wants it. */
export interface Wanted {
  from: number
  /** One past the last offset that is wanted; what follows in the same batch is given as well. */
  end: number
  onReceipt(receipt: Receipt, offset: number): void
  signal: AbortSignal
}

export interface ReceiptsReaderDeps {
  codec: RecordCodec<Receipt>
  lost(): void
}

interface Reading extends Wanted {
  count: number
  done: PromiseWithResolvers<number>
  stuck: NodeJS.Timeout
}

const STUCK_MS = 30_000

/**
 * One partition of the receipts, read on demand: whoever claims the dispatch partition of the same number reads what
 * its owners before have put on record. Otherwise it stands still, and costs nothing.
 */
export class ReceiptsReader implements PartitionOwner, ReceiptsSource {
  readonly #held: HeldPartition
  readonly #deps: ReceiptsReaderDeps
  #reading: Reading | null = null
  #next = 0
  #wanted = Promise.withResolvers<void>()

  constructor(held: HeldPartition, deps: ReceiptsReaderDeps) {
    this.#held = held
    this.#deps = deps
  }

  /**
   * Reads a range; gives how many receipts it held. A range that is wanted while another is being read takes its
   * place. Rejects where nothing comes for long: the partition is then to be claimed anew.
   */
  async read(wanted: Wanted): Promise<number> {
    this.#end(new Error('other receipts are wanted'))
    this.#next = wanted.from
    if (wanted.from >= wanted.end || wanted.signal.aborted) return 0
    const done = Promise.withResolvers<number>()
    const giveUp = (why: string): void => this.#end(new Error(why))
    const { topic, partition } = this.#held
    const stuck = setTimeout(() => giveUp(`${topic}/${partition} gave nothing for 30 s`), STUCK_MS)
    wanted.signal.addEventListener('abort', () => giveUp('no longer wanted'), { once: true })
    this.#reading = { ...wanted, count: 0, done, stuck }
    this.#wanted.resolve()
    this.#held.moveTo(wanted.from)
    this.#held.goOn(wanted.from)
    return done.promise
  }

  async prepare(signal: AbortSignal): Promise<number> {
    const lost = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    await Promise.race([this.#wanted.promise, lost])
    return this.#next
  }

  async consume(batch: FetchedBatch): Promise<Consumed> {
    const reading = this.#reading
    if (reading === null) return { kind: 'held_back', nextOffset: this.#next }
    const learning = this.#deps.codec.learn(batch.messages)
    if (learning !== null) await learning
    // While the registry answered, another range may have taken this one's place.
    if (this.#reading !== reading) return { kind: 'held_back', nextOffset: this.#next }
    for (const { offset, receipt } of this.#receiptsIn(batch)) {
      reading.count += 1
      reading.onReceipt(receipt, offset)
    }
    this.passed(batch.lastOffset + 1)
    return this.#reading === null ? { kind: 'held_back', nextOffset: this.#next } : { kind: 'taken' }
  }

  passed(nextOffset: number): void {
    const reading = this.#reading
    if (reading === null) return
    this.#next = nextOffset
    reading.stuck.refresh()
    if (nextOffset >= reading.end) this.#end(null)
  }

  lose(): void {
    this.#deps.lost()
    this.#end(new Error('the partition was lost'))
  }

  async release(): Promise<void> {
    this.#end(new Error('the process stops'))
  }

  /** All or, where one cannot be read that may be ours, an error: a batch that is tried again is given once. */
  #receiptsIn({ messages }: FetchedBatch): { offset: number; receipt: Receipt }[] {
    const receipts: { offset: number; receipt: Receipt }[] = []
    for (const { offset, value } of messages) {
      const decoded = value === null ? null : this.#deps.codec.decode(value)
      if (decoded?.kind === 'unknown_schema') throw this.#unknownSchema(offset, decoded.detail)
      if (decoded?.kind === 'record') receipts.push({ offset: Number(offset), receipt: decoded.record })
    }
    return receipts
  }

  /** What it tells of may have been posted: passing over it would post it again, so it is tried again instead. */
  #unknownSchema(offset: string, detail: string): Error {
    const { topic, partition } = this.#held
    return new Error(
      `the receipt at ${topic}/${partition}, offset ${offset}, cannot be read, and without it a message might be ` +
        `posted twice: ${detail}. Bring back the schema, or the registry that has it.`,
    )
  }

  #end(error: Error | null): void {
    const reading = this.#reading
    if (reading === null) return
    this.#reading = null
    clearTimeout(reading.stuck)
    this.#wanted = Promise.withResolvers()
    if (error === null) reading.done.resolve(reading.count)
    else reading.done.reject(error)
  }
}
