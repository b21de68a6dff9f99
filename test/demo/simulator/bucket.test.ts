import { describe, expect, it } from 'vitest'
import { createBucket } from '../../../src/demo/simulator/bucket.ts'

describe('a bucket of capacity one', () => {
  it('is full at first, empty after a post, and full again exactly one interval later', () => {
    const bucket = createBucket(1)
    expect(bucket.waitMs(5_000)).toBe(0)
    bucket.take(5_000)
    const waits = [5_000, 5_999, 5_999.999, 6_000, 6_001].map((nowMs) => bucket.waitMs(nowMs))
    expect(waits).toEqual([1_000, 1, expect.closeTo(0.001), 0, 0])
  })

  it('saves up nothing while it is idle', () => {
    const bucket = createBucket(1)
    bucket.take(0)
    bucket.take(60_000)
    expect(bucket.waitMs(60_500)).toBe(500)
  })

  it('loses nothing to a post that only asked', () => {
    const bucket = createBucket(1)
    bucket.take(0)
    for (const nowMs of [100, 500, 999]) bucket.waitMs(nowMs)
    expect(bucket.waitMs(1_000)).toBe(0)
  })

  it('refills at its rate', () => {
    const bucket = createBucket(4)
    bucket.take(0)
    expect([bucket.waitMs(0), bucket.waitMs(249), bucket.waitMs(250)]).toEqual([250, 1, 0])
  })

  it('without a rate takes everything', () => {
    const bucket = createBucket(null)
    bucket.take(0)
    expect(bucket.waitMs(0)).toBe(0)
  })
})
