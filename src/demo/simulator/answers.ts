/**
 * What Slack answers: a word in plain text on a webhook, JSON with HTTP 200 from chat.postMessage.
 * Words and statuses: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ and
 * https://docs.slack.dev/reference/methods/chat.postMessage.
 */
export interface Reply {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  /** The reply in a word, for the ledger. */
  word: string
}

/** Why a post is refused, whichever way it came. */
export const REFUSALS = [
  'invalid_payload',
  'no_text',
  'too_many_attachments',
  'msg_too_long',
  'no_service',
  'channel_not_found',
  'not_authed',
  'invalid_auth',
  'method_not_allowed',
  'unknown_method',
  'rollup_error',
] as const
export type Refusal = (typeof REFUSALS)[number]

const WEBHOOK_STATUSES: Readonly<Record<Refusal, number>> = {
  invalid_payload: 400,
  no_text: 400,
  too_many_attachments: 400,
  msg_too_long: 413,
  no_service: 404,
  channel_not_found: 404,
  not_authed: 403,
  invalid_auth: 403,
  method_not_allowed: 405,
  unknown_method: 404,
  rollup_error: 500,
}

const TEXT = { 'content-type': 'text/html' }
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

export const OK: Reply = { status: 200, headers: TEXT, body: 'ok', word: 'ok' }

export function webhookRefusal(word: Refusal): Reply {
  return { status: WEBHOOK_STATUSES[word], headers: TEXT, body: word, word }
}

/** `retryAfterSeconds` null: Slack's 429 that names no time, neither in the header nor in the body. */
export function webhookRateLimited(retryAfterSeconds: number | null): Reply {
  const seconds = retryAfterSeconds === null ? {} : { retry_after: retryAfterSeconds }
  return rateLimited(retryAfterSeconds, { ...seconds, ok: false, error: 'rate_limited' })
}

export function apiPosted(posted: { channel: string; ts: string; text: string }): Reply {
  const { channel, ts, text } = posted
  const body = { ok: true, channel, ts, message: { type: 'message', subtype: 'bot_message', text, ts } }
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body), word: 'ok' }
}

export function apiRefusal(word: Refusal): Reply {
  const error = word === 'invalid_payload' || word === 'method_not_allowed' ? 'invalid_arguments' : word
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify({ ok: false, error }), word: error }
}

export function apiRateLimited(retryAfterSeconds: number | null): Reply {
  return rateLimited(retryAfterSeconds, { ok: false, error: 'ratelimited' })
}

function rateLimited(retryAfterSeconds: number | null, body: { ok: false; error: string }): Reply {
  const retryAfter: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return {
    status: 429,
    headers: { ...JSON_TYPE, ...retryAfter },
    body: JSON.stringify(body),
    word: body.error,
  }
}
