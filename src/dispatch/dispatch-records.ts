import type { DeadLetter, DispatchRecord, Receipt } from '../core/records.ts'
import { createDeadLetterRecord } from '../kafka/dead-letters.ts'
import { createReceiptWriter } from '../kafka/receipts.ts'
import type { DispatchStageDeps } from '../stage.ts'
import { type Hold, heldReceipt, movedReceipt } from './fate.ts'
import type { QueuedMessage } from './lane.ts'
import { createLaneKeys } from './lane-key.ts'
import { type ForeignRecord, malformedDeadLetter, malformedReceipt } from './malformed.ts'

/** What the dispatch stage writes, each under its topic, key and partition. */
export interface DispatchRecords {
  /** The key of a record by this configuration; null where its destination is not known. */
  currentKey(record: DispatchRecord): string | null
  writeReceipt(receipt: Receipt): Promise<number>
  writeDeadLetter(letter: DeadLetter, message: QueuedMessage): Promise<void>
  /** The wait of a lane, so that a new owner keeps it. */
  writeHold(message: QueuedMessage, hold: Hold): Promise<{ receipt: Receipt; offset: number }>
  movedReceipt(message: QueuedMessage): Receipt
  /** A record that bellhop did not write: dead letter, then receipt, whose offset it gives. */
  writeMalformed(message: ForeignRecord, at: { partition: number; detail: string }): Promise<number>
}

export function createDispatchRecords(deps: DispatchStageDeps): DispatchRecords {
  const { config, topics, clock, codecs, writer } = deps
  const writeReceipt = createReceiptWriter({ writer, codec: codecs.receipt, topic: topics.receipts })
  const deadLetter = createDeadLetterRecord({ codec: codecs.deadLetter, topic: topics.deadLetters })
  return {
    currentKey: createLaneKeys(config.destinations),
    writeReceipt,
    writeDeadLetter: async (letter, message) => void (await writer.write(deadLetter(letter, message.lane))),
    async writeHold(message, hold) {
      const receipt = heldReceipt(message, hold, clock.nowMs())
      return { receipt, offset: await writeReceipt(receipt) }
    },
    movedReceipt: (message) => movedReceipt(message, clock.nowMs()),
    async writeMalformed(message, { partition, detail }) {
      const at = { partition, detail, topic: topics.dispatch }
      await writer.write(deadLetter(malformedDeadLetter(message, at, clock), message.key))
      return writeReceipt(malformedReceipt(message, at, clock))
    },
  }
}
