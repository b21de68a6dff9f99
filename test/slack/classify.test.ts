import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  blameOverride,
  classifyAnswer,
  classifyApiAnswer,
  classifyFailure,
  type HttpAnswer,
  isSlackWord,
  outcomeInARow,
  type Verdict,
} from '../../src/slack/classify.ts'

interface Case {
  status: number | null
  body: string
  outcome: string
  outcome_first_two?: string
  pattern?: boolean
}

const CASES: Case[] = JSON.parse(
  readFileSync(new URL('../cases/slack-responses.json', import.meta.url), 'utf8'),
)

const HTML = '<!DOCTYPE html>\n<html lang="en"><title>Server Error | Slack</title><body>Sorry!</body></html>'
const UNKNOWN_WORD = 'brand_new_error'

/** Bodies of the kind that a `pattern: true` row stands for. */
const KINDS: Record<string, string[]> = {
  '<any other / HTML>': [HTML, '', UNKNOWN_WORD, '{"error":"oops"}'],
  '<!DOCTYPE html>...<title>Server Error | Slack</title>...': [HTML],
  '<redirect>': ['', HTML],
  '<any other body>': [HTML, '', 'OK', 'okay', 'okok', '"ok"', 'true', '{"ok":true}', '{', 'null', '[]'],
  '<any>': ['', HTML, UNKNOWN_WORD, '{}'],
  '<unknown word>': [UNKNOWN_WORD, 'web.hook.disabled', `{"ok":false,"error":"${UNKNOWN_WORD}"}`],
  '<any other 4xx>': ['', HTML, UNKNOWN_WORD],
}

function answer(status: number, body: string, retryAfter: string | null = null): HttpAnswer {
  return { status, body, retryAfter, receivedAtMs: Date.UTC(2026, 0, 1, 12, 0, 0) }
}

const withStatus = CASES.flatMap((row) => (row.status === null ? [] : [{ ...row, status: row.status }]))

describe('the answers of test/cases/slack-responses.json', () => {
  it.each(withStatus.filter((row) => row.pattern !== true))('$status $body is $outcome', (row) => {
    const verdict = classifyAnswer(answer(row.status, row.body))
    expect(verdict.outcome).toBe(row.outcome)
    if (row.outcome_first_two !== undefined) {
      expect([1, 2, 3, 4].map((nth) => outcomeInARow(verdict, nth))).toEqual([
        row.outcome_first_two,
        row.outcome_first_two,
        row.outcome,
        row.outcome,
      ])
    }
  })

  it.each(withStatus.filter((row) => row.pattern === true))('$status $body is $outcome', (row) => {
    const bodies = KINDS[row.body] ?? []
    expect(bodies).not.toEqual([])
    const outcomes = bodies.map((body) => classifyAnswer(answer(row.status, body)).outcome)
    expect(outcomes).toEqual(bodies.map(() => row.outcome))
  })

  it.each(CASES.filter((row) => row.status === null))('$body is $outcome', (row) => {
    const written = row.body.includes('after request sent')
    expect(classifyFailure({ written, code: 'ECONNRESET' }).outcome).toBe(row.outcome)
  })
})

describe('the body counts before the status', () => {
  it.each([
    [500, 'action_prohibited', 'destination_down', 'a permanent word makes a 500 permanent'],
    [503, 'channel_is_archived', 'destination_down', 'the same under 503'],
    [500, 'invalid_payload', 'rejected', 'a 500 about the payload is not worth a retry'],
    [200, 'no_text', 'rejected', 'a refusal under 200 is a refusal'],
    [400, 'rollup_error', 'retry', 'a passing error under 400 passes'],
    [503, 'message_limit_exceeded', 'rate_limited', 'a limit under another status is a limit'],
    [200, 'no_active_hooks', 'destination_down', 'a webhook gone under 200 is gone'],
    [400, '{"ok":false,"error":"invalid_token"}', 'destination_down', 'the word may stand in JSON'],
    [404, ' no_service\n', 'destination_down', 'white space around the word does not count'],
    [500, 'ok', 'retry', 'ok counts only under 2xx'],
    [404, 'ok', 'destination_down', 'ok under 404 is no success'],
    [429, 'no_service', 'rate_limited', '429 is a limit whatever it says'],
    [429, 'ok', 'rate_limited', '429 is never sent'],
    [429, HTML, 'rate_limited', '429 from a proxy is a limit'],
  ])('%i %j is %s: %s', (status, body, outcome) => {
    expect(classifyAnswer(answer(status, body)).outcome).toBe(outcome)
  })
})

describe('success on a webhook', () => {
  it.each([
    [200, 'ok', 'Slack, Mattermost, Discord'],
    [200, 'ok\n', 'a proxy that adds a line break'],
    [201, 'ok', 'any 2xx'],
    [200, '{"success":true}', 'Rocket.Chat'],
  ])('%i %j is sent: %s', (status, body) => {
    expect(classifyAnswer(answer(status, body))).toMatchObject({
      outcome: 'sent',
      detail: null,
      retryAfterMs: null,
    })
  })
})

describe('statuses that no row names', () => {
  it.each([
    [302, 'destination_down'],
    [308, 'destination_down'],
    [402, 'rejected'],
    [405, 'rejected'],
    [409, 'rejected'],
    [422, 'rejected'],
    [499, 'rejected'],
    [502, 'retry'],
    [504, 'retry'],
    [599, 'retry'],
    [600, 'ambiguous'],
    [999, 'ambiguous'],
    [202, 'ambiguous'],
  ])('%i with an unknown body is %s, on a webhook and from chat.postMessage', (status, outcome) => {
    expect(classifyAnswer(answer(status, HTML)).outcome).toBe(outcome)
    expect(classifyApiAnswer(answer(status, HTML)).outcome).toBe(outcome)
  })
})

describe('Retry-After', () => {
  const wait = (header: string | null, body = ''): number | null =>
    classifyAnswer(answer(429, body, header)).retryAfterMs

  it.each<[string | null, string, number, string]>([
    ['30', '', 30_000, 'whole seconds'],
    [' 30 ', '', 30_000, 'white space'],
    ['1.2', '', 2_000, 'decimals are rounded up'],
    ['86401', '', 86_401_000, 'more than a day is waited for'],
    ['Thu, 01 Jan 2026 12:00:20 GMT', '', 20_000, 'an HTTP date'],
    [null, '{"retry_after":7}', 7_000, 'the body where there is no header'],
    [null, '{"retry_after":0.65}', 1_000, 'a decimal in the body'],
    [null, '{"retry_after":"7"}', 7_000, 'a number in quotes'],
    ['3', '{"retry_after":7}', 3_000, 'the header counts before the body'],
    ['soon', '{"retry_after":7}', 7_000, 'a header that says nothing'],
    ['-5', '{"retry_after":7}', 7_000, 'a negative header'],
    ['Thu, 01 Jan 2026 11:59:00 GMT', '', 1_000, 'a date gone by'],
    ['0', '', 1_000, 'zero is not said'],
    ['-1', '', 1_000, 'negative'],
    ['NaN', '', 1_000, 'not a number'],
    ['Infinity', '', 1_000, 'not a decimal number'],
    ['1e3', '', 1_000, 'nor this'],
    ['', '', 1_000, 'empty'],
    [null, '{"retry_after":-3}', 1_000, 'a negative body'],
    [null, '{"retry_after":null}', 1_000, 'null in the body'],
    [null, '{"retry_after":[9]}', 1_000, 'a list in the body'],
    [null, 'message_limit_exceeded', 1_000, 'neither'],
    ['9'.repeat(400), '', 2_147_483_647, 'what no timer can hold is cut to what one can'],
    [null, '{"retry_after":1e999}', 2_147_483_647, 'infinity in the body likewise'],
  ])('header %j and body %j give %i ms: %s', (header, body, expected) => {
    expect(wait(header, body)).toBe(expected)
  })

  it('is read from chat.postMessage too, and from nothing that is no limit', () => {
    expect(classifyApiAnswer(answer(429, '{"ok":false,"error":"ratelimited"}', '12')).retryAfterMs).toBe(
      12_000,
    )
    expect(classifyAnswer(answer(503, HTML, '12')).retryAfterMs).toBeNull()
  })
})

describe('chat.postMessage', () => {
  const refuse = (error: string, status = 200): Verdict =>
    classifyApiAnswer(answer(status, JSON.stringify({ ok: false, error })))

  it.each([
    ['rate_limited', ['ratelimited', 'rate_limited']],
    ['retry', ['service_unavailable', 'request_timeout']],
    ['ambiguous', ['internal_error', 'fatal_error']],
    ['destination_down', ['channel_not_found', 'not_in_channel', 'is_archived']],
    [
      'destination_down',
      ['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'missing_scope', 'not_authed'],
    ],
    ['rejected', ['no_text', 'invalid_blocks', 'msg_too_long', 'too_many_attachments', 'invalid_arguments']],
    ['rejected', ['restricted_action', 'no_permission', 'some_error_of_tomorrow']],
  ])('ok:false with %s errors: %j', (outcome, errors) => {
    const verdicts = errors.map((error) => refuse(error))
    expect(verdicts.map((verdict) => verdict.outcome)).toEqual(errors.map(() => outcome))
    expect(verdicts.map((verdict) => verdict.detail)).toEqual(errors)
  })

  it('is sent with the ts and the channel id of the answer', () => {
    const body = '{"ok":true,"channel":"C024BE91L","ts":"1503435956.000247","message":{"text":"hello"}}'
    expect(classifyApiAnswer(answer(200, body))).toMatchObject({
      outcome: 'sent',
      detail: null,
      ts: '1503435956.000247',
      channel: 'C024BE91L',
    })
  })

  it.each([
    ['{"ok":true}', 'no ts'],
    ['{"ok":true,"ts":12,"channel":{"id":"C1"}}', 'of another type'],
    ['{"ok":true,"ts":"1 2\\n","channel":"<script>"}', 'of another alphabet'],
  ])('%s is sent, without the ids: %s', (body) => {
    expect(classifyApiAnswer(answer(200, body))).toMatchObject({ outcome: 'sent', ts: null, channel: null })
  })

  it.each([
    ['{"needed":"chat:write.customize"}', 'missing_scope: chat:write.customize'],
    ['{"needed":"chat:write,chat:write.public"}', 'missing_scope: chat:write chat:write.public'],
    ['{"needed":"<b>"}', 'missing_scope'],
    ['{"needed":["chat:write"]}', 'missing_scope'],
    [`{"needed":"${'a'.repeat(79)}"}`, 'missing_scope'],
    ['{}', 'missing_scope'],
  ])('missing_scope with %s is told as %j', (more, detail) => {
    const body = JSON.stringify({ ok: false, error: 'missing_scope', ...JSON.parse(more) })
    expect(classifyApiAnswer(answer(200, body))).toMatchObject({ outcome: 'destination_down', detail })
  })

  it.each([
    [200, 'ok', 'ambiguous', "a webhook's answer says nothing here"],
    [200, HTML, 'ambiguous', 'a captive portal'],
    [200, '{}', 'ambiguous', 'neither true nor false'],
    [200, '{"ok":"true"}', 'ambiguous', 'true is not "true"'],
    [200, '{"ok":false}', 'rejected', 'a refusal without a name'],
    [200, '{"ok":false,"error":42}', 'rejected', 'a refusal with an odd name'],
    [500, '{"ok":false,"error":"fatal_error"}', 'ambiguous', 'the error counts before the status'],
    [503, '{"ok":false,"error":"service_unavailable"}', 'retry', 'both agree'],
    [503, '{"ok":false,"error":"invalid_auth"}', 'destination_down', 'a permanent error under 503'],
    [
      503,
      '{"ok":false,"error":"some_error_of_tomorrow"}',
      'retry',
      'an unknown error leaves it to the status',
    ],
    [500, '{"ok":true}', 'retry', 'only a 2xx can be sent'],
    [429, '{"ok":true}', 'rate_limited', '429 is a limit whatever it says'],
    [302, '', 'destination_down', 'a redirect'],
    [200, '{"ok":true', 'ambiguous', 'a body cut short'],
    [200, '[{"ok":true}]', 'ambiguous', 'a list'],
  ])('%i %j is %s: %s', (status, body, outcome) => {
    expect(classifyApiAnswer(answer(status, body)).outcome).toBe(outcome)
  })
})

describe('detail', () => {
  it.each([
    [400, 'invalid_payload', 'invalid_payload'],
    [400, UNKNOWN_WORD, UNKNOWN_WORD],
    [400, '{"success":false,"error":"invalid-channel"}', 'invalid-channel'],
    [
      400,
      '{"id":"web.incoming_webhook.disabled.app_error","message":"No."}',
      'web.incoming_webhook.disabled.app_error',
    ],
    [400, '', 'empty_body 400'],
    [500, HTML, 'foreign_body 500'],
    [403, 'Forbidden', 'foreign_body 403'],
    [400, 'a'.repeat(80), 'a'.repeat(80)],
    [400, 'a'.repeat(81), 'foreign_body 400'],
    [400, 'two\nlines', 'foreign_body 400'],
    [400, 'na\u00efve', 'foreign_body 400'],
    [400, '{"error":{"a":1}}', 'foreign_body 400'],
    [301, '', 'empty_body 301'],
    [429, HTML, 'rate_limited'],
  ])('%i %j is told as %j', (status, body, detail) => {
    expect(classifyAnswer(answer(status, body)).detail).toBe(detail)
  })

  it('of a failure is its code, or a neutral word', () => {
    const details = ['ECONNREFUSED', 'DEPTH_ZERO_SELF_SIGNED_CERT', null, 'B\u00f6se!'].map(
      (code) => classifyFailure({ written: false, code }).detail,
    )
    expect(details).toEqual(['econnrefused', 'depth_zero_self_signed_cert', 'not_connected', 'not_connected'])
    expect(classifyFailure({ written: true, code: null }).detail).toBe('no_answer')
  })
})

describe('no_service in a row', () => {
  it('tolerates nothing but no_service', () => {
    const tolerated = withStatus
      .filter((row) => classifyAnswer(answer(row.status, row.body)).tolerated > 0)
      .map((row) => row.body)
    expect(tolerated).toEqual(['no_service'])
  })

  it('leaves every other verdict alone from the first on', () => {
    expect(outcomeInARow(classifyAnswer(answer(403, 'invalid_token')), 1)).toBe('destination_down')
    expect(outcomeInARow(classifyAnswer(answer(400, 'no_text')), 1)).toBe('rejected')
  })
})

describe("a message's own channel", () => {
  it.each([
    [404, 'channel_not_found', 'rejected'],
    [410, 'channel_is_archived', 'rejected'],
    [403, 'posting_to_general_channel_denied', 'rejected'],
    [404, 'no_service', 'destination_down'],
    [403, 'invalid_token', 'destination_down'],
    [500, HTML, 'retry'],
  ])('%i %s becomes %s', (status, body, outcome) => {
    expect(blameOverride(classifyAnswer(answer(status, body))).outcome).toBe(outcome)
  })
})

it('knows its own words and no other', () => {
  expect(['no_service', 'token_revoked', 'rollup_error'].map(isSlackWord)).toEqual([true, true, true])
  expect(['', 'ok', 'xoxb-1', 'constructor', '__proto__'].map(isSlackWord)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
