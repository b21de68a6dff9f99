import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLaneSimulation } from '../../src/author/backtest-lane.ts'
import type { DeliveryPolicy, Destination } from '../../src/config/config.ts'
import { groupLength } from '../../src/dispatch/coalesce.ts'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { message, saying } from '../dispatch/support/lane-bench.ts'
import { testWebhook } from '../support/config.ts'

interface Arrival {
  timeMs: number
  text: string
  channel?: string | null
}

function destinationWith(policy: Partial<DeliveryPolicy>): Destination {
  const webhook = testWebhook('sales')
  return { ...webhook, policy: { ...webhook.policy, ...policy } }
}

function queued({ text, channel = null }: Arrival): QueuedMessage {
  const said = saying(message('sales', 1), text)
  return { ...said, record: { ...said.record, message: { ...said.record.message, channel } } }
}

function simulate(destination: Destination, arrivals: readonly Arrival[]) {
  const lane = createLaneSimulation(new Map([['sales', destination]]))
  for (const arrival of arrivals) lane.add(queued(arrival).record, arrival.timeMs)
  return lane.totals.get('sales')
}

const COALESCE = { maxMessages: 3, maxChars: 20 }
const at = (timeMs: number, text = 'x'): Arrival => ({ timeMs, text })

describe('a simulated lane', () => {
  it.each([
    ['posts at once what comes to an idle lane', {}, [at(0), at(1_000)], { posts: 2, longestWaitMs: 0 }],
    ['keeps its pace', {}, [at(0), at(1), at(2)], { posts: 3, longestWaitMs: 1_998 }],
    [
      'shares a post among what waits',
      { coalesce: COALESCE },
      [at(0), at(1), at(2), at(999)],
      { posts: 2, longestWaitMs: 999 },
    ],
    [
      'begins another post after max_messages',
      { coalesce: COALESCE },
      [at(0), at(1), at(2), at(3), at(4)],
      { posts: 3, longestWaitMs: 1_996 },
    ],
    [
      'takes no more into a post than max_chars',
      { coalesce: COALESCE },
      [at(0), at(1, 'x'.repeat(12)), at(2, 'y'.repeat(8))],
      { posts: 3, longestWaitMs: 1_998 },
    ],
    [
      'keeps an open code fence apart',
      { coalesce: COALESCE },
      [at(0), at(1), at(2, '```')],
      { posts: 3, longestWaitMs: 1_998 },
    ],
    [
      'joins nothing that does not look alike',
      { coalesce: COALESCE },
      [at(0), at(1), { ...at(2), channel: '#other' }],
      { posts: 3, longestWaitMs: 1_998 },
    ],
    [
      'lets nothing join a post that has left',
      { coalesce: COALESCE },
      [at(0), at(500), at(1_000)],
      { posts: 3, longestWaitMs: 1_000 },
    ],
    [
      'waits for nothing where the rate is off',
      { intervalMs: null },
      [at(0), at(0)],
      { posts: 2, longestWaitMs: 0 },
    ],
    [
      'gives up what would wait for too long, and lets the rest move up',
      { expireAfterMs: 1_500 },
      [at(0), at(1), at(2), at(1_900)],
      { posts: 3, longestWaitMs: 999, expired: 1 },
    ],
    [
      'takes what comes with an older time as coming now',
      { coalesce: COALESCE },
      [at(5_000), at(5_001), at(0)],
      { posts: 2, longestWaitMs: 999 },
    ],
  ] satisfies [
    string,
    Partial<DeliveryPolicy>,
    Arrival[],
    object,
  ][])('%s', (_what, policy, arrivals, expected) => {
    expect(simulate(destinationWith(policy), arrivals)).toEqual({
      messages: arrivals.length,
      expired: 0,
      ...expected,
    })
  })

  it('paces destinations that share a webhook together, and never joins them', () => {
    const one = destinationWith({ coalesce: COALESCE })
    const lane = createLaneSimulation(
      new Map([
        ['a', { ...one, id: 'a' }],
        ['b', { ...one, id: 'b' }],
      ]),
    )
    for (const id of ['a', 'b', 'a']) lane.add(message(id, 1).record, 0)
    expect(lane.totals.get('a')).toMatchObject({ posts: 2, longestWaitMs: 2_000 })
    expect(lane.totals.get('b')).toMatchObject({ posts: 1, longestWaitMs: 1_000 })
  })
})

/** The same with a queue, whose head decides what shares a post at the moment that it leaves. */
function withQueue({ policy }: Destination, arrivals: readonly Arrival[]) {
  const totals = { messages: 0, posts: 0, expired: 0, longestWaitMs: 0 }
  const queue: { since: number; message: QueuedMessage }[] = []
  const expireAfterMs = policy.expireAfterMs ?? Number.POSITIVE_INFINITY
  let freeAtMs = Number.NEGATIVE_INFINITY
  const postUntil = (timeMs: number): void => {
    for (;;) {
      const [head] = queue
      if (head === undefined) return
      const leavesAtMs = Math.max(freeAtMs, head.since)
      if (leavesAtMs > timeMs) return
      if (leavesAtMs - head.since >= expireAfterMs) {
        queue.shift()
        totals.expired += 1
        continue
      }
      const waiting = { length: queue.length, at: (nth: number) => queue[nth]?.message }
      const length = groupLength(waiting, policy.coalesce, (next) => {
        const since = queue.find(({ message: found }) => found === next)?.since ?? leavesAtMs
        return leavesAtMs - since < expireAfterMs
      })
      queue.splice(0, length)
      totals.posts += 1
      totals.longestWaitMs = Math.max(totals.longestWaitMs, leavesAtMs - head.since)
      freeAtMs = leavesAtMs + (policy.intervalMs ?? 0)
    }
  }
  for (const arrival of arrivals) {
    postUntil(arrival.timeMs)
    totals.messages += 1
    queue.push({ since: arrival.timeMs, message: queued(arrival) })
    postUntil(arrival.timeMs)
  }
  postUntil(Number.POSITIVE_INFINITY)
  return totals
}

const anyArrivals = fc
  .array(
    fc.record({
      gapMs: fc.integer({ min: 0, max: 6 }).map((steps) => steps * 100),
      text: fc.constantFrom('x', 'xxxxxxxxx', 'x'.repeat(18), '```x', '```x```'),
      channel: fc.constantFrom(null, null, null, '#other'),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  )
  .map((steps) => {
    let timeMs = 0
    return steps.map(({ gapMs, ...arrival }): Arrival => {
      timeMs += gapMs
      return { ...arrival, timeMs }
    })
  })

const anyPolicy = fc.record({
  intervalMs: fc.constantFrom(null, 100, 1_000),
  coalesce: fc.constantFrom(null, COALESCE, { maxMessages: 20, maxChars: 3_500 }),
  expireAfterMs: fc.constantFrom(null, 500, 2_000),
})

describe('a simulation that remembers its last post alone', () => {
  it('finds what a queue would have posted', () => {
    let joint = 0
    let expired = 0
    fc.assert(
      fc.property(anyArrivals, anyPolicy, (arrivals, policy) => {
        const destination = destinationWith(policy)
        const expected = withQueue(destination, arrivals)
        if (expected.posts + expected.expired < expected.messages) joint += 1
        if (expected.expired > 0) expired += 1
        expect(simulate(destination, arrivals)).toEqual(expected)
      }),
      // The same cases each time, so that how many share a post is known.
      { numRuns: 1_000, seed: 20_260_105 },
    )
    expect(joint).toBeGreaterThan(200)
    expect(expired).toBeGreaterThan(100)
  })
})
