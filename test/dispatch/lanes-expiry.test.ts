import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answering, laneBench, message, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sent = (): Answering => ({ outcome: 'sent' })
const HOUR_MS = 3_600_000

function queuedNow(offset: number, ageMs = 0) {
  return { ...message('a', offset), queuedAt: Date.now() - ageMs }
}

describe('a message that waited longer than expire_after', () => {
  it('is given up unposted, and the lane goes on', async () => {
    const { lanes, posts, settled } = laneBench([webhook('a', { expireAfterMs: HOUR_MS })], sent)
    lanes.add('a', queuedNow(1, 2 * HOUR_MS))
    lanes.add('a', queuedNow(2))
    await vi.advanceTimersByTimeAsync(10)
    expect(posts.map(({ text }) => text)).toEqual(['a 2'])
    expect(settled[0]).toMatchObject({
      message: { dispatchOffset: 1, attempts: 0 },
      fate: { outcome: 'expired', cause: 'expired', detail: 'waited 2 h', answer: null, breaker: 'closed' },
    })
  })

  it('is posted where the destination sets no limit', async () => {
    const { lanes, posts } = laneBench([webhook('a')], sent)
    lanes.add('a', queuedNow(1, 1_000 * HOUR_MS))
    await vi.advanceTimersByTimeAsync(10)
    expect(posts).toHaveLength(1)
  })

  it('is given up on time while its lane is held for longer', async () => {
    const { lanes, posts, settled } = laneBench([webhook('a', { expireAfterMs: 10_000 })], () => ({
      outcome: 'rate_limited',
      retryAfterMs: HOUR_MS,
    }))
    lanes.add('a', queuedNow(1))
    lanes.add('a', queuedNow(2))
    await vi.advanceTimersByTimeAsync(5_000)
    lanes.add('a', queuedNow(3))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(posts).toHaveLength(1)
    expect(
      settled.map(({ message: { dispatchOffset, attempts }, atMs }) => [dispatchOffset, attempts, atMs]),
    ).toEqual([
      [1, 1, 10_000],
      [2, 0, 10_000],
      [3, 0, 15_000],
    ])
  })

  it('is given up on time when it comes to a lane that is held and empty', async () => {
    const { lanes, settled } = laneBench([webhook('a', { expireAfterMs: 10_000 })], sent)
    lanes.restore('a', { untilMs: Date.now() + HOUR_MS, failingForMs: null })
    await vi.advanceTimersByTimeAsync(1_000)
    lanes.add('a', queuedNow(1))
    await vi.advanceTimersByTimeAsync(10_001)
    expect(settled.map(({ atMs }) => atMs)).toEqual([11_000])
  })

  it('is expired too where it may have been posted before', async () => {
    const { lanes, settled } = laneBench([webhook('a', { expireAfterMs: 500 })], () => ({
      outcome: 'ambiguous',
    }))
    lanes.add('a', queuedNow(1))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(settled).toMatchObject([
      { message: { attempts: 1, ambiguous: 1 }, fate: { outcome: 'expired', cause: 'expired' } },
    ])
  })

  it('is not joined into a post', async () => {
    const coalesce = { maxMessages: 20, maxChars: 3_500 }
    const { lanes, posts, fates } = laneBench([webhook('a', { coalesce, expireAfterMs: 10_000 })], sent)
    lanes.add('a', queuedNow(1))
    lanes.add('a', queuedNow(2, 10_000))
    lanes.add('a', queuedNow(3))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 3'])
    expect(fates.map(({ outcome }) => outcome)).toEqual(['delivered', 'expired', 'delivered'])
  })

  it('is expired where its destination is disabled, rather than unknown', async () => {
    const { lanes, fates } = laneBench([{ ...webhook('a', { expireAfterMs: 10_000 }), enabled: false }], sent)
    lanes.add('a', queuedNow(1))
    await vi.advanceTimersByTimeAsync(10_001)
    expect(fates.map(({ cause }) => cause)).toEqual(['expired'])
  })

  it('ends a probe, and the breaker stays open for another minute', async () => {
    const answers: Answering[] = [{ outcome: 'destination_down', detail: 'no_team' }]
    const { lanes, settled } = laneBench(
      [webhook('a', { expireAfterMs: 5_000 })],
      () => answers.shift() ?? { outcome: 'rate_limited', retryAfterMs: HOUR_MS },
    )
    lanes.add('a', queuedNow(1))
    await vi.advanceTimersByTimeAsync(61_000)
    answers.push({ outcome: 'retry' }, { outcome: 'retry' }, { outcome: 'retry' }, { outcome: 'retry' })
    lanes.add('a', queuedNow(2))
    await vi.advanceTimersByTimeAsync(6_000)
    expect(settled.at(-1)).toMatchObject({ fate: { cause: 'expired', breaker: 'open' } })
  })
})
