import type { Receipt } from '../core/records.ts'
import { type CompletedOffsets, createCompletedOffsets } from '../dispatch/completed-offsets.ts'
import type { QueuedMessage } from '../dispatch/lane.ts'
import { createPartitionTracker, type PartitionTracker } from '../dispatch/partition-tracker.ts'
import {
  createPassOver,
  createRewindPacing,
  type PassOver,
  type RewindPacing,
} from '../dispatch/pass-over.ts'
import { createReceiptsPosition, type ReceiptsPosition } from '../dispatch/receipts-position.ts'
import type { OwnerWriter } from './owner-writer.ts'
import type { OutgoingRecord } from './transactional-writer.ts'

type OwnershipWriter = Pick<OwnerWriter, 'write' | 'unacknowledged' | 'oldestUnacknowledgedMs'>

/** Re-reading is paid for by its amount: no more than the whole span, or LEAST_SPAN records, in this time. */
const REWIND_EVERY_MS = 10_000
/** Going back over less than this costs next to nothing. */
const LEAST_SPAN = 100_000

/** One holding of one dispatch partition, from its claim to its loss: all that is known of its records. */
export interface Ownership {
  readonly partition: number
  /** As the claim was committed, and as it is given up. */
  readonly memberId: string
  /** One function for all messages of the ownership, and its name among them. */
  readonly owned: () => boolean
  lost: boolean
  readonly tracker: PartitionTracker
  /** What owners before completed beyond the committed offset. */
  readonly completed: CompletedOffsets
  readonly passOver: PassOver
  readonly pacing: RewindPacing
  readonly receipts: ReceiptsPosition
  /** What messages have been through under owners before, by dispatch offset. */
  readonly carried: Map<number, Pick<Receipt, 'attempts' | 'ambiguous'>>
  /** The latest wait of each lane that owners before put on record. */
  readonly holds: Map<string, Receipt>
  /** Lanes whose next message waits to be moved, as it has been before a short while ago: until when, by wall clock. */
  readonly movesNotBefore: Map<string, number>
  /** For what only the owner may say. */
  readonly writer: OwnershipWriter
  /** One past the last receipt of the owners before. */
  receiptsEnd: number
  /** Monotonic time of the claim; -Infinity where nobody had the partition before. */
  sinceMs: number
  committed: { offset: number; receiptsFrom: number }
}

export function createOwnership(claim: {
  partition: number
  memberId: string
  offset: number
  receiptsFrom: number
  receiptsEnd: number
  sinceMs: number
  writer: OwnershipWriter
}): Ownership {
  const { partition, memberId, offset, receiptsFrom, receiptsEnd, sinceMs, writer } = claim
  const ownership: Ownership = {
    partition,
    memberId,
    owned: () => !ownership.lost,
    lost: false,
    tracker: createPartitionTracker(offset),
    completed: createCompletedOffsets(),
    passOver: createPassOver(),
    pacing: createRewindPacing({ everyMs: REWIND_EVERY_MS, leastSpan: LEAST_SPAN }),
    receipts: createReceiptsPosition(receiptsEnd),
    carried: new Map(),
    holds: new Map(),
    movesNotBefore: new Map(),
    writer,
    receiptsEnd,
    sinceMs,
    committed: { offset, receiptsFrom },
  }
  return ownership
}

/**
 * Puts on record, as the owner, what completes the dispatch records at `offsets`; false where that is not known: then
 * the partition is claimed anew.
 */
export async function completeAsOwner(
  { receipts, tracker, writer }: Ownership,
  records: readonly OutgoingRecord[],
  offsets: readonly number[],
): Promise<boolean> {
  const sent = receipts.sending()
  // Never settled where it is not known: the receipts may be there, and whoever claims the partition must read them.
  if (!(await writer.write(records))) return false
  for (const offset of offsets) {
    receipts.completedAfter(sent, offset)
    tracker.complete(offset)
  }
  receipts.settled(sent)
  return true
}

/** Takes in one receipt of an owner before. */
export function learn(ownership: Ownership, receipt: Receipt, receiptOffset: number): void {
  const { tracker, completed, receipts, carried, holds } = ownership
  const { dispatch_offset: dispatchOffset, outcome, lane, held_until: untilMs } = receipt
  if (receipt.dispatch_partition !== ownership.partition) return
  const isKnown = dispatchOffset < tracker.committable()
  if (outcome !== null) {
    if (outcome === 'delivered') forgetFailing(holds, lane)
    if (isKnown) return
    receipts.completed(receiptOffset, dispatchOffset)
    carried.delete(dispatchOffset)
    if (dispatchOffset < tracker.frontier()) tracker.complete(dispatchOffset)
    else completed.add(dispatchOffset, receipt.queued_at)
    return
  }
  if (!isKnown) carried.set(dispatchOffset, { attempts: receipt.attempts, ambiguous: receipt.ambiguous })
  // Slack's word on the lane holds, though the message that it was said to should have been given up since.
  if (lane === null || untilMs === null) return
  holds.set(lane, receipt)
  receipts.held(lane, { receiptOffset, dispatchOffset, untilMs })
}

/** The lane's destination has worked since. */
function forgetFailing(holds: Ownership['holds'], lane: string | null): void {
  const hold = lane === null ? undefined : holds.get(lane)
  if (lane !== null && hold !== undefined) holds.set(lane, { ...hold, failing_since: null })
}

/** Messages that their lanes have let go of, in their order: reading comes back to them. */
export function takeBack(ownership: Ownership, messages: readonly QueuedMessage[]): void {
  const { tracker, passOver, carried } = ownership
  for (const { dispatchOffset, lane, attempts, ambiguous } of messages) {
    if (!tracker.giveBack(dispatchOffset)) continue
    passOver.giveBack(lane, dispatchOffset)
    if (attempts > 0) carried.set(dispatchOffset, { attempts, ambiguous })
  }
}

/** What is to be committed for it now. */
export function positionOf(
  ownership: Ownership,
  nowMs: number,
): { partition: number; offset: number; receiptsFrom: number } {
  const offset = ownership.tracker.committable()
  return { partition: ownership.partition, offset, receiptsFrom: ownership.receipts.position(offset, nowMs) }
}
