import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryPermits } from '../../src/dispatch/lane-room.ts'
import { type Answering, laneBench, message, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const hanging = (): Answering => ({ outcome: 'sent', takesMs: 3_600_000 })
const ample = { queueLimitBytes: 1e9 }

describe('a lane', () => {
  it('has room up to its limit, and is worth reading for again below half of it', async () => {
    const { lanes } = laneBench([webhook('a', { laneLimit: 4 })], () => ({ outcome: 'sent' }), ample)
    expect([lanes.hasRoom('a'), lanes.isBelowHalf('a')]).toEqual([true, true])
    const seen = [1, 2, 3, 4].map((offset) => {
      lanes.add('a', message('a', offset))
      return [lanes.hasRoom('a'), lanes.isBelowHalf('a')]
    })
    expect(seen).toEqual([
      [true, true],
      [true, false],
      [true, false],
      [false, false],
    ])
    await vi.advanceTimersByTimeAsync(500)
    expect([lanes.hasRoom('a'), lanes.isBelowHalf('a')]).toEqual([true, false])
    await vi.advanceTimersByTimeAsync(3_000)
    expect([lanes.hasRoom('a'), lanes.isBelowHalf('a')]).toEqual([true, true])
  })

  it('of one message has room again only when that has left', () => {
    const { lanes } = laneBench([webhook('a', { laneLimit: 1 })], hanging, ample)
    expect(lanes.hasRoom('a')).toBe(true)
    lanes.add('a', message('a', 1))
    expect(lanes.hasRoom('a')).toBe(false)
  })

  it('follows the limit of the destination of its last message', () => {
    const { lanes } = laneBench(
      [webhook('a', { laneLimit: 2 }), webhook('b', { laneLimit: 9 })],
      hanging,
      ample,
    )
    lanes.add('same', message('b', 1))
    lanes.add('same', message('a', 2))
    expect(lanes.hasRoom('same')).toBe(false)
    lanes.add('same', message('b', 3))
    expect(lanes.hasRoom('same')).toBe(true)
  })

  it('that is full leaves others their room', () => {
    const { lanes } = laneBench([webhook('a', { laneLimit: 1_000_000 }), webhook('b')], hanging, {
      queueLimitBytes: 10_000,
    })
    let taken = 0
    for (; lanes.hasRoom('a'); taken += 1) lanes.add('a', message('a', taken))
    expect(taken).toBe(50)
    expect([lanes.hasRoom('b'), lanes.isBelowHalf('b'), lanes.isBelowHalf('a')]).toEqual([true, true, false])
  })

  it('has its room back when messages that are not ours were dropped', () => {
    let owned = true
    const { lanes } = laneBench([webhook('a', { laneLimit: 2 })], hanging, ample)
    for (const offset of [1, 2])
      lanes.add(
        'a',
        message('a', offset, () => owned),
      )
    owned = false
    lanes.dropUnowned()
    expect([lanes.hasRoom('a'), lanes.isBelowHalf('a')]).toEqual([true, true])
  })
})

describe('the memory of all lanes', () => {
  const limitBytes = 100_000

  /** Lanes as long as they like, filled in the given order as far as they have room. */
  function fill(order: readonly { lane: number; bytes: number }[]): Map<number, number> {
    const held = new Map<number, number>()
    let usedBytes = 0
    for (const { lane, bytes } of order) {
      const lanes = held.size + (held.has(lane) ? 0 : 1)
      if (!memoryPermits({ limitBytes, usedBytes, lanes }, held.get(lane) ?? 0)) continue
      held.set(lane, (held.get(lane) ?? 0) + bytes)
      usedBytes += bytes
    }
    return held
  }

  it('is never exceeded by more than a message, whatever comes in whatever order', () => {
    const additions = fc.record({
      lane: fc.integer({ min: 0, max: 30 }),
      bytes: fc.integer({ min: 1, max: 60_000 }),
    })
    fc.assert(
      fc.property(fc.array(additions, { maxLength: 300 }), (order) => {
        expect(sum(fill(order))).toBeLessThan(limitBytes + 60_000)
      }),
    )
  })

  it('is never all taken by a few fat lanes, even where they come one after another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 10, max: 100 }), (lanes, bytes) => {
        const order = Array.from({ length: lanes }, (_, lane) =>
          Array.from({ length: limitBytes / bytes + 1 }, () => ({ lane, bytes })),
        ).flat()
        const held = fill(order)
        expect(held.size).toBe(lanes)
        expect(limitBytes - sum(held)).toBeGreaterThan(limitBytes / (lanes + 1) - lanes * bytes)
        expect(memoryPermits({ limitBytes, usedBytes: sum(held), lanes: lanes + 1 }, 0)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('is shared equally by lanes that grow together', () => {
    const order = Array.from({ length: 4_000 }, (_, nth) => ({ lane: nth % 10, bytes: 100 }))
    const held = [...fill(order).values()]
    expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(100)
  })
})

function sum(held: ReadonlyMap<number, number>): number {
  return [...held.values()].reduce((total, bytes) => total + bytes, 0)
}
