import type { AttemptOutcome } from '../core/outcome.ts'
import { parseJsonObject } from '../core/parse-json-object.ts'
import { retryAfterMs } from './retry-after.ts'

/**
 * What an attempt to post meant, decided by one table: first by the word in the body, whatever the status, then by
 * the status. Two exceptions: 429 is always rate_limited, and only a 2xx can be sent.
 *
 * Words: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ and
 * https://docs.slack.dev/reference/methods/chat.postMessage; test/cases/slack-responses.json names the others.
 */

export interface HttpAnswer {
  status: number
  /** The Retry-After header. */
  retryAfter: string | null
  body: string
  /** Wall clock, milliseconds: what a Retry-After date is taken against. */
  receivedAtMs: number
}

export interface Verdict {
  outcome: AttemptOutcome
  /** Slack's word, or a neutral one: at most 80 characters of `[a-z0-9_.: -]`. Null where sent. */
  detail: string | null
  /** Set where rate_limited, and only there. */
  retryAfterMs: number | null
  /** How many answers of this kind in a row are only a `retry`; see outcomeInARow. */
  tolerated: number
  /** The word blames the channel, not the webhook or the token; see blameOverride. */
  blamesChannel: boolean
  /** chat.postMessage only: the message's timestamp id and the channel's id. */
  ts: string | null
  channel: string | null
}

type Words = Readonly<Partial<Record<AttemptOutcome, readonly string[]>>>

const WEBHOOK_WORDS: Words = {
  rate_limited: ['rate_limited', 'ratelimited', 'message_limit_exceeded'],
  retry: ['rollup_error'],
  rejected: [
    'invalid_payload',
    'no_text',
    'missing_text_or_fallback_or_attachments',
    'invalid_blocks',
    'invalid_blocks_format',
    'too_many_attachments',
    'user_not_found',
  ],
  destination_down: [
    'invalid_token',
    'action_prohibited',
    'posting_to_general_channel_denied',
    'team_disabled',
    'channel_not_found',
    'channel_is_archived',
    'no_service',
    'no_service_id',
    'no_active_hooks',
    'no_team',
  ],
}

const API_WORDS: Words = {
  rate_limited: ['ratelimited', 'rate_limited'],
  retry: ['service_unavailable', 'request_timeout'],
  ambiguous: ['internal_error', 'fatal_error'],
  rejected: ['no_text', 'invalid_blocks', 'msg_too_long', 'too_many_attachments', 'invalid_arguments'],
  destination_down: [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'invalid_auth',
    'token_revoked',
    'token_expired',
    'account_inactive',
    'missing_scope',
    'not_authed',
  ],
}

/** `no_service` has been seen now and then on working webhooks. */
const TOLERATED: ReadonlyMap<string, number> = new Map([['no_service', 2]])

const CHANNEL_WORDS: ReadonlySet<string> = new Set([
  'channel_not_found',
  'channel_is_archived',
  'posting_to_general_channel_denied',
  'not_in_channel',
  'is_archived',
])

/**
 * The whole bodies that mean sent on a webhook: Slack's, which Mattermost and Discord's /slack repeat, and
 * Rocket.Chat's. Any other 2xx may be a proxy or a captive portal.
 */
const SENT_BODIES: ReadonlySet<string> = new Set(['ok', '{"success":true}'])

/** The first row that fits decides. */
const STATUSES: readonly { from: number; to: number; outcome: AttemptOutcome }[] = [
  { from: 200, to: 299, outcome: 'ambiguous' },
  { from: 300, to: 399, outcome: 'destination_down' },
  { from: 401, to: 401, outcome: 'destination_down' },
  { from: 403, to: 404, outcome: 'destination_down' },
  { from: 408, to: 408, outcome: 'retry' },
  { from: 410, to: 410, outcome: 'destination_down' },
  { from: 429, to: 429, outcome: 'rate_limited' },
  { from: 400, to: 499, outcome: 'rejected' },
  { from: 500, to: 599, outcome: 'retry' },
]

const WEBHOOK_OUTCOMES = outcomesByWord(WEBHOOK_WORDS)
const API_OUTCOMES = outcomesByWord(API_WORDS)

/** The verdict on an incoming webhook's answer. White space around the body does not count. */
export function classifyAnswer(answer: HttpAnswer): Verdict {
  const text = answer.body.trim()
  const json = parseJsonObject(text)
  if (isSuccess(answer.status) && SENT_BODIES.has(text)) return verdict('sent', null)
  const word = asWord(json === null ? text : (json.error ?? json.id))
  const byWord = word === null ? undefined : WEBHOOK_OUTCOMES.get(word)
  return judge(answer, { json, word, outcome: byWord ?? outcomeOfStatus(answer.status) })
}

/** The verdict on an answer of chat.postMessage, whose errors come with HTTP 200 and `ok: false`. */
export function classifyApiAnswer(answer: HttpAnswer): Verdict {
  const json = parseJsonObject(answer.body.trim())
  if (isSuccess(answer.status) && json?.ok === true) {
    return { ...verdict('sent', null), ts: asId(json.ts), channel: asId(json.channel) }
  }
  const word = asWord(json?.error)
  const byWord = word === null ? undefined : API_OUTCOMES.get(word)
  const isRefusal = isSuccess(answer.status) && json?.ok === false
  const outcome = byWord ?? (isRefusal ? 'rejected' : outcomeOfStatus(answer.status))
  const judged = judge(answer, { json, word, outcome })
  return word === 'missing_scope' ? { ...judged, detail: withScope(word, json?.needed) } : judged
}

/**
 * The verdict where no whole answer came. `written`: the request was handed to a connected socket, so it may have
 * arrived. `code` is that of the system, TLS or undici error, and becomes the detail.
 */
export function classifyFailure(failure: { written: boolean; code: string | null }): Verdict {
  const fallback = failure.written ? 'no_answer' : 'not_connected'
  return verdict(failure.written ? 'ambiguous' : 'retry', asWord(failure.code?.toLowerCase()) ?? fallback)
}

/** The outcome of the `inARow`-th (from 1) such answer in a row on one lane. */
export function outcomeInARow(
  verdict: Pick<Verdict, 'outcome' | 'tolerated'>,
  inARow: number,
): AttemptOutcome {
  return inARow <= verdict.tolerated ? 'retry' : verdict.outcome
}

/** Where the message itself chose the channel, a word against the channel says nothing of the webhook. */
export function blameOverride(verdict: Verdict): Verdict {
  return verdict.blamesChannel ? { ...verdict, outcome: 'rejected' } : verdict
}

/** Whether the text is one of the words of the tables above, which are public. */
export function isSlackWord(text: string): boolean {
  return WEBHOOK_OUTCOMES.has(text) || API_OUTCOMES.has(text)
}

interface Reading {
  json: Record<string, unknown> | null
  word: string | null
  outcome: AttemptOutcome
}

function judge(answer: HttpAnswer, { json, word, outcome }: Reading): Verdict {
  if (answer.status === 429 || outcome === 'rate_limited') {
    const waitMs = retryAfterMs({
      header: answer.retryAfter,
      bodySeconds: json?.retry_after,
      receivedAtMs: answer.receivedAtMs,
    })
    return { ...verdict('rate_limited', word ?? 'rate_limited'), retryAfterMs: waitMs }
  }
  return {
    ...verdict(outcome, word ?? `${answer.body.trim() === '' ? 'empty' : 'foreign'}_body ${answer.status}`),
    tolerated: outcome === 'destination_down' ? (TOLERATED.get(word ?? '') ?? 0) : 0,
    blamesChannel: outcome === 'destination_down' && CHANNEL_WORDS.has(word ?? ''),
  }
}

function verdict(outcome: AttemptOutcome, detail: string | null): Verdict {
  return { outcome, detail, retryAfterMs: null, tolerated: 0, blamesChannel: false, ts: null, channel: null }
}

function outcomesByWord(words: Words): ReadonlyMap<string, AttemptOutcome> {
  const outcomes = new Map<string, AttemptOutcome>()
  for (const outcome of ['rate_limited', 'retry', 'ambiguous', 'rejected', 'destination_down'] as const) {
    for (const word of words[outcome] ?? []) outcomes.set(word, outcome)
  }
  return outcomes
}

/** A status that HTTP does not know says nothing: the message may have been posted. */
function outcomeOfStatus(status: number): AttemptOutcome {
  return STATUSES.find((row) => status >= row.from && status <= row.to)?.outcome ?? 'ambiguous'
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299
}

/** Text of the closed alphabet, so that nothing of a foreign answer reaches logs and records under this name. */
function asWord(value: unknown): string | null {
  return typeof value === 'string' && /^[a-z0-9_.: -]{1,80}$/.test(value) ? value : null
}

function asId(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : null
}

function withScope(word: string, needed: unknown): string {
  const scopes = typeof needed === 'string' ? asWord(needed.replace(/,\s*/g, ' ')) : null
  return scopes === null ? word : (asWord(`${word}: ${scopes}`) ?? word)
}
