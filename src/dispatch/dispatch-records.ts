import type { Destination } from '../config/config.ts'
import type { DispatchRecord, Receipt } from '../core/records.ts'
import { createDeadLetterRecord } from '../kafka/dead-letters.ts'
import { createMovedRecords, type Moving } from '../kafka/moves.ts'
import { createReceiptRecord } from '../kafka/receipts.ts'
import type { OutgoingRecord } from '../kafka/transactional-writer.ts'
import type { DispatchStageDeps } from '../stage.ts'
import { type Hold, heldReceipt, movedReceipt } from './fate.ts'
import type { QueuedMessage } from './lane.ts'
import { createLaneKeys, mayMoveFromMs } from './lane-key.ts'
import { type ForeignRecord, malformedDeadLetter, malformedReceipt } from './malformed.ts'
import type { GivenUp } from './settlement.ts'

/** What the dispatch stage writes, each under its topic, key and partition. Lists belong into one transaction. */
export interface DispatchRecords {
  /** The key of a record by the configuration at work; null where its destination is not known. */
  currentKey(record: DispatchRecord): string | null
  /** From when on it may be moved, by the wall clock; 0: at once. */
  mayMoveFrom(record: DispatchRecord): number
  reconfigure(destinations: ReadonlyMap<string, Destination>): void
  /** Resolves with the receipt's offset, in the partition of the dispatch record, once it is acknowledged. */
  writeReceipt(receipt: Receipt): Promise<number>
  /** The wait of a lane, so that a new owner keeps it. */
  writeHold(message: QueuedMessage, hold: Hold): Promise<{ receipt: Receipt; offset: number }>
  movedReceipt(message: QueuedMessage): Receipt
  movedRecords(moving: Moving): OutgoingRecord[]
  givenUpRecords(message: QueuedMessage, given: GivenUp): OutgoingRecord[]
  /** Of a record that bellhop did not write. */
  malformedRecords(message: ForeignRecord, at: { partition: number; detail: string }): OutgoingRecord[]
}

export function createDispatchRecords(deps: DispatchStageDeps): DispatchRecords {
  const { config, topics, clock, codecs, writer } = deps
  const receiptRecord = createReceiptRecord({ codec: codecs.receipt, topic: topics.receipts })
  let keyOf = createLaneKeys(config.destinations)
  let reconfiguredAtMs = -Infinity
  const deadLetter = createDeadLetterRecord({ codec: codecs.deadLetter, topic: topics.deadLetters })
  const writeReceipt = (receipt: Receipt): Promise<number> => writer.write(receiptRecord(receipt))
  return {
    currentKey: (record) => keyOf(record),
    mayMoveFrom: (record) => mayMoveFromMs(record, reconfiguredAtMs),
    reconfigure: (destinations) => {
      keyOf = createLaneKeys(destinations)
      reconfiguredAtMs = clock.nowMs()
    },
    writeReceipt,
    async writeHold(message, hold) {
      const receipt = heldReceipt(message, hold, clock.nowMs())
      return { receipt, offset: await writeReceipt(receipt) }
    },
    movedReceipt: (message) => movedReceipt(message, clock.nowMs()),
    movedRecords: createMovedRecords(deps),
    givenUpRecords: ({ lane }, { letter, receipt }) => [
      ...(letter === null ? [] : [deadLetter(letter, lane)]),
      receiptRecord(receipt),
    ],
    malformedRecords(message, { partition, detail }) {
      const at = { partition, detail, topic: topics.dispatch }
      const letter = malformedDeadLetter(message, at, clock)
      return [deadLetter(letter, message.key), receiptRecord(malformedReceipt(message, at, clock))]
    },
  }
}
