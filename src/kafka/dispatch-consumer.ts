import type { Admin, KafkaMessage } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import type { DispatchRecord } from '../core/records.ts'
import type { QueuedMessage } from '../dispatch/lane.ts'
import { createPartitionTracker, type PartitionTracker } from '../dispatch/partition-tracker.ts'
import type { Observer } from '../observe/observer.ts'
import type { Consumed, FetchedBatch, HeldPartition, PartitionOwner } from './held-partition.ts'
import { committedOffsets, logRanges, requireInLog, timestampOf } from './offsets.ts'
import type { RecordCodec } from './record-codec.ts'

export interface DispatchOwnersDeps {
  admin: Admin
  groupId: string
  topic: string
  codec: RecordCodec<DispatchRecord>
  laneKey(record: DispatchRecord, key: Buffer | null): string
  lanes: {
    add(key: string, message: QueuedMessage): void
    hasRoom(): boolean
    room(): Promise<void>
    dropUnowned(): void
  }
  /** Resolves when the dead letter is acknowledged. */
  writeMalformed(message: KafkaMessage, at: { partition: number; detail: string }): Promise<void>
  observer: Observer
  clock: Clock
}

/** bellhop's own records stay below this; one that does not could not be written back as a dead letter or receipt. */
const MOST_BYTES = 524_288
const TOO_LARGE = { kind: 'malformed', detail: `more than ${MOST_BYTES} bytes` } as const

/** One assignment of one partition, to its loss. */
interface Ownership {
  tracker: PartitionTracker
  committedOffset: number
  lost: boolean
}

interface PartitionOffset {
  topic: string
  partition: number
  offset: number
}

/**
 * Owns partitions of bellhop.dispatch: reads records into lanes, knows which are complete, and says what may be
 * committed, the highest contiguous completed offset. Commits and ownership are here and nowhere else.
 */
export class DispatchOwners {
  readonly #deps: DispatchOwnersDeps
  readonly #ownerships = new Map<number, Ownership>()
  readonly #remembered = new Completions()
  #dropping = false

  constructor(deps: DispatchOwnersDeps) {
    this.#deps = deps
  }

  own(held: HeldPartition): PartitionOwner {
    return {
      prepare: (signal) => this.#begin(held.partition, signal),
      consume: async (batch) => this.#consume(held, batch),
      lose: () => this.#end(held.partition),
      release: async () => undefined,
    }
  }

  /** The receipt of the message is acknowledged. */
  complete(message: QueuedMessage): void {
    const { dispatchPartition, dispatchOffset, record } = message
    this.#remembered.add(dispatchPartition, dispatchOffset, record.id)
    if (message.owned()) this.#ownerships.get(dispatchPartition)?.tracker.complete(dispatchOffset)
  }

  /** The offset below which everything is complete, for partitions that are ours. */
  positions(): PartitionOffset[] {
    const { topic } = this.#deps
    return [...this.#ownerships].map(([partition, { tracker }]) => ({
      topic,
      partition,
      offset: tracker.committable(),
    }))
  }

  /** Positions that have not been committed yet. */
  committable(): PartitionOffset[] {
    return this.positions().filter(
      ({ partition, offset }) => offset > (this.#ownerships.get(partition)?.committedOffset ?? offset),
    )
  }

  /** Takes note of what was committed. */
  committed(offsets: readonly PartitionOffset[]): void {
    for (const { partition, offset } of offsets) {
      this.#remembered.forgetBelow(partition, offset)
      const ownership = this.#ownerships.get(partition)
      if (ownership === undefined) continue
      ownership.committedOffset = Math.max(ownership.committedOffset, offset)
    }
  }

  async #begin(partition: number, signal: AbortSignal): Promise<number> {
    const { admin, groupId, topic } = this.#deps
    this.#end(partition)
    const committed = (await committedOffsets(admin, { groupId, topic })).get(partition)
    const range = (await logRanges(admin, topic)).get(partition)
    if (range === undefined) throw new Error(`${topic} has no partition ${partition}`)
    const offset = requireInLog({ groupId, topic, partition, offset: committed ?? range.low, range })
    if (signal.aborted) return offset
    const tracker = createPartitionTracker(offset)
    this.#ownerships.set(partition, { tracker, committedOffset: offset, lost: false })
    return offset
  }

  #end(partition: number): void {
    const ownership = this.#ownerships.get(partition)
    if (ownership === undefined) return
    ownership.lost = true
    this.#ownerships.delete(partition)
    // Partitions go many at a time: one pass over the lanes is enough for all of them.
    if (this.#dropping) return
    this.#dropping = true
    queueMicrotask(() => {
      this.#dropping = false
      this.#deps.lanes.dropUnowned()
    })
  }

  #consume(held: HeldPartition, batch: FetchedBatch): Consumed {
    const { topic, lanes } = this.#deps
    const ownership = this.#ownerships.get(held.partition)
    if (ownership === undefined) throw new Error(`${topic}/${held.partition} is read but not owned`)
    for (const message of batch.messages) {
      if (!lanes.hasRoom()) {
        void lanes.room().then(() => held.goOn())
        return { kind: 'held_back', nextOffset: Number(message.offset) }
      }
      this.#enqueue(message, { partition: held.partition, ownership })
    }
    ownership.tracker.readUpTo(batch.lastOffset + 1)
    return { kind: 'taken' }
  }

  #enqueue(message: KafkaMessage, at: { partition: number; ownership: Ownership }): void {
    const { codec, lanes, laneKey, writeMalformed, observer, clock } = this.#deps
    const { partition, ownership } = at
    if (message.value === null) return
    const offset = Number(message.offset)
    ownership.tracker.track(offset)
    const decoded = message.value.length > MOST_BYTES ? TOO_LARGE : codec.decode(message.value)
    if (decoded.kind === 'malformed') {
      const { detail } = decoded
      const messageId = `${this.#deps.topic}:${partition}:${offset}`
      const nobody = { destination: '', action: '', messageId, attempts: 0 }
      observer.messageDeadLettered({ ...nobody, cause: 'malformed_record', detail })
      const written = writeMalformed(message, { partition, detail })
      void written.then(() => ownership.tracker.complete(offset))
      return
    }
    const { record } = decoded
    if (this.#remembered.has(partition, offset, record.id)) {
      ownership.tracker.complete(offset)
      return
    }
    observer.messageQueued({ destination: record.destination })
    lanes.add(laneKey(record, message.key), {
      record,
      dispatchPartition: partition,
      dispatchOffset: offset,
      queuedAt: timestampOf(message),
      enqueuedMs: clock.monotonicMs(),
      bytes: message.value.length,
      attempts: 0,
      ambiguous: 0,
      owned: () => !ownership.lost,
    })
  }
}

/**
 * Messages whose receipts this process has seen acknowledged beyond the committed offset. That stays true whoever
 * owned the partition meanwhile: after a rejoin they are read again, and must not be posted again. The id guards
 * against a topic that was made anew.
 */
class Completions {
  readonly #ids = new Map<number, Map<number, string>>()

  add(partition: number, offset: number, id: string): void {
    const ids = this.#ids.get(partition) ?? new Map<number, string>()
    this.#ids.set(partition, ids)
    ids.set(offset, id)
  }

  has(partition: number, offset: number, id: string): boolean {
    return this.#ids.get(partition)?.get(offset) === id
  }

  forgetBelow(partition: number, offset: number): void {
    const ids = this.#ids.get(partition)
    if (ids === undefined) return
    for (const completed of ids.keys()) if (completed < offset) ids.delete(completed)
  }
}
