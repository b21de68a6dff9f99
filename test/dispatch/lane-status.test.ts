import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LaneStatus } from '../../src/core/records.ts'
import { NO_CONTROLS } from '../../src/dispatch/controls.ts'
import { type Answering, laneBench, message, webhook } from './support/lane-bench.ts'

const START = Date.parse('2026-01-31T08:00:00Z')

beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(START)
})
afterEach(() => void vi.useRealTimers())

/** The only lane's, after so long with two messages in it. */
async function statusAfter(answers: Answering[], ms: number, controls = NO_CONTROLS) {
  const bench = laneBench([webhook('a')], (_, nth) => answers[nth - 1] ?? { outcome: 'sent' })
  for (const offset of [1, 2]) bench.lanes.add('lane-a', { ...message('a', offset), queuedAt: START - 5_000 })
  await vi.advanceTimersByTimeAsync(ms)
  const [status] = bench.lanes.statuses(controls)
  return status
}

/** A limiter takes a few milliseconds of its own. */
function answeredAt(status: LaneStatus | undefined): number {
  const at = status?.last_answer?.at ?? 0
  expect(at - START).toBeLessThan(50)
  return at
}

describe('the status of a lane', () => {
  it('names its destinations, its backlog and when the next post leaves by its pace', async () => {
    const status = await statusAfter([{ outcome: 'sent' }], 400)
    const at = answeredAt(status)
    expect(status).toEqual({
      lane: 'lane-a',
      destinations: ['a'],
      waiting: 1,
      oldest_at: START - 5_000,
      interval_ms: 1_000,
      next_post_at: at + 1_000,
      paused: false,
      failing_since: null,
      breaker: 'closed',
      last_answer: { at, outcome: 'sent', status: null, detail: null, messages: 1 },
    })
  })

  it.each([
    [
      'a wait that the receiver asked for',
      { outcome: 'rate_limited', retryAfterMs: 30_000, detail: 'ratelimited' },
      { nextInMs: 30_000, isFailing: false, breaker: 'closed' },
    ],
    [
      'a failure, since when, and its backoff',
      { outcome: 'retry', detail: 'econnrefused' },
      { nextInMs: 1_000, isFailing: true, breaker: 'closed' },
    ],
  ] as const)('tells of %s', async (_, answer, { nextInMs, isFailing, breaker }) => {
    const status = await statusAfter([answer, answer, answer], 100)
    const at = answeredAt(status)
    expect(status).toMatchObject({
      waiting: 2,
      next_post_at: at + nextInMs,
      failing_since: isFailing ? at : null,
      breaker,
      last_answer: { outcome: answer.outcome, detail: answer.detail },
    })
  })

  it('tells of a breaker that is open', async () => {
    const status = await statusAfter([{ outcome: 'destination_down', detail: 'no_service' }], 100)
    expect(status).toMatchObject({
      waiting: 0,
      breaker: 'open',
      last_answer: { outcome: 'destination_down', detail: 'no_service' },
    })
  })

  it('knows no next post where nothing waits', async () => {
    expect(await statusAfter([], 1_500)).toMatchObject({ waiting: 0, oldest_at: null, next_post_at: null })
  })

  it('is paused, with no next post, where a person has paused the destination of its head', async () => {
    const controls = { ...NO_CONTROLS, isPaused: (id: string) => id === 'a' }
    expect(await statusAfter([], 400, controls)).toMatchObject({ paused: true, next_post_at: null })
  })

  it('cuts the words of the receiver', async () => {
    const status = await statusAfter([{ outcome: 'rejected', detail: 'x'.repeat(5_000) }], 100)
    expect(status?.last_answer?.detail).toHaveLength(200)
  })

  it('is not told of a lane that has nothing left to remember', async () => {
    const bench = laneBench([webhook('a')], () => ({ outcome: 'sent' }))
    bench.lanes.add('lane-a', message('a', 1))
    await vi.advanceTimersByTimeAsync(500)
    expect(bench.lanes.statuses(NO_CONTROLS)).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(bench.lanes.statuses(NO_CONTROLS)).toEqual([])
  })
})
