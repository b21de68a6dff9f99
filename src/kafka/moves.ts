import type { Kafka } from 'kafkajs'
import type { DispatchRecord, Receipt } from '../core/records.ts'
import type { RecordCodecs } from './record-codec.ts'
import {
  type OutgoingRecord,
  openTransactionalWriter,
  type TransactionalWriter,
} from './transactional-writer.ts'

/** A record whose key is no longer its destination's. */
export interface Moving {
  record: DispatchRecord
  offset: number
  /** The dispatch record's timestamp: its age goes with it. */
  queuedAt: number
  /** The key that it gets. */
  key: string
  receipt: Receipt
}

export interface MovesDeps {
  kafka: Kafka
  groupId: string
  topics: { dispatch: string; receipts: string }
  codecs: RecordCodecs
}

/**
 * Queues records of one partition again, under another key: the new record and the receipt `moved` in one
 * transaction, so that whatever is killed in between, each is in one place. Opening it ends what an owner before
 * had begun; only after that do receipts tell the whole truth.
 */
export class Moves {
  readonly #deps: MovesDeps
  readonly #writer: TransactionalWriter

  private constructor(deps: MovesDeps, writer: TransactionalWriter) {
    this.#deps = deps
    this.#writer = writer
  }

  static async open(deps: MovesDeps, partition: number): Promise<Moves> {
    return new Moves(deps, await openTransactionalWriter(deps.kafka, `${deps.groupId}.moves.${partition}`))
  }

  /** In their order. An error leaves it unknown whether they were moved: claim the partition anew. */
  async move(moving: readonly Moving[]): Promise<void> {
    await this.#writer.commit(
      moving.flatMap((one) => this.#recordsOf(one)),
      [],
    )
  }

  async close(): Promise<void> {
    await this.#writer.discard()
  }

  #recordsOf({ record, key, queuedAt, receipt }: Moving): OutgoingRecord[] {
    const { topics, codecs } = this.#deps
    const moved = { ...record, moves: record.moves + 1, moved_at: receipt.recorded_at }
    return [
      { topic: topics.dispatch, key, value: codecs.dispatch.encode(moved), timestamp: queuedAt },
      {
        topic: topics.receipts,
        partition: receipt.dispatch_partition,
        key: receipt.id,
        value: codecs.receipt.encode(receipt),
      },
    ]
  }
}
