import type { KafkaMessage } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import type { DispatchRecord, Receipt } from '../core/records.ts'
import type { QueuedMessage } from '../dispatch/lane.ts'
import type { Observer } from '../observe/observer.ts'
import type { Consumed, FetchedBatch } from './held-partition.ts'
import type { Moving } from './moves.ts'
import { timestampOf } from './offsets.ts'
import { completeAsOwner, type Ownership } from './ownership.ts'
import type { RecordCodec } from './record-codec.ts'
import type { OutgoingRecord } from './transactional-writer.ts'

export interface IntakeLanes {
  add(key: string, message: QueuedMessage): void
  hasRoom(key: string): boolean
  isBelowHalf(key: string): boolean
}

export interface IntakeDeps {
  topic: string
  codec: RecordCodec<DispatchRecord>
  lanes: IntakeLanes
  /** The key of a record by this configuration; null where its destination is not known. */
  currentKey(record: DispatchRecord): string | null
  /** From when on it may be moved, by the wall clock; 0: at once. */
  mayMoveFrom(record: DispatchRecord): number
  movedReceipt(message: QueuedMessage): Receipt
  movedRecords(moving: Moving): OutgoingRecord[]
  /** Dead letter and receipt of a record that bellhop did not write. */
  malformedRecords(message: KafkaMessage, at: { partition: number; detail: string }): OutgoingRecord[]
  observer: Observer
  clock: Clock
  signal: AbortSignal
}

/** bellhop's own records stay below this; one that does not could not be written back as a dead letter or receipt. */
const MOST_BYTES = 524_288
const TOO_LARGE = { kind: 'malformed', detail: `more than ${MOST_BYTES} bytes` } as const
/** A topic may hold foreign records by the million, and each weighs until it is on record. */
const MOST_GIVING_UP = 2_000
/** What is new waits while old records are read again, so after so many (a quarter of a second) it has its turn. */
const REREAD_AT_ONCE = 100_000
/** A fetch at the frontier gives what is new, or waits for it this long. */
const TURN_OF_NEW_MS = 300

/**
 * Brings the records of an owned partition to their lanes. What a lane has no room for is passed over, and with it
 * all that follows for that lane, until reading has come back: nothing overtakes, and no lane keeps the partition
 * waiting. What is complete or in a lane already is skipped unparsed.
 */
export class DispatchIntake {
  readonly #deps: IntakeDeps
  readonly #ownership: Ownership
  readonly #givingUp = new Set<Promise<void>>()
  /** Where reading goes on if it is not led elsewhere. */
  #next: number

  #rereadAtOnce = 0
  /** Where a long re-read goes on, and when, after what is new had its turn. */
  #left: { offset: number; notBeforeMs: number } | null = null

  constructor(ownership: Ownership, deps: IntakeDeps) {
    this.#ownership = ownership
    this.#deps = deps
    this.#next = ownership.committed.offset
  }

  async take(batch: FetchedBatch): Promise<Consumed> {
    const { tracker, pacing, passOver, completed, owned } = this.#ownership
    const learning = this.#deps.codec.learn(batch.messages)
    if (learning !== null) await learning
    // Lost while the registry answered: its lanes have been cleared, and take nothing more.
    if (!owned()) return { kind: 'taken' }
    if (batch.fetchedOffset !== this.#next) passOver.jumped(this.#next, batch.fetchedOffset)
    if (batch.lastOffset < tracker.frontier()) {
      const records = batch.messages.length
      pacing.read(records)
      this.#rereadAtOnce += records
      this.#deps.observer.recordsReread({ records })
    }
    const moving: Moving[] = []
    for (const message of batch.messages) {
      this.#offer(message, moving)
      if (this.#givingUp.size < MOST_GIVING_UP) continue
      await this.close()
      if (!owned()) return { kind: 'taken' }
    }
    const nextOffset = batch.lastOffset + 1
    this.passed(nextOffset)
    completed.forgetBelow(tracker.frontier())
    if (moving.length > 0) await this.#move(moving)
    if (nextOffset >= tracker.frontier()) {
      this.#rereadAtOnce = 0
      return { kind: 'taken' }
    }
    const isWished = passOver.wishesFrom(nextOffset, (lane) => this.#hasRoom(lane))
    if (isWished && this.#rereadAtOnce < REREAD_AT_ONCE) return { kind: 'taken' }
    this.#rereadAtOnce = 0
    const notBeforeMs = this.#deps.clock.monotonicMs() + TURN_OF_NEW_MS
    this.#left = isWished ? { offset: nextOffset, notBeforeMs } : null
    return { kind: 'jump', nextOffset: tracker.frontier() }
  }

  /** Reading has come to here. */
  passed(nextOffset: number): void {
    this.#next = nextOffset
    this.#ownership.tracker.readUpTo(nextOffset)
  }

  /**
   * From where to read again, for lanes that have room for what they passed over; null where there is nothing to gain.
   * The caller leads reading there, from `position`, where it stands.
   */
  rewindTo(position: number): number | null {
    const { passOver, pacing, tracker } = this.#ownership
    const { lanes, clock } = this.#deps
    const nowMs = clock.monotonicMs()
    if (passOver.lanes() === 0) return null
    if (this.#left !== null) {
      const { offset, notBeforeMs } = this.#left
      if (nowMs < notBeforeMs) return null
      this.#left = null
      const next = passOver.rewindTo((lane) => this.#hasRoom(lane), offset)
      if (next !== null && next < position) return next
    }
    if (!pacing.mayBegin(nowMs)) return null
    const offset = passOver.rewindTo((lane) => lanes.isBelowHalf(lane) && this.#mayMove(lane))
    if (offset === null || offset >= position) return null
    pacing.began(nowMs, tracker.frontier() - offset)
    return offset
  }

  /** Resolves when what it does by itself is on record. */
  async close(): Promise<void> {
    await Promise.all(this.#givingUp)
  }

  #offer(message: KafkaMessage, moving: Moving[]): void {
    const { tracker, completed, passOver } = this.#ownership
    const { key, value } = message
    const offset = Number(message.offset)
    const state = tracker.state(offset)
    if (value === null || state === 'complete' || state === 'queued') return
    if (state === 'new') {
      if (completed.has(offset, timestampOf(message))) return
      tracker.open(offset)
    }
    const lane = key?.toString() ?? ''
    const isTaken =
      passOver.mayTake(lane, offset) && this.#hasRoom(lane) && this.#accept({ message, value, lane, moving })
    if (!isTaken) {
      passOver.passOver(lane, offset)
      return
    }
    passOver.took(lane, offset)
    tracker.take(offset)
  }

  /** Gives the record to its lane, or to where else it belongs; false where it must wait. */
  #accept(offered: { message: KafkaMessage; value: Buffer; lane: string; moving: Moving[] }): boolean {
    const { codec, lanes, currentKey, observer } = this.#deps
    const { message, value, lane, moving } = offered
    const decoded = value.length > MOST_BYTES ? TOO_LARGE : codec.decode(value)
    if (decoded.kind !== 'record') {
      this.#giveUpMalformed(message, decoded.detail)
      return true
    }
    const { record } = decoded
    const key = currentKey(record) ?? lane
    const notBefore = this.#deps.mayMoveFrom(record)
    if (key !== lane && this.#deps.clock.nowMs() < notBefore) {
      this.#ownership.movesNotBefore.set(lane, notBefore)
      return false
    }
    // Of equal texts the one that all records share: thousands of them wait.
    const queued = this.#toQueued(message, { record, lane: key === lane ? key : lane, bytes: value.length })
    if (key === lane) {
      observer.messageQueued({ destination: record.destination })
      lanes.add(key, queued)
      return true
    }
    const { dispatchOffset: offset, queuedAt } = queued
    moving.push({ record, offset, queuedAt, key, receipt: this.#deps.movedReceipt(queued) })
    return true
  }

  #toQueued(
    message: KafkaMessage,
    parsed: { record: DispatchRecord; lane: string; bytes: number },
  ): QueuedMessage {
    const ownership = this.#ownership
    const offset = Number(message.offset)
    const { attempts = 0, ambiguous = 0 } = ownership.carried.get(offset) ?? {}
    ownership.carried.delete(offset)
    return {
      ...parsed,
      dispatchPartition: ownership.partition,
      dispatchOffset: offset,
      queuedAt: timestampOf(message),
      attempts,
      ambiguous,
      postMessages: null,
      unit: null,
      ownedSinceMs: ownership.sinceMs,
      owned: ownership.owned,
    }
  }

  #giveUpMalformed(message: KafkaMessage, detail: string): void {
    const { topic, observer, malformedRecords } = this.#deps
    const { partition } = this.#ownership
    const messageId = `${topic}:${partition}:${message.offset}`
    const nobody = { destination: '', action: '', messageId, attempts: 0 }
    const records = malformedRecords(message, { partition, detail })
    const givenUp = completeAsOwner(this.#ownership, records, [Number(message.offset)]).then((isOnRecord) => {
      this.#givingUp.delete(givenUp)
      if (isOnRecord) observer.messageDeadLettered({ ...nobody, cause: 'malformed_record', detail })
    })
    this.#givingUp.add(givenUp)
  }

  async #move(moving: readonly Moving[]): Promise<void> {
    const { observer, movedRecords } = this.#deps
    const records = moving.flatMap(movedRecords)
    const offsets = moving.map(({ offset }) => offset)
    if (!(await completeAsOwner(this.#ownership, records, offsets))) {
      throw new Error(`whether ${moving.length} records were queued again under their new key is not known`)
    }
    for (const { record } of moving) {
      const { destination, action, id } = record
      observer.messageMoved({ destination, action, messageId: id })
    }
  }

  #hasRoom(lane: string): boolean {
    return this.#deps.lanes.hasRoom(lane) && this.#mayMove(lane)
  }

  #mayMove(lane: string): boolean {
    const { movesNotBefore } = this.#ownership
    const notBefore = movesNotBefore.get(lane)
    if (notBefore === undefined) return true
    if (this.#deps.clock.nowMs() < notBefore) return false
    movesNotBefore.delete(lane)
    return true
  }
}
