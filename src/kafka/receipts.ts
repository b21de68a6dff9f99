import type { Receipt } from '../core/records.ts'
import type { RecordCodec } from './record-codec.ts'
import type { RecordWriter } from './record-writer.ts'

/**
 * Writes what became of messages. A receipt lies in the partition of its dispatch record, so that whoever owns
 * the one can read the other. Resolves with its offset there once the broker has acknowledged it.
 */
export function createReceiptWriter(deps: {
  writer: RecordWriter
  codec: RecordCodec<Receipt>
  topic: string
}) {
  return (receipt: Receipt): Promise<number> =>
    deps.writer.write({
      topic: deps.topic,
      partition: receipt.dispatch_partition,
      key: receipt.id,
      value: deps.codec.encode(receipt),
    })
}
