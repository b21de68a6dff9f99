import { describe, expect, it } from 'vitest'
import type { FindingKind } from './findings.ts'
import { judge } from './ledger.ts'
import {
  AGAIN,
  ambiguous,
  at,
  type Change,
  cleanRun,
  dead,
  delivered,
  found,
  idOf,
  is,
  marked,
  post,
  rateLimited,
  refused,
  SINGLE,
  textOf,
  without,
  withPosts,
} from './support/clean-run.ts'

describe('the ledger of a chaos run', () => {
  it('finds nothing where each message came once, in order and in time', () => {
    const verdict = judge(cleanRun())
    expect(verdict).toEqual({
      findings: [],
      events: 4,
      messages: 5,
      delivered: 5,
      dead: new Map(),
      repeats: new Map(),
      jointPosts: 1,
    })
  })

  it.each<[string, FindingKind[], Change]>([
    [
      'a message that neither arrived nor has a receipt',
      ['lost'],
      (run) => ({ ends: without(run.ends, is(2)), requests: without(run.requests, (r) => r.seq === 2) }),
    ],
    [
      'a message that arrived and has no receipt',
      ['unrecorded'],
      (run) => ({ ends: without(run.ends, is(2)) }),
    ],
    [
      'a receipt of what never arrived',
      ['delivered_without_arrival'],
      (run) => ({ requests: without(run.requests, ({ seq }) => seq === 2) }),
    ],
    [
      'an event that gave no message',
      ['never_queued', 'lost'],
      (run) => ({
        expected: [...run.expected, { id: idOf(8), token: 8, webhook: 'w0', bad: false }],
      }),
    ],
    [
      'a message that was queued twice',
      ['queued_twice'],
      (run) => ({ queued: [...run.queued, { id: idOf(2), partition: 0, offset: 9, text: textOf(2) }] }),
    ],
    [
      'a queued message that no event asked for',
      ['unknown_message'],
      (run) => ({ queued: [...run.queued, { id: idOf(8), partition: 0, offset: 9, text: textOf(8) }] }),
    ],
    [
      'a post that no event asked for',
      ['unknown_message'],
      (run) => withPosts(run, post(9, [8], { arrivedMs: 30_000 })),
    ],
    [
      'a message at the wrong webhook',
      ['unknown_message'],
      (run) => withPosts(run, post(9, [2], { target: SINGLE.path, arrivedMs: 30_000 })),
    ],
    [
      'a receipt of an unknown message',
      ['unknown_message'],
      (run) => ({ ends: [...run.ends, delivered(8, 9_000)] }),
    ],
    ['two receipts of one message', ['ended_twice'], (run) => ({ ends: [...run.ends, delivered(2, 9_000)] })],
    [
      'two receipts of a message whose answer was ambiguous, though no process was cut off',
      ['ended_twice'],
      (run) => ({
        ...withPosts(run, ambiguous(3, [3, 4], 6_000, true), post(8, [3, 4], { arrivedMs: 12_000 })),
        ends: [...run.ends, delivered(4, 12_110)],
      }),
    ],
    [
      'a message that ended as delivered and as dead',
      ['dead_without_cause', 'accepted_and_dead', 'ended_twice'],
      (run) => {
        const { end, letter } = dead(2, 'retries_exhausted', 9_000)
        return { ends: [...run.ends, end], letters: [letter] }
      },
    ],
    ['a message that was posted again for no reason', ['repeated'], (run) => withPosts(run, AGAIN)],
    [
      'a dead letter without a receipt',
      ['letter_without_end'],
      (_run) => ({ letters: [dead(2, 'rejected', 5_000).letter] }),
    ],
    [
      'a dead message without a dead letter',
      ['dead_without_letter'],
      (run) => ({
        ...withPosts(run, refused(2, [2], 400, 'invalid_payload')),
        expected: marked(run.expected, 2),
        ends: [...without(run.ends, is(2)), dead(2, 'rejected', 4_200).end],
      }),
    ],
    [
      'a sound message that died with a bad one',
      ['dead_without_cause', 'dead_without_cause'],
      (run) => {
        const deaths = [3, 4].map((token) => dead(token, 'rejected', 6_200))
        return {
          ...withPosts(run, refused(3, [3, 4], 400, 'invalid_payload')),
          ends: [...without(without(run.ends, is(3)), is(4)), ...deaths.map(({ end }) => end)],
          letters: deaths.map(({ letter }) => letter),
        }
      },
    ],
    [
      'a dead message whose webhook never failed',
      ['dead_without_cause'],
      (run) => {
        const { end, letter } = dead(2, 'destination_down', 4_200)
        return {
          requests: without(run.requests, ({ seq }) => seq === 2),
          ends: [...without(run.ends, is(2)), end],
          letters: [letter],
        }
      },
    ],
    [
      'messages in another order than they were queued in',
      ['out_of_order'],
      (run) => withPosts(run, post(1, [2]), post(2, [1])),
    ],
    ['another order within one post', ['out_of_order'], (run) => withPosts(run, post(3, [4, 3]))],
    [
      'a post within the interval after the answer before',
      ['early'],
      (run) => withPosts(run, post(2, [2], { arrivedMs: 3_099 })),
    ],
    [
      'a post before a Retry-After has passed, though a kill was before it',
      ['early'],
      (run) => ({
        ...withPosts(run, post(0, [1], { ...rateLimited(10), arrivedMs: -7_000 })),
        disruptions: [at('kill', -9_000)],
      }),
    ],
    [
      'a second post before a Retry-After has passed',
      ['early'],
      (run) =>
        withPosts(run, post(0, [1], { ...rateLimited(1), arrivedMs: 0 }), post(2, [2], { early: true })),
    ],
    [
      'a 429 that no fault had switched on',
      ['drew_429'],
      (run) => withPosts(run, post(5, [4], { ...rateLimited(1), faulted: false, arrivedMs: 40_000 })),
    ],
    [
      'a post while the one before is in flight',
      ['two_in_flight'],
      (run) => withPosts(run, post(2, [2], { ending: { how: 'closed', atMs: 6_200 } })),
    ],
    [
      'joined messages where coalescing is off',
      ['unreadable'],
      (run) => ({
        ...withPosts(run, post(4, [1, 2], { target: SINGLE.path, arrivedMs: 6_500 })),
        expected: [...run.expected, { id: idOf(2, 'w1'), token: 2, webhook: 'w1', bad: false }],
        queued: [...run.queued, { id: idOf(2, 'w1'), partition: 1, offset: 2, text: textOf(2) }],
        ends: [...run.ends, delivered(2, 6_610, 'w1')],
      }),
    ],
    [
      'a text that is not its message',
      ['unreadable'],
      (run) => withPosts(run, post(2, [2], { text: `${textOf(2)} ...` })),
    ],
    [
      'an open code fence among others',
      ['unreadable'],
      (run) => ({
        ...withPosts(run, post(3, [3, 4], { text: `${textOf(3)} \`\`\`\n${textOf(4)}` })),
        queued: run.queued.map((q) => (q.id === idOf(3) ? { ...q, text: `${textOf(3)} \`\`\`` } : q)),
      }),
    ],
    [
      'a message posted a fourth time after three without an answer',
      ['resent_too_often'],
      (run) => withPosts(run, ...[30, 32, 34, 36].map((s, nth) => ambiguous(10 + nth, [4], s * 1_000))),
    ],
  ])('tells of %s', (_, kinds, change) => {
    expect(found(change)).toEqual(kinds)
  })

  it('counts repeats by what excuses them, and the dead by cause', () => {
    const run = cleanRun()
    const { end, letter } = dead(2, 'destination_down', 4_200)
    const verdict = judge({
      ...run,
      ...withPosts(run, refused(2, [2], 404, 'no_service'), post(8, [3, 4], { arrivedMs: 30_000 })),
      ends: [...without(run.ends, is(2)), end],
      letters: [letter],
      disruptions: [at('kill', 6_200)],
    })
    expect(verdict).toMatchObject({
      findings: [],
      delivered: 4,
      dead: new Map([['destination_down', 1]]),
      repeats: new Map([['kill', 2]]),
    })
  })
})
