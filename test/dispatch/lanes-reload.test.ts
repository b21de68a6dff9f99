import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeliveryPolicy, Destination } from '../../src/config/config.ts'
import { laneBench, message, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sent = { outcome: 'sent' } as const
const OFFSETS = [1, 2, 3, 4, 5, 6]

/** A lane with six messages whose policy is changed a tenth of a second after the first has left. */
async function afterChange(before: Partial<DeliveryPolicy>, after: Partial<DeliveryPolicy>) {
  const bench = laneBench([webhook('a', before)], () => sent, { queueLimitBytes: 10_000 })
  for (const offset of OFFSETS) bench.lanes.add('a', message('a', offset))
  await vi.advanceTimersByTimeAsync(100)
  expect(bench.posts).toHaveLength(1)
  bench.reconfigure([webhook('a', after)])
  return bench
}

describe('a changed policy counts from the next post on', () => {
  it.each<[string, Partial<DeliveryPolicy>, Partial<DeliveryPolicy>, number[]]>([
    [
      'a quicker rate, though the lane was waiting',
      { intervalMs: 60_000 },
      { intervalMs: 1_000 },
      [1_000, 2_000],
    ],
    [
      'a slower rate, for the wait that had begun too',
      { intervalMs: 1_000 },
      { intervalMs: 3_000 },
      [3_000, 6_000],
    ],
    ['a rate that is off', { intervalMs: 60_000 }, { intervalMs: null }, [100, 100]],
  ])('%s', async (_, before, after, leaveAtMs) => {
    const { posts } = await afterChange(before, after)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(posts.slice(1, 3).map(({ atMs }) => Math.round(atMs / 100) * 100)).toEqual(leaveAtMs)
    expect(posts.slice(0, 6).map(({ text }) => text)).toEqual(OFFSETS.map((offset) => `a ${offset}`))
  })

  it('a rate that was off', async () => {
    const bench = laneBench([webhook('a', { intervalMs: null })], () => ({ ...sent, takesMs: 200 }))
    for (const offset of OFFSETS) bench.lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(300)
    bench.reconfigure([webhook('a', { intervalMs: 2_000 })])
    await vi.advanceTimersByTimeAsync(20_000)
    const [, second, third, fourth] = bench.posts.map(({ atMs }) => atMs)
    expect(second).toBe(200)
    // An interval after the answer of the one that was in flight, at 400.
    expect(Math.round((third ?? 0) / 100)).toBe(24)
    expect((fourth ?? 0) - (third ?? 0)).toBeGreaterThanOrEqual(2_200)
  })

  it('coalescing', async () => {
    const { posts } = await afterChange({}, { coalesce: { maxMessages: 20, maxChars: 3_500 } })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2\na 3\na 4\na 5\na 6'])
  })

  it('an expiry, also for what waits already', async () => {
    const start = Date.now()
    const { lanes, posts, fates, reconfigure } = laneBench([webhook('a', { intervalMs: 60_000 })], () => sent)
    for (const offset of OFFSETS) lanes.add('a', { ...message('a', offset), queuedAt: start })
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([webhook('a', { intervalMs: 60_000, expireAfterMs: 5_000 })])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts).toHaveLength(1)
    expect(fates.map(({ outcome }) => outcome)).toEqual(['delivered', ...Array(5).fill('expired')])
  })

  it('how much the lane holds', async () => {
    const { lanes } = await afterChange({ laneLimit: 5 }, { laneLimit: 6 })
    expect(lanes.hasRoom('a')).toBe(true)
    lanes.add('a', message('a', 7))
    expect(lanes.hasRoom('a')).toBe(false)
  })

  it('the memory of all lanes', () => {
    const destinations = [webhook('a'), webhook('b')]
    const { lanes } = laneBench(destinations, () => sent, { queueLimitBytes: 10_000 })
    for (const offset of OFFSETS) lanes.add('a', message('a', offset))
    expect(lanes.hasRoom('b')).toBe(true)
    const next = new Map(destinations.map((each) => [each.id, each]))
    lanes.reconfigure({ destinations: next, queueLimitBytes: 600 }, new Set())
    expect(lanes.hasRoom('b')).toBe(false)
  })

  it('patience: what was failing for long is given up with its next attempt', async () => {
    const bench = laneBench([webhook('a')], () => ({ outcome: 'retry' }))
    bench.lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(bench.fates).toEqual([])
    bench.reconfigure([webhook('a', { retryForMs: 10_000 })])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(bench.fates.map(({ cause }) => cause)).toEqual(['retries_exhausted'])
  })

  it('but a wait that Slack asked for stays as long as it was', async () => {
    const bench = laneBench([webhook('a')], (_, nth) =>
      nth === 1 ? { outcome: 'rate_limited', retryAfterMs: 30_000 } : sent,
    )
    bench.lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    bench.reconfigure([webhook('a', { intervalMs: null })])
    await vi.advanceTimersByTimeAsync(29_800)
    expect(bench.posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(bench.posts).toHaveLength(2)
  })
})

describe('a destination that is taken away', () => {
  const disabled: Destination = { ...webhook('a'), enabled: false }

  it.each<[string, Destination[], string]>([
    ['removed', [], 'not configured'],
    ['disabled', [disabled], 'disabled'],
  ])('%s: what waits for it goes to the dead letters ten minutes after the reload', async (_, next, detail) => {
    const { lanes, posts, settled, reconfigure } = laneBench([webhook('a')], () => sent)
    await vi.advanceTimersByTimeAsync(3_600_000)
    for (const offset of [1, 2, 3])
      lanes.add('a', { ...message('a', offset), queuedAt: Date.now() - 3_000_000 })
    await vi.advanceTimersByTimeAsync(100)
    reconfigure(next)
    reconfigure(next)
    await vi.advanceTimersByTimeAsync(599_900)
    expect([posts.length, settled.length]).toEqual([1, 1])
    await vi.advanceTimersByTimeAsync(200)
    expect(settled.slice(1).map(({ fate }) => [fate.cause, fate.detail])).toEqual(
      Array(2).fill(['unknown_destination', detail]),
    )
  })

  it('is used again at once where it comes back before', async () => {
    const { lanes, posts, settled, reconfigure } = laneBench([webhook('a')], () => sent)
    for (const offset of [1, 2]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([])
    await vi.advanceTimersByTimeAsync(500_000)
    expect(posts).toHaveLength(1)
    reconfigure([webhook('a')])
    await vi.advanceTimersByTimeAsync(100)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2'])
    reconfigure([])
    lanes.add('a', message('a', 3))
    await vi.advanceTimersByTimeAsync(599_000)
    expect(settled).toHaveLength(2)
  })

  it('is not forgotten by reloads that come long after', async () => {
    const { lanes, settled, reconfigure } = laneBench([webhook('a')], () => sent)
    reconfigure([])
    await vi.advanceTimersByTimeAsync(700_000)
    reconfigure([])
    lanes.add('a', { ...message('a', 1), queuedAt: Date.now() - 700_000 })
    await vi.advanceTimersByTimeAsync(100)
    expect(settled.map(({ fate }) => fate.cause)).toEqual(['unknown_destination'])
  })

  it('was in flight: the post ends as it began', async () => {
    const { lanes, fates, reconfigure } = laneBench([webhook('a')], () => ({ ...sent, takesMs: 5_000 }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(fates.map(({ outcome }) => outcome)).toEqual(['delivered'])
  })
})

describe('messages whose webhook is another one now', () => {
  it('leave at once and in order, where nothing is in flight', async () => {
    const { lanes, posts, givenBack, reconfigure } = laneBench([webhook('a')], () => sent)
    for (const offset of OFFSETS) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([webhook('a')], ['a'])
    expect(givenBack.map(({ dispatchOffset }) => dispatchOffset)).toEqual(OFFSETS.slice(1))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts).toHaveLength(1)
    expect([...lanes.backlog()]).toEqual([])
  })

  it('wait for the post in flight, and leave behind it where it is to be repeated', async () => {
    const { lanes, posts, givenBack, reconfigure } = laneBench([webhook('a')], (_, nth) => ({
      outcome: nth === 1 ? 'retry' : 'sent',
      takesMs: 5_000,
    }))
    for (const offset of OFFSETS) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([webhook('a')], ['a'])
    expect(givenBack).toEqual([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(givenBack.map(({ dispatchOffset }) => dispatchOffset)).toEqual(OFFSETS)
    expect(givenBack[0]?.attempts).toBe(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts).toHaveLength(1)
  })

  it('leave others of their lane, whose webhook is the same as before, where they are', async () => {
    const { lanes, posts, givenBack, reconfigure } = laneBench([webhook('a'), webhook('b')], () => sent)
    const both = [...['a', 'b', 'a', 'b', 'a'].entries()]
    for (const [offset, destination] of both) lanes.add('shared', message(destination, offset))
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([webhook('a'), webhook('b')], ['a'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(givenBack.map(({ dispatchOffset }) => dispatchOffset)).toEqual([2, 4])
    expect(posts.map(({ text }) => text)).toEqual(['a 0', 'b 1', 'b 3'])
  })

  it('leave a lane that was told to wait, too', async () => {
    const { lanes, givenBack, reconfigure } = laneBench([webhook('a')], () => ({
      outcome: 'rate_limited',
      retryAfterMs: 3_600_000,
    }))
    for (const offset of OFFSETS) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([webhook('a')], ['a'])
    expect(givenBack).toHaveLength(6)
  })

  it('free the memory that they took', async () => {
    const { lanes, reconfigure } = laneBench([webhook('a')], () => sent, { queueLimitBytes: 600 })
    for (const offset of OFFSETS) lanes.add('a', message('a', offset))
    expect(lanes.hasRoom('b')).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    reconfigure([webhook('a')], ['a'])
    expect(lanes.hasRoom('b')).toBe(true)
  })
})
