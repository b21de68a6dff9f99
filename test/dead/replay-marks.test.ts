import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplayMarks } from '../../src/dead/replay-marks.ts'

describe('marks', () => {
  it('are exactly those that were set, wherever the log begins', () => {
    const place = fc.tuple(fc.nat({ max: 3 }), fc.oneof(fc.nat({ max: 70_000 }), fc.maxSafeNat()))
    fc.assert(
      fc.property(fc.array(place), fc.array(place), (set, others) => {
        const marks = new ReplayMarks()
        for (const [partition, offset] of set) marks.add(partition, offset)
        const names = new Set(set.map(String))
        for (const [partition, offset] of [
          ...set,
          ...others,
          ...set.map(([p, o]): [number, number] => [p, o + 1]),
        ])
          expect(marks.has(partition, offset)).toBe(names.has(String([partition, offset])))
      }),
    )
  })
})
