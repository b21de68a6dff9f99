import { describe, expect, it } from 'vitest'
import type { Disruption } from './evidence.ts'
import {
  AGAIN,
  ambiguous,
  at,
  type Change,
  dead,
  delivered,
  found,
  is,
  marked,
  post,
  rateLimited,
  refused,
  without,
  withPosts,
} from './support/clean-run.ts'

describe('the excuses of a chaos run', () => {
  it.each<[string, Change]>([
    [
      'a repeat of a post in flight at a kill',
      (run) => ({
        ...withPosts(run, post(3, [3, 4], { ending: { how: 'closed', atMs: 20_000 } }), AGAIN),
        disruptions: [at('kill', 20_000)],
      }),
    ],
    [
      'a repeat of what was answered right before a kill',
      (run) => ({ ...withPosts(run, AGAIN), disruptions: [at('kill', 7_500)] }),
    ],
    [
      'a repeat of what was answered while the broker was away, before a kill',
      (run) => ({
        ...withPosts(run, AGAIN),
        disruptions: [at('broker_kill', 6_000, 9_500), at('kill', 10_000)],
      }),
    ],
    [
      'a repeat, and a second receipt, of what was in flight at a long freeze',
      (run) => ({
        ...withPosts(run, AGAIN),
        ends: [...run.ends, delivered(4, 30_110)],
        disruptions: [at('freeze', 6_050, 14_000)],
      }),
    ],
    [
      'a repeat after a stop that could not reach the broker',
      (run) => ({
        ...withPosts(run, AGAIN),
        disruptions: [at('broker_restart', 5_000, 9_000), at('term', 6_500, 7_000)],
      }),
    ],
    [
      'a repeat of what was reset after it was recorded',
      (run) => withPosts(run, ambiguous(3, [3, 4], 6_000, true), post(8, [3, 4], { arrivedMs: 12_000 })),
    ],
    [
      'one receipt that was written twice, since its acknowledgement was lost',
      (run) => ({ ends: [...run.ends, delivered(2, 4_110)] }),
    ],
    [
      'a bad message that was found by splitting its post',
      (run) => {
        const { end, letter } = dead(4, 'rejected', 11_000)
        return {
          ...withPosts(
            run,
            refused(3, [3, 4], 400, 'invalid_payload'),
            post(5, [3], { arrivedMs: 8_000 }),
            refused(6, [4], 400, 'invalid_payload'),
          ),
          expected: marked(run.expected, 4),
          ends: [...without(run.ends, is(4)), end],
          letters: [letter],
        }
      },
    ],
    [
      'a message dead of three posts without an answer, which it may have reached',
      (run) => {
        const { end, letter } = dead(4, 'ambiguous', 40_000)
        return {
          ...withPosts(
            run,
            post(3, [3]),
            ...[30, 32, 34].map((s, nth) => ambiguous(10 + nth, [4], s * 1_000, nth === 0)),
          ),
          ends: [...without(run.ends, is(4)), end],
          letters: [letter],
        }
      },
    ],
    [
      'a message dead since its webhook is gone',
      (run) => {
        const { end, letter } = dead(2, 'destination_down', 4_200)
        return {
          ...withPosts(run, refused(2, [2], 404, 'no_service')),
          ends: [...without(run.ends, is(2)), end],
          letters: [letter],
        }
      },
    ],
    [
      'a message that came late, since the process that gave it up was killed before it could say so',
      (run) => ({
        ...withPosts(
          run,
          refused(2, [2], 404, 'no_service'),
          post(7, [2], { arrivedMs: 14_000 }),
          post(8, [3, 4], { arrivedMs: 16_000 }),
        ),
        disruptions: [at('kill', 6_150)],
        ends: [...without(run.ends, is(2)), delivered(2, 14_110)],
        letters: [{ ...dead(2, 'destination_down', 5_900).letter }],
      }),
    ],
    [
      'a Retry-After that a kill made unknown',
      (run) => ({
        requests: [
          post(0, [1], { ...rateLimited(30), arrivedMs: 0 }),
          ...run.requests.map((request) => ({ ...request, early: true })),
        ],
        disruptions: [at('kill', 300)],
      }),
    ],
  ])('excuses %s', (_, change) => {
    expect(found(change)).toEqual([])
  })

  it.each<[string, Disruption[]]>([
    ['a kill long after its answer', [at('kill', 20_000)]],
    [
      'a kill soon after the broker came back, and long enough after its answer',
      [at('broker_kill', 1_000, 4_500), at('kill', 8_500)],
    ],
    ['a kill before it', [at('kill', 5_000)]],
    ['a freeze shorter than the session', [at('freeze', 6_050, 9_000)]],
    ['a planned stop with the broker there', [at('term', 6_050, 6_500)]],
    ['a broker restart alone', [at('broker_restart', 6_050, 9_000)]],
  ])('takes no repeat for excused by %s', (_, disruptions) => {
    expect(found((run) => ({ ...withPosts(run, AGAIN), disruptions }))).toEqual(['repeated'])
  })

  it('does not excuse a repeat by a request that its sender gave up', () => {
    const closed = post(3, [3, 4], { ending: { how: 'closed', atMs: 6_050 } })
    expect(found((run) => withPosts(run, closed, AGAIN))).toEqual(['repeated'])
  })
})
