import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { laneBench, message, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A lane that gives up its first message, and a record of it that is made when the test says so. */
function givingUpBench() {
  const bench = laneBench([webhook('a')], (text) => ({ outcome: text === 'a 1' ? 'rejected' : 'sent' }))
  const recorded = Promise.withResolvers<void>()
  bench.recordAfter(recorded.promise)
  bench.lanes.add('a', message('a', 1))
  return { ...bench, record: recorded.resolve }
}

describe('what waits behind a message that was given up', () => {
  it('is posted once that is on record, and not before, since it may come back', async () => {
    const { lanes, posts, record } = givingUpBench()
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1'])
    record()
    await vi.advanceTimersByTimeAsync(10)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2'])
  })

  it('waits for it though it came when the lane had run empty', async () => {
    const { lanes, posts, record } = givingUpBench()
    await vi.advanceTimersByTimeAsync(30_000)
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(posts).toHaveLength(1)
    record()
    await vi.advanceTimersByTimeAsync(10)
    expect(posts).toHaveLength(2)
  })

  it('goes unposted where it cannot be on record: the partition is not ours any more', async () => {
    const { lanes, posts, record } = givingUpBench()
    let isOwned = true
    lanes.add(
      'a',
      message('a', 2, () => isOwned),
    )
    await vi.advanceTimersByTimeAsync(30_000)
    isOwned = false
    record()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(posts).toHaveLength(1)
  })

  it('is given up without waiting, where it is to be given up too', async () => {
    const { lanes, posts, settled, recordAfter } = laneBench([webhook('a')], () => ({
      outcome: 'destination_down',
    }))
    recordAfter(new Promise(() => undefined))
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(100)
    expect(posts).toHaveLength(1)
    expect(settled.map(({ message: { dispatchOffset } }) => dispatchOffset)).toEqual([1, 2, 3])
  })

  it('waits for no record of what was delivered', async () => {
    const { lanes, posts, recordAfter } = laneBench([webhook('a')], () => ({ outcome: 'sent' }))
    recordAfter(new Promise(() => undefined))
    for (const offset of [1, 2]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(posts).toHaveLength(2)
  })
})
