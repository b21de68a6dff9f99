import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCompletedOffsets } from '../../src/dispatch/completed-offsets.ts'

const QUEUED_AT_MS = 1_760_000_000_000

describe('completed offsets', () => {
  it('knows what was added, and nothing else', () => {
    const completed = createCompletedOffsets()
    completed.add(700, QUEUED_AT_MS)
    expect([699, 700, 701, 700 + 256].map((offset) => completed.has(offset, QUEUED_AT_MS))).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('takes a message of the same offset and another time for another message: its topic was made anew', () => {
    const completed = createCompletedOffsets()
    completed.add(3, QUEUED_AT_MS)
    expect(completed.has(3, QUEUED_AT_MS + 1)).toBe(false)
    completed.add(3, QUEUED_AT_MS + 1)
    expect(completed.has(3, QUEUED_AT_MS + 1)).toBe(true)
    expect(completed.size()).toBe(1)
  })

  it.each([
    ['no time at all', -1],
    ['the first millisecond of all', 0],
    ['a time whose low 32 bits are all zero', 2 ** 32],
    ['a time whose low 32 bits are all one', 2 ** 41 - 1],
  ])('knows an offset that was queued at %s', (_, queuedAtMs) => {
    const completed = createCompletedOffsets()
    completed.add(8, queuedAtMs)
    expect(completed.has(8, queuedAtMs)).toBe(true)
    expect(completed.has(8, queuedAtMs + 7)).toBe(false)
    expect(completed.has(9, queuedAtMs)).toBe(false)
    expect(completed.size()).toBe(1)
  })

  it('keeps nothing below what it was told to forget, even if it is added again', () => {
    const completed = createCompletedOffsets()
    for (const offset of [10, 300, 301, 5_000]) completed.add(offset, QUEUED_AT_MS)
    completed.forgetBelow(301)
    completed.add(12, QUEUED_AT_MS)
    expect(completed.size()).toBe(2)
    expect([10, 12, 300, 301, 5_000].map((offset) => completed.has(offset, QUEUED_AT_MS))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ])
    completed.forgetBelow(2 ** 52)
    expect(completed.size()).toBe(0)
  })

  it('answers as a plain map would', () => {
    const step = fc.record({
      kind: fc.constantFrom('add', 'add', 'add', 'forget'),
      offset: fc.oneof(fc.nat(600), fc.nat(100_000)),
      queuedAtMs: fc.integer({ min: QUEUED_AT_MS, max: QUEUED_AT_MS + 2 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const completed = createCompletedOffsets()
        const model = new Map<number, number>()
        let lowest = 0
        for (const { kind, offset, queuedAtMs } of steps) {
          if (kind === 'add') {
            completed.add(offset, queuedAtMs)
            if (offset >= lowest) model.set(offset, queuedAtMs)
          } else {
            completed.forgetBelow(offset)
            lowest = Math.max(lowest, offset)
            for (const known of [...model.keys()]) if (known < lowest) model.delete(known)
          }
          expect(completed.size()).toBe(model.size)
          for (const { offset: asked } of steps) {
            expect(completed.has(asked, queuedAtMs)).toBe(model.get(asked) === queuedAtMs)
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})
