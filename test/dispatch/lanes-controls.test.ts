import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NOTIFY_ACTION } from '../../src/core/own-actions.ts'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { type Answering, laneBench, message, saying, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sent = (): Answering => ({ outcome: 'sent' })
const HOUR_MS = 3_600_000
const coalesce = { maxMessages: 20, maxChars: 3_500 }

function texts(posts: readonly { text: string }[]): string[] {
  return posts.map(({ text }) => text)
}

function ownWord(offset: number): QueuedMessage {
  const queued = saying(message('a', offset), `bellhop ${offset}`)
  return { ...queued, record: { ...queued.record, action: NOTIFY_ACTION } }
}

/** A message for one of two destinations that share the lane `a`. */
function shared(destination: string, offset: number): QueuedMessage {
  return { ...message(destination, offset), lane: 'a' }
}

describe('a paused destination', () => {
  it('has its messages wait, and posts them in order and at its pace once it goes on', async () => {
    const { lanes, posts, settled, say } = laneBench([webhook('a')], sent)
    say.pause('a')
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS)
    expect([posts, settled]).toEqual([[], []])
    const resumedMs = 24 * HOUR_MS
    say.resume('a')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(texts(posts)).toEqual(['a 1', 'a 2', 'a 3'])
    expect(posts.map(({ atMs }) => Math.floor((atMs - resumedMs) / 1_000))).toEqual([0, 1, 2])
  })

  it('lets a post in flight end, and starts no other', async () => {
    const { lanes, posts, fates, say } = laneBench([webhook('a')], () => ({
      outcome: 'sent',
      takesMs: 3_000,
    }))
    lanes.add('a', message('a', 1))
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(1_000)
    say.pause('a')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(texts(posts)).toEqual(['a 1'])
    expect(fates).toMatchObject([{ outcome: 'delivered' }])
  })

  it('writes no request that still waited for a socket, and counts none', async () => {
    const { lanes, posts, settled, connectAfter, say } = laneBench([webhook('a')], sent)
    const connected = Promise.withResolvers<void>()
    connectAfter(connected.promise)
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    say.pause('a')
    connected.resolve()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts).toEqual([])
    say.resume('a')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(settled).toMatchObject([{ message: { attempts: 1 }, fate: { outcome: 'delivered' } }])
  })

  it('keeps what waits behind it in the lane that it shares, and nothing that stands before', async () => {
    const { lanes, posts, say } = laneBench([webhook('a'), webhook('b')], sent)
    say.pause('b')
    const order: [string, number][] = [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ]
    for (const [destination, offset] of order) lanes.add('a', shared(destination, offset))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(texts(posts)).toEqual(['a 1'])
    say.resume('b')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(texts(posts)).toEqual(['a 1', 'b 2', 'a 3'])
  })

  it('delays no other lane', async () => {
    const { lanes, posts, say } = laneBench([webhook('a'), webhook('b')], sent)
    say.pause('a')
    lanes.add('a', message('a', 1))
    lanes.add('b', message('b', 2))
    await vi.advanceTimersByTimeAsync(10)
    expect(texts(posts)).toEqual(['b 2'])
  })

  it('has its messages expire on time', async () => {
    const { lanes, posts, settled, say } = laneBench([webhook('a', { expireAfterMs: HOUR_MS })], sent)
    say.pause('a')
    lanes.add('a', { ...message('a', 1), queuedAt: Date.now() })
    await vi.advanceTimersByTimeAsync(HOUR_MS + 1)
    expect(posts).toEqual([])
    expect(settled).toMatchObject([{ fate: { outcome: 'expired', cause: 'expired' }, atMs: HOUR_MS }])
  })

  it('is not given up by a breaker that was open before, nor probed', async () => {
    const answers: Answering[] = [{ outcome: 'destination_down', detail: 'no_service' }]
    const { lanes, posts, fates, say } = laneBench([webhook('a')], () => answers.shift() ?? sent())
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(10)
    say.pause('a')
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(fates.map(({ cause }) => cause)).toEqual(['destination_down'])
    say.resume('a')
    await vi.advanceTimersByTimeAsync(10)
    expect(texts(posts)).toEqual(['a 1', 'a 2'])
    expect(fates.at(-1)).toMatchObject({ outcome: 'delivered' })
  })

  it('does not use up the patience with a failing receiver', async () => {
    const { lanes, posts, fates, say } = laneBench([webhook('a', { retryForMs: 60_000 })], (_, nth) => ({
      outcome: nth < 3 ? 'retry' : 'sent',
    }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(10)
    say.pause('a')
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    say.resume('a')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(posts).toHaveLength(3)
    expect(fates).toMatchObject([{ outcome: 'delivered' }])
  })

  it('ends with the process, which does not wait for it', async () => {
    const { lanes, posts, fates, say } = laneBench([webhook('a')], sent)
    say.pause('a')
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(10)
    await lanes.stop()
    expect([posts, fates]).toEqual([[], []])
  })
})

describe('a silenced destination', () => {
  it('has its messages dropped, those that wait at once', async () => {
    const { lanes, posts, settled, say } = laneBench([webhook('a')], sent)
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(10)
    say.silence('a', { why: 'launch day' })
    await vi.advanceTimersByTimeAsync(1)
    expect(texts(posts)).toEqual(['a 1'])
    expect(settled.slice(1)).toMatchObject(
      Array(2).fill({ fate: { outcome: 'silenced', cause: null, detail: 'launch day', answer: null } }),
    )
  })

  it('is posted to again once the silence is over, by a person or by the clock', async () => {
    const { lanes, posts, say } = laneBench([webhook('a')], sent)
    say.silence('a', { until: Date.now() + 5_000 })
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(5_000)
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(2_000)
    say.silence('a')
    lanes.add('a', message('a', 3))
    await vi.advanceTimersByTimeAsync(2_000)
    say.endSilence('a')
    lanes.add('a', message('a', 4))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(texts(posts)).toEqual(['a 2', 'a 4'])
  })

  it('drops nothing while it is paused, and all that waited when that ends', async () => {
    const { lanes, posts, fates, say } = laneBench([webhook('a')], sent)
    say.pause('a')
    say.silence('a')
    for (const offset of [1, 2]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(fates).toEqual([])
    say.resume('a')
    await vi.advanceTimersByTimeAsync(10)
    expect(posts).toEqual([])
    expect(fates.map(({ outcome }) => outcome)).toEqual(['silenced', 'silenced'])
  })

  it('is of no concern to others in the lane that it shares', async () => {
    const { lanes, posts, fates, say } = laneBench([webhook('a'), webhook('b')], sent)
    say.silence('b')
    for (const [destination, offset] of [
      ['b', 1],
      ['a', 2],
      ['b', 3],
      ['a', 4],
    ] as const) {
      lanes.add('a', shared(destination, offset))
    }
    await vi.advanceTimersByTimeAsync(5_000)
    expect(texts(posts)).toEqual(['a 2', 'a 4'])
    expect(fates.map(({ outcome }) => outcome)).toEqual(['silenced', 'delivered', 'silenced', 'delivered'])
  })

  it('has nothing posted behind what is not on record yet: it may come back', async () => {
    const { lanes, posts, recordAfter, say } = laneBench([webhook('a')], sent)
    const recorded = Promise.withResolvers<void>()
    recordAfter(recorded.promise)
    say.silence('a')
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(10)
    say.endSilence('a')
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts).toEqual([])
    recorded.resolve()
    await vi.advanceTimersByTimeAsync(10)
    expect(texts(posts)).toEqual(['a 2'])
  })

  it('drops the message that is held, and says how often it had been tried', async () => {
    const { lanes, settled, say } = laneBench([webhook('a')], () => ({ outcome: 'ambiguous' }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(10)
    say.silence('a')
    await vi.advanceTimersByTimeAsync(10)
    expect(settled).toMatchObject([
      { message: { attempts: 1, ambiguous: 1, postMessages: 1 }, fate: { outcome: 'silenced' } },
    ])
  })

  it('drops a probe, and the breaker stays open for another minute', async () => {
    const answers: Answering[] = [{ outcome: 'destination_down', detail: 'no_team' }]
    const { lanes, settled, say } = laneBench([webhook('a')], () => answers.shift() ?? { outcome: 'retry' })
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(61_000)
    lanes.add('a', message('a', 2))
    await vi.advanceTimersByTimeAsync(100)
    say.silence('a')
    await vi.advanceTimersByTimeAsync(10)
    expect(settled.at(-1)).toMatchObject({
      message: { attempts: 1 },
      fate: { outcome: 'silenced', breaker: 'open' },
    })
  })
})

describe("bellhop's own word", () => {
  it('is posted alone through a lane that works', async () => {
    const { lanes, posts } = laneBench([webhook('a', { coalesce })], sent)
    for (const queued of [message('a', 1), ownWord(2), message('a', 3), message('a', 4)])
      lanes.add('a', queued)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(texts(posts)).toEqual(['a 1', 'bellhop 2', 'a 3\na 4'])
  })

  it('is never the probe of a breaker that is open, which waits for a message of a user', async () => {
    const answers: Answering[] = [{ outcome: 'destination_down', detail: 'no_service' }]
    const { lanes, posts, settled } = laneBench([webhook('a')], () => answers.shift() ?? sent())
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(61_000)
    lanes.add('a', ownWord(2))
    await vi.advanceTimersByTimeAsync(10)
    expect(settled.at(-1)).toMatchObject({ fate: { outcome: 'silenced', breaker: 'open' } })
    lanes.add('a', message('a', 3))
    await vi.advanceTimersByTimeAsync(10)
    expect(texts(posts)).toEqual(['a 1', 'a 3'])
    expect(settled.at(-1)).toMatchObject({ fate: { outcome: 'delivered', breaker: 'closed' } })
  })

  it('leaves the breaker as it is where the probe has gone to another owner', async () => {
    const answers: Answering[] = [{ outcome: 'destination_down' }, { outcome: 'retry' }]
    const { lanes, posts, fates } = laneBench([webhook('a')], () => answers.shift() ?? sent())
    let isOwned = true
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(61_000)
    lanes.add(
      'a',
      message('a', 2, () => isOwned),
    )
    await vi.advanceTimersByTimeAsync(10)
    isOwned = false
    lanes.dropUnowned()
    lanes.add('a', ownWord(3))
    lanes.add('a', message('a', 4))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(texts(posts)).toEqual(['a 1', 'a 2', 'a 4'])
    expect(fates.map(({ outcome }) => outcome)).toEqual(['dead_lettered', 'silenced', 'delivered'])
  })

  it('is tried for a minute through a lane that breaks with it, and then dropped', async () => {
    const { lanes, posts, settled } = laneBench([webhook('a')], () => ({ outcome: 'retry', detail: '503' }))
    lanes.add('a', ownWord(1))
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(posts.length).toBeGreaterThan(1)
    expect(settled).toMatchObject([
      {
        message: { attempts: posts.length },
        fate: { outcome: 'silenced', detail: expect.stringContaining('failing') },
      },
    ])
  })

  it('is posted where a failure passes', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a')], (_, nth) =>
      nth === 1 ? { outcome: 'retry', detail: '503' } : sent(),
    )
    lanes.add('a', ownWord(1))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(posts).toHaveLength(2)
    expect(fates).toMatchObject([{ outcome: 'delivered' }])
  })

  it('waits where Slack says so, and is posted then', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a')], (_, nth) =>
      nth === 1 ? { outcome: 'rate_limited', retryAfterMs: 5_000 } : sent(),
    )
    lanes.add('a', ownWord(1))
    await vi.advanceTimersByTimeAsync(6_000)
    expect(posts).toHaveLength(2)
    expect(fates).toMatchObject([{ outcome: 'delivered' }])
  })
})
