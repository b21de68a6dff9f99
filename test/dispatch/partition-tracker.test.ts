import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPartitionTracker } from '../../src/dispatch/partition-tracker.ts'

describe('partition tracker', () => {
  it('commits up to the first offset that is not complete, whatever completed beyond it', () => {
    const tracker = createPartitionTracker(10)
    for (const offset of [10, 11, 12, 13]) tracker.track(offset)
    tracker.complete(12)
    tracker.complete(11)
    expect(tracker.committable()).toBe(10)
    tracker.complete(10)
    expect(tracker.committable()).toBe(13)
    expect(tracker.incomplete()).toBe(1)
  })

  it('commits the reading position when everything is complete, over control records and null values', () => {
    const tracker = createPartitionTracker(5)
    tracker.track(7)
    tracker.readUpTo(12)
    expect(tracker.committable()).toBe(7)
    tracker.complete(7)
    expect(tracker.committable()).toBe(12)
  })

  it('stands at its start before anything was read', () => {
    expect(createPartitionTracker(42).committable()).toBe(42)
  })

  it('refuses an offset that lies behind the reading position', () => {
    const tracker = createPartitionTracker(0)
    tracker.track(3)
    expect(() => tracker.track(3)).toThrow('offset 3 was read before 4')
  })

  it('never commits past an incomplete offset and ends at the position, for every order of completion', () => {
    const offsets = fc
      .uniqueArray(fc.nat(5_000), { maxLength: 2_500 })
      .map((list) => list.sort((a, b) => a - b))
    fc.assert(
      fc.property(offsets, fc.infiniteStream(fc.nat()), (tracked, order) => {
        const tracker = createPartitionTracker(0)
        for (const offset of tracked) tracker.track(offset)
        const open = [...tracked]
        let committed = 0
        while (open.length > 0) {
          const [done] = open.splice(Number(order.next().value) % open.length, 1)
          tracker.complete(Number(done))
          expect(tracker.committable()).toBeGreaterThanOrEqual(committed)
          committed = tracker.committable()
          expect(committed).toBe(open[0] ?? (tracked.at(-1) ?? -1) + 1)
          expect(tracker.incomplete()).toBe(open.length)
        }
      }),
      { numRuns: 30 },
    )
  })
})
