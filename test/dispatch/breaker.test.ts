import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Breaker,
  CLOSED,
  onAnswer,
  onGivenUp,
  onPost,
  type Probed,
  takesNothing,
} from '../../src/dispatch/breaker.ts'
import { type Answering, laneBench, message, webhook } from './support/lane-bench.ts'

const OPEN: Breaker = { state: 'open', word: 'invalid_token', probeAtMs: 60_000 }
const HALF_OPEN: Breaker = { ...OPEN, state: 'half_open' }
const answer: Probed = {
  outcome: 'sent',
  detail: null,
  blamesChannel: false,
  gaveUp: false,
  monotonicMs: 100_000,
}
const reopened: Breaker = { ...OPEN, probeAtMs: 160_000 }

describe('a breaker after an answer', () => {
  it.each([
    ['stays closed while posts are sent', CLOSED, { outcome: 'sent' }, CLOSED],
    ['stays closed when a message is refused', CLOSED, { outcome: 'rejected' }, CLOSED],
    [
      'stays closed when a message is given up for lack of patience',
      CLOSED,
      { outcome: 'retry', gaveUp: true },
      CLOSED,
    ],
    [
      'opens for a minute when the destination is down, and keeps the word',
      CLOSED,
      { outcome: 'destination_down', detail: 'no_service', gaveUp: true },
      { state: 'open', word: 'no_service', probeAtMs: 160_000 },
    ],
    ['is closed by a probe that was sent', HALF_OPEN, { outcome: 'sent' }, CLOSED],
    [
      'is closed by a probe that was refused for itself',
      HALF_OPEN,
      { outcome: 'rejected', gaveUp: true },
      CLOSED,
    ],
    ['is closed by a rate limit', HALF_OPEN, { outcome: 'rate_limited' }, CLOSED],
    [
      'opens again with the new word',
      HALF_OPEN,
      { outcome: 'destination_down', detail: 'no_team', gaveUp: true },
      { ...reopened, word: 'no_team' },
    ],
    [
      'opens again when the refusal blames the channel that the probe chose',
      HALF_OPEN,
      { outcome: 'rejected', blamesChannel: true, gaveUp: true },
      reopened,
    ],
    ['goes on probing while the probe is retried', HALF_OPEN, { outcome: 'retry' }, HALF_OPEN],
    ['goes on probing while the probe is resent', HALF_OPEN, { outcome: 'ambiguous' }, HALF_OPEN],
    ['opens again when a retried probe is given up', HALF_OPEN, { outcome: 'retry', gaveUp: true }, reopened],
    [
      'opens again when an ambiguous probe is given up',
      HALF_OPEN,
      { outcome: 'ambiguous', gaveUp: true },
      reopened,
    ],
  ] satisfies [string, Breaker, Partial<Probed>, Breaker][])('%s', (_, before, change, after) => {
    expect(onAnswer(before, { ...answer, ...change })).toEqual(after)
  })
})

describe('a breaker otherwise', () => {
  it('takes nothing while it is open, until a probe is due', () => {
    expect([0, 59_999, 60_000].map((ms) => takesNothing(OPEN, ms))).toEqual([true, true, false])
    expect([CLOSED, HALF_OPEN].map((breaker) => takesNothing(breaker, 0))).toEqual([false, false])
  })

  it('is half open with the first post that it lets through, and no other', () => {
    expect([CLOSED, OPEN, HALF_OPEN].map(onPost)).toEqual([CLOSED, HALF_OPEN, HALF_OPEN])
  })

  it('opens again when its probe was given up unposted, and does not wait anew for what it gives up itself', () => {
    expect([CLOSED, OPEN, HALF_OPEN].map((breaker) => onGivenUp(breaker, 100_000))).toEqual([
      CLOSED,
      OPEN,
      reopened,
    ])
  })
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const down = { outcome: 'destination_down', detail: 'invalid_token' } as const
const sent = { outcome: 'sent' } as const

function addAll(
  lanes: { add(key: string, queued: ReturnType<typeof message>): void },
  offsets: number[],
): void {
  for (const offset of offsets) lanes.add('a', message('a', offset))
}

describe('a lane whose destination is down', () => {
  it('gives up what waits at once, with the word that said so, and posts one message a minute', async () => {
    const { lanes, posts, settled, heard } = laneBench([webhook('a')], () => down)
    addAll(lanes, [1, 2, 3])
    await vi.advanceTimersByTimeAsync(100)
    expect(posts).toHaveLength(1)
    expect(
      settled.map(({ fate, message: { attempts } }) => [fate.cause, fate.detail, fate.breaker, attempts]),
    ).toEqual([
      ['destination_down', 'invalid_token', 'open', 1],
      ['destination_down', 'invalid_token', 'open', 0],
      ['destination_down', 'invalid_token', 'open', 0],
    ])
    await vi.advanceTimersByTimeAsync(59_000)
    addAll(lanes, [4])
    expect(settled).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(10)
    expect(settled).toHaveLength(4)
    expect(posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    addAll(lanes, [5, 6])
    await vi.advanceTimersByTimeAsync(10)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 5'])
    expect(settled).toHaveLength(6)
    expect(heard.eventsOf('breakerChanged').map(({ state, detail }) => [state, detail])).toEqual([
      ['open', 'invalid_token'],
      ['half_open', 'invalid_token'],
      ['open', 'invalid_token'],
    ])
  })

  it('keeps what comes while it probes, and goes on in order once the probe was sent', async () => {
    const answers: Answering[] = [down, { ...sent, takesMs: 500 }]
    const { lanes, posts, fates, heard } = laneBench(
      [webhook('a', { coalesce: { maxMessages: 20, maxChars: 3_500 } })],
      () => answers.shift() ?? sent,
    )
    addAll(lanes, [1])
    await vi.advanceTimersByTimeAsync(60_100)
    addAll(lanes, [2, 3, 4])
    await vi.advanceTimersByTimeAsync(300)
    expect([...lanes.backlog()]).toMatchObject([{ messages: 3, breaker: 'half_open' }])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2', 'a 3\na 4'])
    expect(fates.map(({ cause }) => cause)).toEqual(['destination_down', null, null, null])
    expect(heard.eventsOf('breakerChanged').at(-1)).toEqual({
      destination: 'a',
      state: 'closed',
      detail: null,
    })
  })

  it('retries its probe by the usual policy, and is open for another minute when that ends in nothing', async () => {
    const answers: Answering[] = [down]
    const { lanes, posts, settled } = laneBench(
      [webhook('a', { retryForMs: 3_000 })],
      () => answers.shift() ?? { outcome: 'retry' },
    )
    addAll(lanes, [1])
    await vi.advanceTimersByTimeAsync(60_100)
    addAll(lanes, [2, 3])
    await vi.advanceTimersByTimeAsync(1_500)
    expect([...lanes.backlog()]).toMatchObject([{ messages: 2, breaker: 'half_open' }])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(settled.map(({ fate }) => [fate.cause, fate.breaker])).toEqual([
      ['destination_down', 'open'],
      ['retries_exhausted', 'open'],
      ['destination_down', 'open'],
    ])
    expect(posts.filter(({ text }) => text === 'a 3')).toHaveLength(0)
  })

  it('is remembered while nothing comes for an hour after the probe was due, and no longer', async () => {
    const { lanes } = laneBench([webhook('a')], () => down)
    addAll(lanes, [1])
    await vi.advanceTimersByTimeAsync(3_659_000)
    expect([...lanes.backlog()]).toEqual([
      { destination: 'a', messages: 0, oldestAgeMs: null, breaker: 'open' },
    ])
    await vi.advanceTimersByTimeAsync(2_000)
    expect([...lanes.backlog()]).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives up 100,000 messages while other lanes go on', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a'), webhook('b', { intervalMs: null })], (text) =>
      text.startsWith('a') ? down : sent,
    )
    for (let offset = 0; offset < 100_000; offset += 1) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(20)
    expect(fates.length).toBeLessThan(100_000)
    lanes.add('b', message('b', 1))
    await vi.advanceTimersByTimeAsync(5)
    expect(posts.map(({ text }) => text)).toEqual(['a 0', 'b 1'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(fates).toHaveLength(100_001)
  })

  it('gives up nothing while what it gave up cannot be put on record', async () => {
    const { lanes, fates, block } = laneBench([webhook('a')], () => down)
    for (let offset = 0; offset < 1_000; offset += 1) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(1)
    const given = fates.length
    const onRecord = Promise.withResolvers<void>()
    block(onRecord.promise)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fates.length).toBeLessThanOrEqual(given + 250)
    onRecord.resolve()
    await vi.advanceTimersByTimeAsync(100)
    expect(fates).toHaveLength(1_000)
  })

  it('is not the destination of a message whose own channel is refused', async () => {
    const { lanes, fates, heard } = laneBench([webhook('a')], (text) =>
      text === 'a 1' ? { outcome: 'rejected', detail: 'channel_not_found', blamesChannel: true } : sent,
    )
    addAll(lanes, [1, 2])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(fates.map(({ cause }) => cause)).toEqual(['rejected', null])
    expect(heard.eventsOf('breakerChanged')).toEqual([])
  })
})
