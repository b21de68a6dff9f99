import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { heldReceipt } from '../../src/dispatch/fate.ts'
import { type Answering, laneBench, message, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sent = (): Answering => ({ outcome: 'sent' })

describe('a wait that was on record', () => {
  it('is kept for messages that were there and for those that come', async () => {
    const { lanes, posts } = laneBench([webhook('a'), webhook('b')], sent)
    lanes.restore('a', { untilMs: Date.now() + 30_000, failingForMs: null })
    lanes.add('a', message('a', 1))
    lanes.add('b', message('b', 1))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(posts.map(({ text }) => text)).toEqual(['b 1'])
    await vi.advanceTimersByTimeAsync(20)
    expect(posts.map(({ text }) => text)).toEqual(['b 1', 'a 1'])
  })

  it('is kept where the lane has messages already, and never shortens another', async () => {
    const { lanes, posts } = laneBench([webhook('a')], sent)
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    lanes.add('a', message('a', 2))
    lanes.restore('a', { untilMs: Date.now() + 30_000, failingForMs: null })
    lanes.restore('a', { untilMs: Date.now() + 10_000, failingForMs: null })
    await vi.advanceTimersByTimeAsync(29_999)
    expect(posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(20)
    expect(posts).toHaveLength(2)
  })

  it('is forgotten with its lane when it has passed and nothing came', async () => {
    const { lanes } = laneBench([webhook('a')], sent)
    lanes.restore('a', { untilMs: Date.now() + 30_000, failingForMs: null })
    await vi.advanceTimersByTimeAsync(30_001)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells since when the lane fails for ten minutes more, for its first message may be slow in coming', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { retryForMs: 3_600_000 })], () => ({
      outcome: 'retry',
    }))
    vi.setSystemTime(10_000_000)
    lanes.restore('a', { untilMs: Date.now(), failingForMs: 3_600_000 })
    await vi.advanceTimersByTimeAsync(300_000)
    lanes.add('a', { ...message('a', 1), queuedAt: 0 })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts).toHaveLength(1)
    expect(fates.map(({ cause }) => cause)).toEqual(['retries_exhausted'])
    await vi.advanceTimersByTimeAsync(600_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    'rate_limited',
    'ambiguous',
  ] as const)('is put on record by a %s that comes after the partition was taken away: its next owner waits for that', async (outcome) => {
    let owned = true
    const { lanes, held } = laneBench([webhook('a')], () => ({ outcome, retryAfterMs: 30_000, takesMs: 500 }))
    lanes.add(
      'a',
      message('a', 1, () => owned),
    )
    await vi.advanceTimersByTimeAsync(100)
    owned = false
    lanes.dropUnowned()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(held).toHaveLength(1)
  })

  it('goes on counting against the patience of the messages that waited', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { retryForMs: 10_000 })], () => ({
      outcome: 'retry',
    }))
    lanes.restore('a', { untilMs: Date.now() + 1_000, failingForMs: 9_500 })
    lanes.add('a', { ...message('a', 1), queuedAt: Date.now() - 60_000 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(posts).toHaveLength(1)
    expect(fates.map(({ cause }) => cause)).toEqual(['retries_exhausted'])
  })

  it('is recorded with all that the next owner needs', async () => {
    const { lanes, settled, held } = laneBench([webhook('a')], (_, nth) => ({
      outcome: nth === 1 ? 'retry' : 'ambiguous',
      detail: 'timeout',
    }))
    const queued = message('a', 7)
    lanes.add('a', queued)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(settled).toEqual([])
    const hold = { waitMs: 1_000, detail: 'timeout', answer: null, breaker: 'closed' }
    expect(held).toMatchObject([
      { ...hold, failingForMs: 0 },
      { ...hold, failingForMs: expect.any(Number) },
    ])
    const last = {
      waitMs: 999.5,
      detail: 'timeout',
      answer: null,
      failingForMs: 1_000,
      breaker: 'closed',
    } as const
    expect(heldReceipt(queued, last, 5_000)).toMatchObject({
      outcome: null,
      lane: 'a',
      attempts: 2,
      ambiguous: 1,
      held_until: 6_000,
      failing_since: 4_000,
      breaker: 'closed',
    })
  })
})

describe('a partition that has just become ours', () => {
  it('waits one interval, since its owner before may just have posted', async () => {
    const { lanes, posts } = laneBench([webhook('a')], sent)
    lanes.add('a', { ...message('a', 1), ownedSinceMs: Date.now() - 300 })
    await vi.advanceTimersByTimeAsync(699)
    expect(posts).toEqual([])
    await vi.advanceTimersByTimeAsync(20)
    expect(posts).toHaveLength(1)
  })

  it('waits for nothing where there is no pace', async () => {
    const { lanes, posts } = laneBench([webhook('a', { intervalMs: null })], sent)
    lanes.add('a', { ...message('a', 1), ownedSinceMs: Date.now() })
    await vi.advanceTimersByTimeAsync(1)
    expect(posts).toHaveLength(1)
  })

  it('lends none of its messages to a post of another before', async () => {
    const coalesce = { maxMessages: 20, maxChars: 3_500 }
    const { lanes, posts } = laneBench([webhook('a', { coalesce })], sent)
    lanes.add('a', message('a', 1))
    lanes.add('a', { ...message('a', 2), ownedSinceMs: Date.now() })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2'])
  })
})

describe('a partition that goes', () => {
  it('is quiet when its post has ended and the consequence is drawn', async () => {
    const { lanes, fates } = laneBench([webhook('a'), webhook('b')], () => ({
      outcome: 'sent',
      takesMs: 500,
    }))
    lanes.add('a', message('a', 1))
    lanes.add('b', { ...message('b', 2), dispatchPartition: 1 })
    await vi.advanceTimersByTimeAsync(100)
    let quietAt: number | null = null
    const quiet = lanes.quiet(0).then(() => {
      quietAt = fates.filter(({ id }) => id.endsWith(':a')).length
    })
    await vi.advanceTimersByTimeAsync(300)
    expect(quietAt).toBeNull()
    await vi.advanceTimersByTimeAsync(200)
    await quiet
    expect(quietAt).toBe(1)
  })

  it('is quiet at once where nothing of it is on its way', async () => {
    const { lanes } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 5_000 }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    await expect(lanes.quiet(1)).resolves.toBeUndefined()
  })

  it('is quiet while its post waits for a socket: it will never be written', async () => {
    let owned = true
    const { lanes, posts, connectAfter } = laneBench([webhook('a')], sent)
    const connected = Promise.withResolvers<void>()
    connectAfter(connected.promise)
    lanes.add(
      'a',
      message('a', 1, () => owned),
    )
    await vi.advanceTimersByTimeAsync(100)
    owned = false
    await lanes.quiet(0)
    connected.resolve()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts).toEqual([])
  })

  it('leaves the post in flight at the head until it has ended', async () => {
    let owned = true
    const { lanes, posts, fates } = laneBench([webhook('a')], () => ({ outcome: 'sent', takesMs: 500 }))
    lanes.add(
      'a',
      message('a', 1, () => owned),
    )
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(100)
    owned = false
    lanes.dropUnowned()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2'])
    expect(fates.map(({ id }) => id)).toEqual(['events:0:1:action:a', 'events:0:2:action:a'])
  })

  it('takes the wait of a held lane with it, and leaves what others have there', async () => {
    let owned = true
    const { lanes, posts, fates } = laneBench([webhook('a')], (text) =>
      text === 'a 1' ? { outcome: 'rate_limited', retryAfterMs: 5_000 } : { outcome: 'sent' },
    )
    lanes.add(
      'a',
      message('a', 1, () => owned),
    )
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(1_000)
    owned = false
    lanes.dropUnowned()
    expect([...lanes.backlog()]).toMatchObject([{ messages: 1 }])
    await vi.advanceTimersByTimeAsync(3_900)
    expect(posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2'])
    expect(fates.map(({ id }) => id)).toEqual(['events:0:2:action:a'])
  })
})

describe('the lease', () => {
  it('is asked right before a request is written; without it nothing has happened', async () => {
    let leased = false
    const { lanes, posts, settled, holds, heard, asked } = laneBench(
      [webhook('a', { intervalMs: null })],
      sent,
      {
        mayWrite: () => leased,
      },
    )
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([posts, settled, holds, heard.eventsOf('postAnswered')]).toEqual([[], [], [], []])
    // It is the gate's to wait; a gate that does not must not make the lane spin.
    expect(asked()).toBeLessThanOrEqual(21)
    leased = true
    await vi.advanceTimersByTimeAsync(100)
    expect(settled).toMatchObject([{ message: { attempts: 1 }, fate: { outcome: 'delivered' } }])
  })
})
