import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReceiptsPosition } from '../../src/dispatch/receipts-position.ts'

const NOW_MS = 1_760_000_000_000
const LATER_MS = NOW_MS + 60_000

describe('receipts position', () => {
  it('is the end of what is acknowledged where nothing beyond the committed offset is complete', () => {
    const receipts = createReceiptsPosition(100)
    expect(receipts.position(0, NOW_MS)).toBe(100)
    receipts.completed(100, 7)
    receipts.completed(101, 8)
    expect(receipts.position(9, NOW_MS)).toBe(102)
  })

  it('stays at the oldest completion that is not below the committed offset', () => {
    const receipts = createReceiptsPosition(0)
    for (let offset = 0; offset < 2_000; offset += 1) receipts.completed(offset, offset)
    receipts.completed(2_000, 90_000)
    for (let offset = 2_001; offset < 4_000; offset += 1) receipts.completed(offset, offset)
    const position = receipts.position(4_000, NOW_MS)
    expect(position).toBeLessThanOrEqual(2_000)
    expect(position).toBeGreaterThan(2_000 - 256)
    expect(receipts.position(90_001, NOW_MS)).toBe(4_000)
  })

  it('takes a completion at the committed offset itself for one that must be read', () => {
    const receipts = createReceiptsPosition(50)
    receipts.completed(60, 12)
    expect(receipts.position(12, NOW_MS)).toBe(60)
    receipts.completed(59, 12)
    expect(receipts.position(12, NOW_MS)).toBe(59)
    expect(receipts.position(13, NOW_MS)).toBe(61)
  })

  it('goes back for a receipt that is acknowledged late, below all others', () => {
    const receipts = createReceiptsPosition(0)
    receipts.completed(1_000, 10)
    expect(receipts.position(11, NOW_MS)).toBe(1_001)
    receipts.completed(300, 20)
    expect(receipts.position(11, NOW_MS)).toBe(300)
    receipts.completed(299, 21)
    expect(receipts.position(11, NOW_MS)).toBe(299)
  })

  it('does not go beyond where the log ended when a receipt was sent that is not settled', () => {
    const receipts = createReceiptsPosition(40)
    const early = receipts.sending()
    const second = receipts.sending()
    receipts.completed(45, 1)
    const late = receipts.sending()
    receipts.completed(47, 2)
    expect(receipts.position(3, NOW_MS)).toBe(40)
    receipts.settled(early)
    expect(receipts.position(3, NOW_MS)).toBe(40)
    receipts.settled(second)
    expect(receipts.position(3, NOW_MS)).toBe(46)
    receipts.settled(late)
    expect(receipts.position(3, NOW_MS)).toBe(48)
  })

  it('takes a completion whose offset nobody told for the lowest that it may be, and no end for known by it', () => {
    const receipts = createReceiptsPosition(40)
    receipts.completed(255, 1)
    const sent = receipts.sending()
    receipts.completed(900, 2)
    receipts.completedAfter(sent, 7)
    receipts.settled(sent)
    expect(receipts.position(7, NOW_MS)).toBe(256)
    expect(receipts.position(8, NOW_MS)).toBe(901)
    const last = receipts.sending()
    receipts.completedAfter(last, 8)
    receipts.settled(last)
    expect(receipts.position(9, NOW_MS)).toBe(901)
  })

  it('stays at a hold that is in force, whatever became of its message', () => {
    const receipts = createReceiptsPosition(10)
    receipts.held('lane', { receiptOffset: 10, dispatchOffset: 3, untilMs: LATER_MS })
    receipts.completed(11, 3)
    expect(receipts.position(4, NOW_MS)).toBe(10)
    expect(receipts.position(4, LATER_MS)).toBe(12)
  })

  it('stays at a hold whose message is not complete, in force or not', () => {
    const receipts = createReceiptsPosition(10)
    receipts.held('lane', { receiptOffset: 10, dispatchOffset: 3, untilMs: NOW_MS })
    expect(receipts.position(3, LATER_MS)).toBe(10)
    receipts.completed(11, 3)
    expect(receipts.position(3, LATER_MS)).toBe(11)
  })

  it('lets a hold go once its message lies below the committed offset', () => {
    const receipts = createReceiptsPosition(10)
    receipts.held('lane', { receiptOffset: 10, dispatchOffset: 3, untilMs: NOW_MS })
    expect(receipts.position(4, LATER_MS)).toBe(11)
  })

  it('stays at the newest hold of a message only', () => {
    const receipts = createReceiptsPosition(10)
    receipts.held('lane', { receiptOffset: 10, dispatchOffset: 3, untilMs: LATER_MS })
    receipts.held('lane', { receiptOffset: 30, dispatchOffset: 3, untilMs: LATER_MS })
    receipts.held('lane', { receiptOffset: 20, dispatchOffset: 3, untilMs: LATER_MS })
    expect(receipts.position(3, NOW_MS)).toBe(30)
  })

  it('stays at the first hold of a joint post while its message is not complete', () => {
    const receipts = createReceiptsPosition(10)
    for (const at of [0, 1, 2]) {
      receipts.held('lane', { receiptOffset: 10 + at, dispatchOffset: 3 + at, untilMs: NOW_MS })
    }
    expect(receipts.position(3, LATER_MS)).toBe(10)
    receipts.completed(13, 3)
    expect(receipts.position(4, LATER_MS)).toBe(11)
  })

  it('stays at the oldest of all the lanes that are held', () => {
    const receipts = createReceiptsPosition(10)
    receipts.held('one', { receiptOffset: 10, dispatchOffset: 3, untilMs: LATER_MS })
    receipts.held('other', { receiptOffset: 11, dispatchOffset: 4, untilMs: LATER_MS + 1 })
    for (const [receiptOffset, dispatchOffset] of [
      [12, 3],
      [13, 4],
    ] as const) {
      receipts.completed(receiptOffset, dispatchOffset)
    }
    expect(receipts.position(5, NOW_MS)).toBe(10)
    expect(receipts.position(5, LATER_MS)).toBe(11)
  })

  it('holds ten million completions behind one that is stuck', () => {
    const receipts = createReceiptsPosition(0)
    for (let offset = 0; offset < 10_000_000; offset += 1) receipts.completed(offset, offset + 1)
    expect(receipts.position(0, NOW_MS)).toBe(0)
    expect(receipts.position(10_000_001, NOW_MS)).toBe(10_000_000)
  })

  it.each([
    ['exact where receipts lie a block apart', 256, 1],
    ['within a block of it where they lie side by side', 1, 256],
  ])('is never beyond what must be read, and %s, in whatever order completions come', (_, apart, within) => {
    const receipt = fc.record({
      hold: fc.boolean(),
      lane: fc.constantFrom('a', 'b'),
      dispatchOffset: fc.nat(400),
      untilMs: fc.constantFrom(NOW_MS - 1, LATER_MS),
      displaced: fc.nat(40),
    })
    fc.assert(
      fc.property(fc.array(receipt, { maxLength: 900 }), fc.infiniteStream(fc.nat(3)), (drawn, advances) => {
        const receipts = createReceiptsPosition(0)
        const arriving = drawn
          // The holds of a lane are acknowledged in their order: one writer sends them.
          .map((each, at) => ({
            ...each,
            at,
            displaced: each.hold ? 0 : each.displaced,
            receiptOffset: at * apart,
          }))
          .sort((a, b) => a.at + a.displaced - (b.at + b.displaced))
        const told: typeof arriving = []
        let committed = 0
        for (const each of arriving) {
          if (each.hold) receipts.held(each.lane, each)
          else receipts.completed(each.receiptOffset, each.dispatchOffset)
          told.push(each)
          committed += Number(advances.next().value) === 0 ? 1 : 0
          const needed = mustBeRead(told, committed)
          const position = receipts.position(committed, NOW_MS)
          expect(position).toBeLessThanOrEqual(needed.lowest)
          expect(position).toBeGreaterThan(needed.lowest - within)
        }
      }),
      { numRuns: 60 },
    )
  })
})

interface Told {
  hold: boolean
  lane: string
  receiptOffset: number
  dispatchOffset: number
  untilMs: number
}

/** The same by the book. A hold that is told after its message's completion counts for one that is not complete. */
function mustBeRead(told: readonly Told[], committed: number): { lowest: number } {
  const newestOfLane = new Map<string, Told>()
  const openHolds = new Map<number, number>()
  let lowest = 1 + Math.max(-1, ...told.map(({ receiptOffset }) => receiptOffset))
  for (const each of told) {
    if (each.hold) {
      const newest = newestOfLane.get(each.lane)
      if (newest === undefined || newest.receiptOffset < each.receiptOffset) newestOfLane.set(each.lane, each)
      openHolds.set(
        each.dispatchOffset,
        Math.max(each.receiptOffset, openHolds.get(each.dispatchOffset) ?? 0),
      )
    } else {
      openHolds.delete(each.dispatchOffset)
      if (each.dispatchOffset >= committed) lowest = Math.min(lowest, each.receiptOffset)
    }
  }
  for (const [dispatchOffset, receiptOffset] of openHolds) {
    if (dispatchOffset >= committed) lowest = Math.min(lowest, receiptOffset)
  }
  for (const { untilMs, receiptOffset } of newestOfLane.values()) {
    if (untilMs > NOW_MS) lowest = Math.min(lowest, receiptOffset)
  }
  return { lowest }
}
