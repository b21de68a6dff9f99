/**
 * From where in a receipts partition a new owner must read, to know all that is complete beyond the committed
 * offset and all waits still in force. The smallest of:
 *
 *   the oldest completion whose dispatch offset is not below the committed offset
 *   the newest hold of each lane that is still in force, and of each message that is not complete
 *   the end of what is acknowledged, as it was when the oldest receipt still unacknowledged was sent: receipts
 *   are acknowledged out of order (there are two writers), so one that is missing may lie below the end
 *
 * Too low is safe, too high never. Acknowledged receipts may come in any order; those that an owner reads when it
 * begins must be told as well. Completions are kept in blocks of 256 receipts, so that ten million of them cost
 * little; all else is as much as there are lanes and messages in work.
 */
export interface ReceiptsPosition {
  /**
   * A receipt is about to be written: call it before the request, and `settled` with what it gave once the receipt
   * is acknowledged and `completed` or `held` has been told, or when it will certainly never be written; not at all
   * while it may have been.
   */
  sending(): SentReceipt
  settled(sent: SentReceipt): void
  /** The receipt at `receiptOffset` completes the dispatch record at `dispatchOffset`. */
  completed(receiptOffset: number, dispatchOffset: number): void
  /** The same of a receipt that was acknowledged without its offset, as transactions are. Before `settled`. */
  completedAfter(sent: SentReceipt, dispatchOffset: number): void
  held(lane: string, hold: HoldRecord): void
  position(committedOffset: number, nowMs: number): number
}

export interface HoldRecord {
  receiptOffset: number
  /** The message whose post is held; each message of a joint post has a record of its own. */
  dispatchOffset: number
  /** Milliseconds since the epoch. */
  untilMs: number
}

/** The end of what was acknowledged when receipts were sent, and how many of them are not settled. */
export interface SentReceipt {
  readonly end: number
  unsettled: number
}

/** @param end the end of the receipts partition, at or below which all is known. */
export function createReceiptsPosition(end: number): ReceiptsPosition {
  const blocks = createBlocks()
  const holds = createHolds()
  /** Oldest first, which is in the order of their ends. */
  const sent: SentReceipt[] = []
  let acknowledgedEnd = end
  let committed = 0

  const complete = (lowestReceipt: number, dispatchOffset: number): void => {
    holds.completed(dispatchOffset)
    if (dispatchOffset >= committed) blocks.add(lowestReceipt, dispatchOffset)
  }

  return {
    sending() {
      const newest = sent.at(-1)
      if (newest?.end === acknowledgedEnd) {
        newest.unsettled += 1
        return newest
      }
      const added = { end: acknowledgedEnd, unsettled: 1 }
      sent.push(added)
      return added
    },
    settled(receipt) {
      receipt.unsettled -= 1
      while (sent[0]?.unsettled === 0) sent.shift()
    },
    completed(receiptOffset, dispatchOffset) {
      acknowledgedEnd = Math.max(acknowledgedEnd, receiptOffset + 1)
      complete(receiptOffset, dispatchOffset)
    },
    completedAfter: (receipt, dispatchOffset) => complete(receipt.end, dispatchOffset),
    held(lane, hold) {
      acknowledgedEnd = Math.max(acknowledgedEnd, hold.receiptOffset + 1)
      holds.add(lane, hold)
    },
    position(committedOffset, nowMs) {
      committed = Math.max(committed, committedOffset)
      const known = sent[0]?.end ?? acknowledgedEnd
      return Math.min(blocks.oldest(committed), holds.oldest(committed, nowMs), known)
    },
  }
}

const RECEIPTS_A_BLOCK = 256

interface Block {
  number: number
  firstReceipt: number
  highestDispatch: number
}

function createBlocks() {
  /** Ascending, from `begin` on. */
  let blocks: Block[] = []
  let begin = 0

  /** Where the block of this number stands or would stand. Nearly always the last, so it is sought from there. */
  const placeOf = (number: number): number => {
    let at = blocks.length
    while (at > begin && (blocks[at - 1]?.number ?? 0) >= number) at -= 1
    return at
  }

  return {
    add(receiptOffset: number, dispatchOffset: number): void {
      const number = Math.floor(receiptOffset / RECEIPTS_A_BLOCK)
      const at = placeOf(number)
      const block = blocks[at]
      if (block?.number === number) {
        block.firstReceipt = Math.min(block.firstReceipt, receiptOffset)
        block.highestDispatch = Math.max(block.highestDispatch, dispatchOffset)
      } else {
        blocks.splice(at, 0, { number, firstReceipt: receiptOffset, highestDispatch: dispatchOffset })
      }
    },
    /** Forgets the oldest blocks in which everything is below the committed offset, which only ascends. */
    oldest(committed: number): number {
      while ((blocks[begin]?.highestDispatch ?? Number.POSITIVE_INFINITY) < committed) begin += 1
      if (begin > blocks.length / 2) {
        blocks = blocks.slice(begin)
        begin = 0
      }
      return blocks[begin]?.firstReceipt ?? Number.POSITIVE_INFINITY
    },
  }
}

function createHolds() {
  const byLane = new Map<string, HoldRecord>()
  /** The receipt offset of the newest hold of each message that is not complete, by dispatch offset. */
  const byMessage = new Map<number, number>()

  return {
    add(lane: string, hold: HoldRecord): void {
      const known = byLane.get(lane)
      if (known === undefined || known.receiptOffset <= hold.receiptOffset) byLane.set(lane, hold)
      const newest = Math.max(hold.receiptOffset, byMessage.get(hold.dispatchOffset) ?? 0)
      byMessage.set(hold.dispatchOffset, newest)
    },
    completed(dispatchOffset: number): void {
      byMessage.delete(dispatchOffset)
    },
    /** Forgets what is of no use any more. */
    oldest(committed: number, nowMs: number): number {
      let oldest = Number.POSITIVE_INFINITY
      for (const [lane, { receiptOffset, untilMs }] of byLane) {
        if (untilMs <= nowMs) byLane.delete(lane)
        else oldest = Math.min(oldest, receiptOffset)
      }
      for (const [dispatchOffset, receiptOffset] of byMessage) {
        if (dispatchOffset < committed) byMessage.delete(dispatchOffset)
        else oldest = Math.min(oldest, receiptOffset)
      }
      return oldest
    },
  }
}
