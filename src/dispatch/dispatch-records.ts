import type { DeadLetter, DispatchRecord, Receipt } from '../core/records.ts'
import { createDeadLetterRecord } from '../kafka/dead-letters.ts'
import { createReceiptWriter } from '../kafka/receipts.ts'
import type { Attempt } from '../slack/client.ts'
import type { DispatchStageDeps } from '../stage.ts'
import { heldReceipt } from './fate.ts'
import type { QueuedMessage } from './lane.ts'
import { laneKeyOf } from './lane-key.ts'
import { type ForeignRecord, malformedDeadLetter } from './malformed.ts'

/** What the dispatch stage writes, each under its topic, key and partition. */
export interface DispatchRecords {
  /** The lane that a record belongs to now; its own key where its destination is unknown. */
  laneKey(record: DispatchRecord, key: Buffer | null): string
  writeReceipt(receipt: Receipt): Promise<void>
  writeDeadLetter(letter: DeadLetter, message: QueuedMessage): Promise<void>
  /** The wait of a lane, so that a new owner keeps it. */
  writeHold(message: QueuedMessage, hold: { waitMs: number; attempt: Attempt }): void
  /** A record that bellhop did not write. */
  writeMalformed(message: ForeignRecord, at: { partition: number; detail: string }): Promise<void>
}

export function createDispatchRecords(deps: DispatchStageDeps): DispatchRecords {
  const { config, topics, clock, codecs, writer } = deps
  const writeReceipt = createReceiptWriter({ writer, codec: codecs.receipt, topic: topics.receipts })
  const deadLetter = createDeadLetterRecord({ codec: codecs.deadLetter, topic: topics.deadLetters })
  const laneKey = (record: DispatchRecord, key: Buffer | null): string => {
    const destination = config.destinations.get(record.destination)
    if (destination === undefined) return key?.toString() ?? record.destination
    return laneKeyOf(destination, record.message)
  }
  return {
    laneKey,
    writeReceipt,
    writeDeadLetter: (letter, message) => writer.write(deadLetter(letter, laneKey(message.record, null))),
    writeHold(message, { waitMs, attempt: { detail, answer } }) {
      const nowMs = clock.nowMs()
      void writeReceipt(heldReceipt(message, { heldUntilMs: nowMs + waitMs, detail, answer }, nowMs))
    },
    writeMalformed: (message, at) =>
      writer.write(
        deadLetter(malformedDeadLetter(message, { ...at, topic: topics.dispatch }, clock), message.key),
      ),
  }
}
