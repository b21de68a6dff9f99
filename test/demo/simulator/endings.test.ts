import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/core/clock.ts'
import { createSlackSimulator, type SlackSimulator } from '../../../src/demo/simulator/server.ts'
import { eventually } from '../../support/eventually.ts'

const HOOK = '/services/T0/B0/one'
const OTHER_HOOK = '/services/T0/B0/two'

const time = { ms: 0 }
const clock: Clock = { nowMs: () => time.ms, monotonicMs: () => time.ms }

let slack: SlackSimulator
afterEach(async () => {
  await slack.close()
  time.ms = 0
})

function post(path: string, options: { text?: string; signal?: AbortSignal } = {}): Promise<Response> {
  const { text = 'hello', signal } = options
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
  return fetch(`${slack.origin}${path}`, {
    ...init,
    body: JSON.stringify({ text }),
    ...(signal === undefined ? {} : { signal }),
  })
}

describe('how a request ended', () => {
  it('is told with the time at which the answer was sent', async () => {
    slack = await createSlackSimulator({ clock })
    time.ms = 700
    await post(HOOK)
    expect(slack.ending(1)).toEqual({ how: 'answered', atMs: 700 })
    expect(slack.open()).toEqual([])
  })

  it.each(['before_body', 'after_body', 'after_record'] as const)('is a reset %s', async (when) => {
    slack = await createSlackSimulator({ clock })
    slack.setFault(HOOK, { kind: 'reset', when })
    await expect(post(HOOK)).rejects.toThrow('fetch failed')
    expect(slack.ending(1)).toMatchObject({ how: 'reset' })
    expect(slack.requests()).toMatchObject([{ fault: { kind: 'reset', when } }])
  })

  it.each([
    ['hangs', { kind: 'hang' }],
    ['is slow', { kind: 'slow', ms: 60_000 }],
  ] as const)('is not known while it %s, and is its sender closing it', async (_, fault) => {
    slack = await createSlackSimulator({ clock })
    slack.setFault(HOOK, fault)
    const leaving = new AbortController()
    const left = post(HOOK, { signal: leaving.signal }).catch(() => 'left')
    await eventually('the request is open', () => slack.open().length === 1)
    expect(slack.ending(1)).toBeNull()
    time.ms = 50
    leaving.abort()
    expect(await left).toBe('left')
    await eventually('the end is noted', () => slack.ending(1))
    expect(slack.ending(1)).toEqual({ how: 'closed', atMs: 50 })
    expect(slack.open()).toEqual([])
  })
})

describe('a post after a 429 that named its wait', () => {
  it('is early until the wait has passed since the answer, and only on that webhook', async () => {
    slack = await createSlackSimulator({ clock, ratePerSecond: null })
    slack.setFault(HOOK, { kind: 'rate_limited', retryAfterSeconds: 2 }, { times: 1 })
    time.ms = 1_000
    await post(HOOK)
    for (const ms of [2_999, 3_000]) {
      time.ms = ms
      await post(HOOK)
    }
    time.ms = 1_001
    await post(OTHER_HOOK)
    const noted = slack.requests().map(({ early, retryAfterSeconds }) => [early, retryAfterSeconds])
    expect(noted).toEqual([
      [false, 2],
      [true, null],
      [false, null],
      [false, null],
    ])
  })

  it('is early also where the connection is reset before the body', async () => {
    slack = await createSlackSimulator({ clock })
    slack.setFault(HOOK, { kind: 'rate_limited', retryAfterSeconds: 2 }, { times: 1 })
    await post(HOOK)
    slack.setFault(HOOK, { kind: 'reset', when: 'before_body' })
    await expect(post(HOOK)).rejects.toThrow('fetch failed')
    expect(slack.requests()).toMatchObject([{ early: false }, { early: true }])
  })

  it('is never early where the 429 named none', async () => {
    slack = await createSlackSimulator({ clock })
    slack.setFault(HOOK, { kind: 'rate_limited', retryAfterSeconds: null }, { times: 1 })
    await post(HOOK)
    await post(HOOK)
    expect(slack.requests()).toMatchObject([{ early: false, retryAfterSeconds: null }, { early: false }])
  })
})

describe('what a simulator can be given', () => {
  it('is a rate for each webhook', async () => {
    slack = await createSlackSimulator({ clock, ratePerSecond: (target) => (target === HOOK ? 10 : null) })
    const statuses = []
    for (const ms of [0, 99, 100]) {
      time.ms = ms
      statuses.push((await post(HOOK)).status, (await post(OTHER_HOOK)).status)
    }
    expect(statuses).toEqual([200, 200, 429, 200, 200, 200])
  })

  it('is a word that no text may hold, and such a post takes no token', async () => {
    const refuse = ({ text }: { text: string }) => (text.includes('BAD') ? 'invalid_payload' : null)
    slack = await createSlackSimulator({ clock, refuse })
    const refused = await post(HOOK, { text: 'a\nBAD' })
    expect([refused.status, await refused.text()]).toEqual([400, 'invalid_payload'])
    expect((await post(HOOK)).status).toBe(200)
    expect((await post(HOOK, { text: 'BAD' })).status).toBe(429)
  })

  it('is a time that every answer takes', async () => {
    slack = await createSlackSimulator({ latencyMs: (target) => (target === HOOK ? 60 : 0) })
    await Promise.all([post(HOOK), post(OTHER_HOOK)])
    const tookMs = (seq: number, arrivedMs: number): number => (slack.ending(seq)?.atMs ?? 0) - arrivedMs
    const took = slack.requests().map(({ target, seq, arrivedMs }) => [target, tookMs(seq, arrivedMs) > 50])
    expect(Object.fromEntries(took)).toEqual({ [HOOK]: true, [OTHER_HOOK]: false })
  })
})
