import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Destination } from '../../src/config/config.ts'
import { type Answering, laneBench, message, policy, webhook } from './support/lane-bench.ts'

/** A limiter takes a few milliseconds of its own; what counts is that a wait is never cut short. */
const LIMITER_MS = 20

function expectWaits(waits: readonly number[], atLeastMs: readonly number[]): void {
  expect(waits).toHaveLength(atLeastMs.length)
  for (const [nth, leastMs] of atLeastMs.entries()) {
    expect(waits[nth]).toBeGreaterThanOrEqual(leastMs)
    expect(waits[nth]).toBeLessThanOrEqual(leastMs + LIMITER_MS)
  }
}

/** From each answer to the next post. */
function waitsOf(posts: readonly { atMs: number; answeredMs: number }[]): number[] {
  return posts.slice(1).map(({ atMs }, nth) => atMs - (posts[nth]?.answeredMs ?? 0))
}

const sent = (): Answering => ({ outcome: 'sent' })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a lane', () => {
  it('posts in order, each an interval after the answer to the one before', async () => {
    const { lanes, posts } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 300 }))
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2', 'a 3'])
    expectWaits(waitsOf(posts), [1_000, 1_000])
  })

  it('keeps the pace for a message that comes after the lane has run empty', async () => {
    const { lanes, posts } = laneBench([webhook('a')], sent)
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(400)
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(5_000)
    expectWaits(waitsOf(posts), [1_000])
  })

  it('has one post in flight, however slow the receiver is', async () => {
    const { lanes, posts } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 9_000 }))
    lanes.add('a', message('a', 1))
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(9_999)
    expect(posts).toHaveLength(1)
  })

  it('posts without a limiter where the rate is off', async () => {
    const { lanes, posts } = laneBench([webhook('a', { intervalMs: null })], sent)
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(10)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2', 'a 3'])
  })

  it('waits Retry-After, not a millisecond less, and goes on in order with the same message', async () => {
    const { lanes, posts, holds } = laneBench([webhook('a')], (text, nth) =>
      text === 'a 1' && nth === 1 ? { outcome: 'rate_limited', retryAfterMs: 30_000 } : sent(),
    )
    lanes.add('a', message('a', 1))
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 1', 'a 2'])
    expectWaits(waitsOf(posts), [30_000, 1_000])
    expect(holds).toEqual([{ id: 'events:0:1:action:a', waitMs: 30_000 }])
  })

  it('never follows a refusal faster than its pace, whatever short wait the backoff draws', async () => {
    const { lanes, posts } = laneBench([webhook('a')], (_, nth) => ({ outcome: nth < 3 ? 'retry' : 'sent' }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(10_000)
    expectWaits(waitsOf(posts), [1_000, 1_000])
  })

  it('gives a message up when retry_for has passed, and the backlog that waited as long with one try each', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { retryForMs: 10_000 })], () => ({
      outcome: 'retry',
    }))
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(fates.map(({ cause }) => cause)).toEqual(Array(3).fill('retries_exhausted'))
    expect(posts.filter(({ text }) => text === 'a 3')).toHaveLength(1)
  })

  it('goes on after a rejected message', async () => {
    const { lanes, fates } = laneBench([webhook('a')], (text) => ({
      outcome: text === 'a 1' ? 'rejected' : 'sent',
    }))
    lanes.add('a', message('a', 1))
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fates).toEqual([
      { id: 'events:0:1:action:a', outcome: 'dead_lettered', cause: 'rejected' },
      { id: 'events:0:2:action:a', outcome: 'delivered', cause: null },
    ])
  })

  it('resends an ambiguous message twice and then gives it up', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a')], () => ({ outcome: 'ambiguous' }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts).toHaveLength(3)
    expect(fates.map(({ cause }) => cause)).toEqual(['ambiguous'])
  })

  it('waits the first two no_service in a row out and believes the third', async () => {
    const gone = { outcome: 'destination_down', detail: 'no_service', tolerated: 2 } as const
    const { lanes, posts, fates } = laneBench([webhook('a')], () => gone)
    lanes.add('a', message('a', 1))
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 1', 'a 1'])
    expect(fates.map(({ cause }) => cause)).toEqual(['destination_down', 'destination_down'])
  })

  it('holds a record of an unknown destination for ten minutes, then dead-letters it', async () => {
    const { lanes, posts, fates } = laneBench([], sent)
    lanes.add('key', message('nobody', 1))
    await vi.advanceTimersByTimeAsync(599_999)
    expect(fates).toEqual([])
    await vi.advanceTimersByTimeAsync(LIMITER_MS)
    expect(fates.map(({ cause }) => cause)).toEqual(['unknown_destination'])
    expect(posts).toEqual([])
  })
})

describe('all lanes', () => {
  it('do not notice one that hangs, fails or is told to wait', async () => {
    const sick: Record<string, Answering> = {
      hanging: { outcome: 'ambiguous', takesMs: 10_000 },
      failing: { outcome: 'retry' },
      limited: { outcome: 'rate_limited', retryAfterMs: 60_000 },
    }
    const ids = ['hanging', 'failing', 'limited', 'well']
    const { lanes, posts } = laneBench(
      ids.map((id) => webhook(id)),
      (text) => sick[text.split(' ')[0] ?? ''] ?? sent(),
    )
    for (const offset of [1, 2]) for (const id of ids) lanes.add(id, message(id, offset))
    await vi.advanceTimersByTimeAsync(1_000 + 2 * LIMITER_MS)
    expectWaits(waitsOf(posts.filter(({ text }) => text.startsWith('well'))), [1_000])
  })

  it('share the lane of one webhook between destinations', async () => {
    const { lanes, posts } = laneBench([webhook('a'), webhook('b')], sent)
    lanes.add('same', message('a', 1))
    lanes.add('same', message('b', 2))
    await vi.advanceTimersByTimeAsync(2_000)
    expectWaits(waitsOf(posts), [1_000])
  })

  it('take a blackhole destination without pace', async () => {
    const blackhole: Destination = { id: 'nowhere', enabled: true, type: 'blackhole', policy }
    const { lanes, fates } = laneBench([blackhole], sent)
    for (const offset of [1, 2, 3]) lanes.add('blackhole/nowhere', message('nowhere', offset))
    await vi.advanceTimersByTimeAsync(10)
    expect(fates.map(({ outcome }) => outcome)).toEqual(Array(3).fill('delivered'))
  })

  it('get their turn while a lane without pace has much to do', async () => {
    const blackhole: Destination = { id: 'nowhere', enabled: true, type: 'blackhole', policy }
    const { lanes, fates, swallow } = laneBench([blackhole], sent)
    swallow()
    for (let offset = 0; offset < 1_000; offset += 1)
      lanes.add('blackhole/nowhere', message('nowhere', offset))
    await vi.advanceTimersByTimeAsync(0)
    expect(fates.length).toBeLessThan(1_000)
    await vi.advanceTimersByTimeAsync(10)
    expect(fates).toHaveLength(1_000)
  })

  it('wait while what was posted before is not on record', async () => {
    const { lanes, posts, block } = laneBench([webhook('a')], sent)
    const onRecord = Promise.withResolvers<void>()
    block(onRecord.promise)
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts).toEqual([])
    onRecord.resolve()
    await vi.advanceTimersByTimeAsync(1)
    expect(posts).toHaveLength(1)
  })

  it('post nothing of a partition that was lost, and write nothing but the truth of the post in flight', async () => {
    let owned = true
    const { lanes, posts, fates } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 500 }))
    for (const offset of [1, 2, 3])
      lanes.add(
        'a',
        message('a', offset, () => owned),
      )
    await vi.advanceTimersByTimeAsync(100)
    owned = false
    lanes.dropUnowned()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1'])
    expect(fates.map(({ id }) => id)).toEqual(['events:0:1:action:a'])
    expect([...lanes.backlog()]).toEqual([])
  })

  it('draw the consequence of a post in flight before they say that they have stopped', async () => {
    const { lanes, fates } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 500 }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    const stopped = lanes.stop().then(() => fates.length)
    await vi.advanceTimersByTimeAsync(500)
    await expect(stopped).resolves.toBe(1)
  })

  it('write no request for which they waited too long: the partition was lost meanwhile', async () => {
    let owned = true
    const { lanes, posts, fates, holds, connectAfter } = laneBench([webhook('a')], sent)
    const connected = Promise.withResolvers<void>()
    connectAfter(connected.promise)
    lanes.add(
      'a',
      message('a', 1, () => owned),
    )
    await vi.advanceTimersByTimeAsync(100)
    owned = false
    connected.resolve()
    await vi.advanceTimersByTimeAsync(10_000)
    expect([posts, fates, holds]).toEqual([[], [], []])
    expect([...lanes.backlog()]).toEqual([])
  })

  it('write no request once they are told to stop', async () => {
    const { lanes, posts, fates, connectAfter } = laneBench([webhook('a')], sent)
    const connected = Promise.withResolvers<void>()
    connectAfter(connected.promise)
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    const stopped = lanes.stop()
    connected.resolve()
    await vi.advanceTimersByTimeAsync(0)
    await stopped
    expect([posts, fates]).toEqual([[], []])
  })

  it('give a partition with a long lane up at once', async () => {
    let owned = true
    const { lanes } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 60_000 }))
    for (let offset = 0; offset < 100_000; offset += 1)
      lanes.add(
        'a',
        message('a', offset, () => owned),
      )
    owned = false
    lanes.dropUnowned()
    expect([...lanes.backlog()]).toEqual([])
    expect(lanes.hasRoom('a')).toBe(true)
  })

  it('finish the post in flight when stopped, and start no other', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 2_000 }))
    lanes.add('a', message('a', 1))
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(100)
    const stopped = lanes.stop()
    await vi.advanceTimersByTimeAsync(2_000)
    await stopped
    await vi.advanceTimersByTimeAsync(10_000)
    expect(posts).toHaveLength(1)
    expect(fates).toHaveLength(1)
  })

  it('leave no timer behind when stopped, however long they were to wait', async () => {
    const { lanes } = laneBench([webhook('a'), webhook('b')], () => ({
      outcome: 'rate_limited',
      retryAfterMs: 3_600_000,
    }))
    for (const id of ['a', 'b']) lanes.add(id, message(id, 1))
    await vi.advanceTimersByTimeAsync(1_000)
    await lanes.stop()
    await vi.advanceTimersByTimeAsync(LIMITER_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('count what waits by destination, with the age of the oldest', async () => {
    const { lanes } = laneBench([webhook('a'), webhook('b')], () => ({ outcome: 'sent', takesMs: 60_000 }))
    lanes.add('same', message('a', 1))
    lanes.add('same', message('b', 2))
    lanes.add('same', message('a', 3))
    expect([...lanes.backlog()]).toEqual([
      { destination: 'a', messages: 2, oldestAgeMs: Date.now(), breaker: 'closed' },
      { destination: 'b', messages: 1, oldestAgeMs: Date.now(), breaker: 'closed' },
    ])
  })
})
