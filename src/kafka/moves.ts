import type { DispatchRecord, Receipt } from '../core/records.ts'
import { createReceiptRecord } from './receipts.ts'
import type { RecordCodecs } from './record-codec.ts'
import type { OutgoingRecord } from './transactional-writer.ts'

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

/** The record under its other key, and the receipt that says `moved`: they belong into one transaction. */
export function createMovedRecords(deps: {
  topics: { dispatch: string; receipts: string }
  codecs: RecordCodecs
}): (moving: Moving) => OutgoingRecord[] {
  const { topics, codecs } = deps
  const receiptRecord = createReceiptRecord({ codec: codecs.receipt, topic: topics.receipts })
  return ({ record, key, queuedAt, receipt }) => {
    const moved = { ...record, moves: record.moves + 1, moved_at: receipt.recorded_at }
    const value = codecs.dispatch.encode(moved)
    return [{ topic: topics.dispatch, key, value, timestamp: queuedAt }, receiptRecord(receipt)]
  }
}
