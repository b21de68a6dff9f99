import type { Receipt } from '../core/records.ts'
import type { RecordCodec } from './record-codec.ts'
import type { OutgoingRecord } from './transactional-writer.ts'

/**
 * What became of a message, as it goes to its topic. A receipt lies in the partition of its dispatch record, so that
 * whoever owns the one can read the other.
 */
export function createReceiptRecord(deps: { codec: RecordCodec<Receipt>; topic: string }) {
  return (receipt: Receipt): OutgoingRecord => ({
    topic: deps.topic,
    partition: receipt.dispatch_partition,
    key: receipt.id,
    value: deps.codec.encode(receipt),
  })
}
