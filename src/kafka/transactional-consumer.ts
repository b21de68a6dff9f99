import type { Admin } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import type { EventRecord } from '../event/event.ts'
import type { Observer } from '../observe/observer.ts'
import { isFenced } from './failures.ts'
import type { Consumed, FetchedBatch, HeldPartition, PartitionOwner } from './held-partition.ts'
import { committedOffsets, logRanges, requireInLog, timestampOf } from './offsets.ts'
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

const IDLE_COMMIT_MS = 5_000

/**
 * Consume, transform, produce, exactly once: what a batch gives and the offset after it become visible in one
 * transaction or not at all, under crash, rebalance and zombie.
 *
 * On assignment the order decides: fence the owner before (which ends its open transaction), then read the
 * committed offset, then start there. With fence and read exchanged, a transaction that the old owner commits
 * in between comes twice. After any failure the same is done again, so whether a commit in doubt took effect is
 * never guessed.
 *
 * A batch that gives nothing needs no transaction: its position goes with the next one, or alone after some
 * idle seconds.
 */
export class TransactionalOwner implements PartitionOwner {
  readonly #deps: TransactionalOwnerDeps
  readonly #at: { topic: string; partition: number }
  #writer: TransactionalWriter | null = null
  #uncommitted: number | null = null
  #idleTimer: NodeJS.Timeout | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: TransactionalOwnerDeps) {
    this.#deps = deps
    this.#at = { topic: deps.partition.topic, partition: deps.partition.partition }
  }

  async prepare(signal: AbortSignal): Promise<number> {
    const { openWriter, admin, groupId } = this.#deps
    const { topic, partition } = this.#at
    await this.#inTurn(() => this.#discard())
    this.#writer = await openWriter(`${groupId}.${topic}.${partition}`)
    if (signal.aborted) await this.#discard()
    const committed = (await committedOffsets(admin, { groupId, topic })).get(partition)?.offset
    const range = (await logRanges(admin, topic)).get(partition)
    if (range === undefined) throw new Error(`${topic} has no partition ${partition}`)
    // First starts are settled before the group is joined: a partition without an offset appeared later.
    if (committed === undefined) return range.low
    return requireInLog({ groupId, topic, partition, offset: committed, range })
  }

  async consume(batch: FetchedBatch): Promise<Consumed> {
    await this.#inTurn(() => this.#process(batch))
    return { kind: 'taken' }
  }

  lose(): void {
    void this.#inTurn(() => this.#discard())
  }

  async release(): Promise<void> {
    // Failing here costs nothing: the next owner reads again what gave nothing.
    await this.#inTurn(() => this.#commitUncommitted()).catch(() => undefined)
    await this.#inTurn(() => this.#discard())
  }

  async #process(batch: FetchedBatch): Promise<void> {
    const { transform, observer } = this.#deps
    const outgoing = await transform(batch.messages.map((message) => toEventRecord(message, this.#at)))
    observer.eventsConsumed({ ...this.#at, count: batch.messages.length })
    const nextOffset = batch.lastOffset + 1
    if (outgoing.length > 0) {
      await this.#commit(outgoing, nextOffset)
      return
    }
    this.#uncommitted = nextOffset
    this.#idleTimer ??= setTimeout(() => void this.#commitIdle(), IDLE_COMMIT_MS)
  }

  async #commit(records: readonly OutgoingRecord[], nextOffset: number): Promise<void> {
    const { groupId, observer, clock } = this.#deps
    if (this.#writer === null) throw new Error(`${this.#at.topic}/${this.#at.partition} has no writer`)
    const startedMs = clock.monotonicMs()
    const ended = (): { records: number; durationMs: number; topic: string; partition: number } => ({
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
    this.#uncommitted = null
    observer.transactionEnded({ ...ended(), end: 'committed' })
  }

  async #commitUncommitted(): Promise<void> {
    if (this.#uncommitted !== null && this.#writer !== null) await this.#commit([], this.#uncommitted)
  }

  async #commitIdle(): Promise<void> {
    this.#idleTimer = null
    try {
      await this.#inTurn(() => this.#commitUncommitted())
    } catch (error) {
      this.#deps.partition.prepareAgain(error)
    }
  }

  async #discard(): Promise<void> {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer)
    this.#idleTimer = null
    this.#uncommitted = null
    const writer = this.#writer
    this.#writer = null
    await writer?.discard()
  }

  /** Batches and idle commits take turns: a producer has one transaction at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work, work)
    this.#turn = next.catch(() => undefined)
    return next
  }
}

interface KafkaRecord {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>
}

function toEventRecord(record: KafkaRecord, at: { topic: string; partition: number }): EventRecord {
  return {
    ...at,
    offset: Number(record.offset),
    timestamp: timestampOf(record),
    key: record.key,
    value: record.value,
    headers: toHeaders(record.headers),
  }
}

const NO_HEADERS: EventRecord['headers'] = []

function toHeaders(headers: KafkaRecord['headers']): EventRecord['headers'] {
  if (headers === undefined) return NO_HEADERS
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ name, value: Buffer.from(value ?? '') })),
  )
}
