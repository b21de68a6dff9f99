import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/core/clock.ts'
import { createSlackSimulator, type SlackSimulator } from '../../../src/demo/simulator/server.ts'
import { eventually } from '../../support/eventually.ts'

const HOOK = '/services/T0/B0/one'
const OTHER_HOOK = '/services/T0/B0/two'

/** Both clocks stand still until a test moves them. */
const time = { ms: 0 }
const clock: Clock = { nowMs: () => 1_700_000_000_000 + time.ms, monotonicMs: () => time.ms }

let slack: SlackSimulator

beforeEach(async () => {
  time.ms = 0
  slack = await createSlackSimulator({ clock })
})
afterEach(() => slack.close())

interface Answered {
  status: number
  body: string
  retryAfter: string | null
}

async function send(path: string, init: RequestInit): Promise<Answered> {
  const response = await fetch(`${slack.origin}${path}`, init)
  return {
    status: response.status,
    body: await response.text(),
    retryAfter: response.headers.get('retry-after'),
  }
}

function post(path: string, body: string | object = { text: 'hello' }): Promise<Answered> {
  return send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

function call(args: object, { token = 'xoxb-1' as string | null, apiMethod = 'chat.postMessage' } = {}) {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  return send(`/api/${apiMethod}`, { method: 'POST', headers, body: JSON.stringify(args) })
}

describe('a webhook', () => {
  it('answers ok, and keeps what arrived and when', async () => {
    time.ms = 1_500
    expect(await post(HOOK, { text: 'hello', username: 'Shop' })).toEqual({
      status: 200,
      body: 'ok',
      retryAfter: null,
    })
    expect(slack.posts()).toEqual([
      {
        seq: 1,
        target: HOOK,
        method: 'webhook',
        payload: { text: 'hello', channel: null, username: 'Shop', icon_url: null, icon_emoji: null },
        accepted: true,
        status: 200,
        word: 'ok',
        fault: null,
        retryAfterSeconds: null,
        early: false,
        arrivedMs: 1_500,
        arrivedAt: 1_700_000_001_500,
      },
    ])
  })

  it.each([
    [
      HOOK,
      { method: 'POST', body: '{"text":"x"}', headers: { 'content-type': 'text/plain' } },
      400,
      'invalid_payload',
    ],
    [HOOK, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }, 400, 'no_text'],
    [
      HOOK,
      { method: 'POST', body: `"${'x'.repeat(1_048_576)}"`, headers: { 'content-type': 'application/json' } },
      413,
      'msg_too_long',
    ],
    [HOOK, { method: 'GET' }, 405, 'method_not_allowed'],
    ['/elsewhere', { method: 'POST' }, 404, 'no_service'],
  ])('%s refuses %j with %i %s, on the ledger too', async (path, init, ...refusal) => {
    const [status, word] = refusal
    expect(await send(path, init)).toMatchObject({ status, body: word })
    expect(slack.posts()).toEqual([])
    expect(slack.requests()).toMatchObject([{ target: path, status, word, accepted: false, payload: null }])
    expect([...slack.counts()]).toEqual([[status, 1]])
  })

  it('that is not known is gone, and so is a channel', async () => {
    const strict = await createSlackSimulator({ known: { webhooks: [HOOK], channels: ['sales'] } })
    await slack.close()
    slack = strict
    expect(await post(OTHER_HOOK)).toMatchObject({ status: 404, body: 'no_service' })
    expect(await post(HOOK, { text: 'x', channel: '#typo' })).toMatchObject({
      status: 404,
      body: 'channel_not_found',
    })
    expect(await post(HOOK, { text: 'x', channel: '#sales' })).toMatchObject({ status: 200 })
  })
})

describe('the rate of one a second', () => {
  it('refuses a post that comes a millisecond early, and takes the next on time', async () => {
    const statuses = []
    for (const ms of [0, 999, 1_000, 1_999, 2_000]) {
      time.ms = ms
      statuses.push((await post(HOOK)).status)
    }
    expect(statuses).toEqual([200, 429, 200, 429, 200])
    expect(slack.count429).toBe(2)
    expect(slack.posts()).toHaveLength(3)
  })

  it("names the wait in whole seconds, rounded up, in the header and in Slack's body", async () => {
    await post(HOOK)
    time.ms = 1
    expect(await post(HOOK)).toEqual({
      status: 429,
      body: '{"retry_after":1,"ok":false,"error":"rate_limited"}',
      retryAfter: '1',
    })
  })

  it('gives no token away for a post that is refused, be it too early or unsound', async () => {
    expect(await post(HOOK, '{')).toMatchObject({ status: 400 })
    expect(await post(HOOK)).toMatchObject({ status: 200 })
    time.ms = 999
    expect(await post(HOOK)).toMatchObject({ status: 429 })
    time.ms = 1_000
    expect(await post(HOOK, {})).toMatchObject({ status: 400, body: 'no_text' })
    expect(await post(HOOK)).toMatchObject({ status: 200 })
  })

  it('is kept for each webhook by itself', async () => {
    expect(await post(HOOK)).toMatchObject({ status: 200 })
    expect(await post(OTHER_HOOK)).toMatchObject({ status: 200 })
    expect(slack.posts(OTHER_HOOK)).toHaveLength(1)
  })

  it('can be another, or none', async () => {
    await slack.close()
    slack = await createSlackSimulator({ clock, ratePerSecond: 0.25 })
    await post(HOOK)
    expect(await post(HOOK)).toMatchObject({ status: 429, retryAfter: '4' })
    await slack.close()
    slack = await createSlackSimulator({ clock, ratePerSecond: null })
    await post(HOOK)
    expect(await post(HOOK)).toMatchObject({ status: 200 })
  })
})

describe('chat.postMessage', () => {
  it('answers with the channel id, and a ts that no other message has', async () => {
    const first = JSON.parse((await call({ channel: '#alerts', text: 'x' })).body)
    const second = JSON.parse((await call({ channel: 'U024BE7LH', text: 'x' })).body)
    const third = JSON.parse((await call({ channel: 'C024BE91L', text: 'x' })).body)
    expect([first, second, third]).toMatchObject([
      { ok: true, channel: expect.stringMatching(/^C0/), ts: '1700000000.000000' },
      { ok: true, channel: expect.stringMatching(/^D0/), ts: '1700000000.000001' },
      { ok: true, channel: 'C024BE91L', ts: '1700000000.000002' },
    ])
    expect(slack.posts('alerts')).toMatchObject([{ method: 'chat.postMessage', payload: { text: 'x' } }])
  })

  it.each([
    [{ channel: 'x', text: 'x' }, { token: null }, 'not_authed'],
    [{ channel: 'x', text: '' }, {}, 'no_text'],
    [{ text: 'x' }, {}, 'channel_not_found'],
    [{ channel: 'x', text: 1 }, {}, 'invalid_arguments'],
    [{ channel: 'x', text: 'x' }, { apiMethod: 'chat.delete' }, 'unknown_method'],
  ])('refuses %j under %j with 200 and %s', async (args, under, error) => {
    expect(await call(args, under)).toMatchObject({ status: 200, body: JSON.stringify({ ok: false, error }) })
    expect(slack.requests()).toMatchObject([{ accepted: false, word: error }])
  })

  it('knows only the tokens and channels it was told of', async () => {
    await slack.close()
    slack = await createSlackSimulator({ known: { tokens: ['xoxb-1'], channels: ['alerts'] } })
    expect((await call({ channel: '#alerts', text: 'x' }, { token: 'xoxb-2' })).body).toContain(
      'invalid_auth',
    )
    expect((await call({ channel: '#typo', text: 'x' })).body).toContain('channel_not_found')
    expect((await call({ channel: '#alerts', text: 'x' })).body).toContain('"ok":true')
  })

  it('has a rate for each channel, and its own words for it', async () => {
    await call({ channel: '#alerts', text: 'x' })
    expect(await call({ channel: 'alerts', text: 'x' })).toEqual({
      status: 429,
      body: '{"ok":false,"error":"ratelimited"}',
      retryAfter: '1',
    })
    expect(await call({ channel: '#other', text: 'x' })).toMatchObject({ status: 200 })
  })
})

describe('faults', () => {
  it.each([
    [{ kind: 'gone' }, 404, 'no_service', null],
    [{ kind: 'gone', status: 410, body: 'channel_is_archived' }, 410, 'channel_is_archived', null],
    [{ kind: 'flaky', share: 1, seed: 1 }, 500, 'rollup_error', null],
    [{ kind: 'rate_limited', retryAfterSeconds: null }, 429, '{"ok":false,"error":"rate_limited"}', null],
    [
      { kind: 'rate_limited', retryAfterSeconds: 30 },
      429,
      '{"retry_after":30,"ok":false,"error":"rate_limited"}',
      '30',
    ],
    [{ kind: 'answer', status: 503, body: '<html>', headers: { 'retry-after': '9' } }, 503, '<html>', '9'],
    [{ kind: 'slow', ms: 30 }, 200, 'ok', null],
  ] as const)('%j answers %i %s', async (fault, ...expected) => {
    const [status, body, retryAfter] = expected
    slack.setFault(HOOK, fault)
    expect(await post(HOOK)).toEqual({ status, body, retryAfter })
    expect(await post(OTHER_HOOK)).toMatchObject({ status: 200 })
    expect(slack.posts(HOOK)).toHaveLength(status === 200 ? 1 : 0)
    expect(slack.requests(HOOK)).toMatchObject([{ status }])
  })

  it('takes no token while a fault answers in its place, and works again when it is over', async () => {
    slack.setFault(HOOK, { kind: 'gone' }, { times: 2 })
    const statuses = [(await post(HOOK)).status, (await post(HOOK)).status, (await post(HOOK)).status]
    expect(statuses).toEqual([404, 404, 200])
    slack.setFault(HOOK, { kind: 'gone' })
    slack.clearFault(HOOK)
    time.ms = 1_000
    expect(await post(HOOK)).toMatchObject({ status: 200 })
  })

  it.each([
    [{ kind: 'reset', when: 'before_body' }, 0, 'reset'],
    [{ kind: 'reset', when: 'after_body' }, 0, 'reset'],
    [{ kind: 'reset', when: 'after_record' }, 1, 'reset'],
  ] as const)('%j breaks the connection and records %i posts', async (fault, posts, word) => {
    slack.setFault(HOOK, fault)
    await expect(post(HOOK)).rejects.toThrow('fetch failed')
    expect(slack.posts()).toHaveLength(posts)
    expect(slack.requests()).toMatchObject([{ target: HOOK, status: null, word, accepted: posts === 1 }])
  })

  it.each([
    [{ kind: 'hang' }, 0],
    [{ kind: 'hang', record: true }, 1],
  ] as const)('%j never answers, until the simulator closes, and records %i posts', async (fault, posts) => {
    slack.setFault(HOOK, fault)
    const answered = post(HOOK).catch(() => 'broken off')
    await eventually('the request arrived', () => slack.requests().length === 1)
    expect(slack.posts()).toHaveLength(posts)
    await slack.close()
    expect(await answered).toBe('broken off')
    slack = await createSlackSimulator({ clock })
  })

  it('an answer may hide that the post was taken', async () => {
    slack.setFault(HOOK, { kind: 'answer', status: 502, body: 'Bad Gateway', record: true })
    expect(await post(HOOK)).toMatchObject({ status: 502 })
    expect(slack.posts()).toMatchObject([{ status: 502, accepted: true }])
  })

  it('meet channels of chat.postMessage by name', async () => {
    slack.setFault('#alerts', { kind: 'rate_limited', retryAfterSeconds: 3 }, { times: 1 })
    slack.setFault('other', { kind: 'gone' })
    expect(await call({ channel: 'alerts', text: 'x' })).toMatchObject({ status: 429, retryAfter: '3' })
    expect((await call({ channel: '#alerts', text: 'x' })).body).toContain('"ok":true')
    expect((await call({ channel: '#other', text: 'x' })).body).toContain('channel_not_found')
  })
})

describe('listeners', () => {
  it('hear of accepted posts only, in order, until they stop', async () => {
    const heard: (string | undefined)[] = []
    const stop = slack.onPost((accepted) => heard.push(accepted.payload?.text))
    await post(HOOK, { text: 'one' })
    await post(HOOK, { text: 'early' })
    await post(OTHER_HOOK, { text: 'two' })
    stop()
    time.ms = 1_000
    await post(HOOK, { text: 'unheard' })
    expect(heard).toEqual(['one', 'two'])
  })
})

it('a taken port is an error', async () => {
  const port = Number(new URL(slack.origin).port)
  await expect(createSlackSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
