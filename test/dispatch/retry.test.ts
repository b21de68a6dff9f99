import { describe, expect, it } from 'vitest'
import type { DeliveryPolicy } from '../../src/config/config.ts'
import { seededRandom } from '../../src/core/random.ts'
import { backoffMs, nextStep, type RetryInput } from '../../src/dispatch/retry.ts'

const policy: DeliveryPolicy = {
  intervalMs: 1_000,
  retryForMs: 3_600_000,
  onAmbiguous: 'resend',
  coalesce: null,
  laneLimit: 1_000,
  expireAfterMs: null,
}
const input: RetryInput = {
  outcome: 'sent',
  retryAfterMs: null,
  ambiguousBefore: 0,
  failuresInARow: 0,
  failingForMs: 0,
}
const half = (): number => 0.5

describe('what happens after an attempt', () => {
  it.each([
    ['a sent message is delivered', { outcome: 'sent' }, {}, { kind: 'delivered' }],
    [
      'a rejected message is given up at once',
      { outcome: 'rejected' },
      {},
      { kind: 'dead_letter', cause: 'rejected' },
    ],
    [
      'a destination that is down gives the message up',
      { outcome: 'destination_down' },
      {},
      { kind: 'dead_letter', cause: 'destination_down' },
    ],
    [
      'a rate limit waits exactly as long as was asked',
      { outcome: 'rate_limited', retryAfterMs: 30_000 },
      {},
      { kind: 'hold', reason: 'rate_limited', waitMs: 30_000 },
    ],
    [
      'a rate limit without a time waits a second',
      { outcome: 'rate_limited' },
      {},
      { kind: 'hold', reason: 'rate_limited', waitMs: 1_000 },
    ],
    [
      'a rate limit never runs out of patience',
      { outcome: 'rate_limited', retryAfterMs: 3_600_000, failingForMs: 9_999_999 },
      {},
      { kind: 'hold', reason: 'rate_limited', waitMs: 3_600_000 },
    ],
    [
      'a first failure waits up to a second',
      { outcome: 'retry' },
      {},
      { kind: 'hold', reason: 'retry', waitMs: 500 },
    ],
    [
      'the wait doubles with each failure in a row',
      { outcome: 'retry', failuresInARow: 3 },
      {},
      { kind: 'hold', reason: 'retry', waitMs: 4_000 },
    ],
    [
      'the wait has a ceiling of a minute',
      { outcome: 'retry', failuresInARow: 400 },
      {},
      { kind: 'hold', reason: 'retry', waitMs: 30_000 },
    ],
    [
      'the last attempt falls on the end of retry_for, not after it',
      { outcome: 'retry', failuresInARow: 10, failingForMs: 29_000 },
      { retryForMs: 30_000 },
      { kind: 'hold', reason: 'retry', waitMs: 1_000 },
    ],
    [
      'a message that failed for retry_for is given up',
      { outcome: 'retry', failingForMs: 30_000 },
      { retryForMs: 30_000 },
      { kind: 'dead_letter', cause: 'retries_exhausted' },
    ],
    [
      'an ambiguous answer is sent again',
      { outcome: 'ambiguous', ambiguousBefore: 1 },
      {},
      { kind: 'hold', reason: 'ambiguous', waitMs: 500 },
    ],
    [
      'the third ambiguous answer gives the message up',
      { outcome: 'ambiguous', ambiguousBefore: 2 },
      {},
      { kind: 'dead_letter', cause: 'ambiguous' },
    ],
    [
      'on_ambiguous: dead_letter gives it up at the first',
      { outcome: 'ambiguous' },
      { onAmbiguous: 'dead_letter' },
      { kind: 'dead_letter', cause: 'ambiguous' },
    ],
    [
      'a backlog behind a destination that hangs is not sent twice each once patience has run out',
      { outcome: 'ambiguous', failingForMs: 30_000 },
      { retryForMs: 30_000 },
      { kind: 'dead_letter', cause: 'ambiguous' },
    ],
  ] satisfies [
    string,
    Partial<RetryInput>,
    Partial<DeliveryPolicy>,
    object,
  ][])('%s', (_, change, set, step) => {
    expect(nextStep({ ...input, ...change }, { ...policy, ...set }, half)).toEqual(step)
  })

  it('draws the wait from the whole range, so that lanes which failed together spread out', () => {
    const random = seededRandom(7)
    const waits = Array.from({ length: 2_000 }, () => backoffMs(4, random))
    expect(Math.min(...waits)).toBeLessThan(200)
    expect(Math.max(...waits)).toBeGreaterThan(15_800)
    expect(Math.max(...waits)).toBeLessThanOrEqual(16_000)
  })
})
