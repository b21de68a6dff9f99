import { createHash } from 'node:crypto'
import {
  apiPosted,
  apiRateLimited,
  apiRefusal,
  OK,
  type Refusal,
  type Reply,
  webhookRateLimited,
  webhookRefusal,
} from './answers.ts'
import { type Bucket, createBucket } from './bucket.ts'
import { type Arrival, channelName } from './intake.ts'
import type { ReceivedPayload } from './payload.ts'

/** What exists. A list that is left out restricts nothing: then every path under /services/ is a webhook. */
export interface Known {
  /** Paths of webhooks: `/services/T0/B0/secret`. */
  webhooks?: readonly string[]
  /** Names or ids of channels, without `#`. */
  channels?: readonly string[]
  /** Tokens of chat.postMessage. */
  tokens?: readonly string[]
}

export interface Judged {
  reply: Reply
  /** Whether the message shows in the channel. */
  accepted: boolean
}

/**
 * Decides on whole requests as Slack would: does the webhook exist, is its bucket full, is the payload sound. A
 * webhook has a bucket; so has a channel of chat.postMessage. Only an accepted post takes the bucket's token.
 */
export interface Desk {
  /** `arrivedMs` is monotonic, `arrivedAt` milliseconds since the epoch. */
  judge(arrival: Arrival, at: { arrivedMs: number; arrivedAt: number }): Judged
}

/** What a webhook or channel takes: one rate for all, or one by target. Null is no limit. */
export type Rates = number | null | ((target: string) => number | null)

export interface DeskOptions {
  ratePerSecond: Rates
  known: Known
  /** A sound payload that is refused all the same, as Slack refuses one for what its text holds. */
  refuse?: ((payload: ReceivedPayload) => Refusal | null) | undefined
}

export function createDesk(options: DeskOptions): Desk {
  const { ratePerSecond, refuse = () => null } = options
  const known = lookupOf(options.known)
  const rateOf = typeof ratePerSecond === 'function' ? ratePerSecond : () => ratePerSecond
  const buckets = new Map<string, Bucket>()
  const nextTs = createTs()

  const bucketOf = (key: string, target: string): Bucket => {
    const found = buckets.get(key) ?? createBucket(rateOf(target))
    buckets.set(key, found)
    return found
  }

  const refusalOfPayload = ({ parsed }: Arrival): Refusal | null =>
    parsed.ok ? refuse(parsed.payload) : parsed.refusal

  const judgeWebhook = (arrival: Arrival, arrivedMs: number): Judged => {
    const bucket = bucketOf(arrival.target, arrival.target)
    const refusal = webhookRefusalOf(arrival, known) ?? refusalOfPayload(arrival)
    if (refusal === 'no_service' || refusal === 'method_not_allowed') return refused(webhookRefusal(refusal))
    const waitMs = bucket.waitMs(arrivedMs)
    if (waitMs > 0) return refused(webhookRateLimited(wholeSeconds(waitMs)))
    if (refusal !== null) return refused(webhookRefusal(refusal))
    bucket.take(arrivedMs)
    return { reply: OK, accepted: true }
  }

  const judgeApi = (arrival: Arrival, at: { arrivedMs: number; arrivedAt: number }): Judged => {
    const { parsed, target } = arrival
    const refusal = apiRefusalOf(arrival, known) ?? refusalOfPayload(arrival)
    if (refusal !== null || !parsed.ok) return refused(apiRefusal(refusal ?? 'invalid_payload'))
    const bucket = bucketOf(`${arrival.token} ${target}`, target)
    const waitMs = bucket.waitMs(at.arrivedMs)
    if (waitMs > 0) return refused(apiRateLimited(wholeSeconds(waitMs)))
    bucket.take(at.arrivedMs)
    const posted = { channel: channelId(target), ts: nextTs(at.arrivedAt), text: parsed.payload.text }
    return { reply: apiPosted(posted), accepted: true }
  }

  return {
    judge: (arrival, at) =>
      arrival.route.kind === 'webhook' ? judgeWebhook(arrival, at.arrivedMs) : judgeApi(arrival, at),
  }
}

function webhookRefusalOf({ target, httpMethod, parsed }: Arrival, known: Lookup): Refusal | null {
  if (!target.startsWith('/services/') || !isKnown(known.webhooks, target)) return 'no_service'
  if (httpMethod !== 'POST') return 'method_not_allowed'
  if (!parsed.ok) return parsed.refusal
  const { channel } = parsed.payload
  return channel === null || isKnown(known.channels, channelName(channel)) ? null : 'channel_not_found'
}

function apiRefusalOf({ route, target, httpMethod, token, parsed }: Arrival, known: Lookup): Refusal | null {
  if (route.kind === 'api' && route.apiMethod !== 'chat.postMessage') return 'unknown_method'
  if (httpMethod !== 'POST') return 'method_not_allowed'
  if (token === null) return 'not_authed'
  if (!isKnown(known.tokens, token)) return 'invalid_auth'
  if (!parsed.ok) return parsed.refusal
  return target !== '' && isKnown(known.channels, target) ? null : 'channel_not_found'
}

function refused(reply: Reply): Judged {
  return { reply, accepted: false }
}

type Lookup = Readonly<Record<keyof Known, ReadonlySet<string> | null>>

function lookupOf({ webhooks, channels, tokens }: Known): Lookup {
  const setOf = (names: readonly string[] | undefined): Set<string> | null =>
    names === undefined ? null : new Set(names)
  return { webhooks: setOf(webhooks), channels: setOf(channels), tokens: setOf(tokens) }
}

function isKnown(names: ReadonlySet<string> | null, name: string): boolean {
  return names === null || names.has(name)
}

/** Rounded up, so that nobody who waits this long comes too early. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1_000)
}

/** Message ids as Slack's: seconds since the epoch with six decimals, no two alike. */
function createTs(): (nowMs: number) => string {
  let lastMicros = 0
  return (nowMs) => {
    lastMicros = Math.max(Math.floor(nowMs * 1_000), lastMicros + 1)
    return (lastMicros / 1_000_000).toFixed(6)
  }
}

/** A user's id stands for the direct message with that user; a name has an id that is always the same. */
function channelId(channel: string): string {
  if (/^[CDG][A-Z0-9]{7,}$/.test(channel)) return channel
  const digits = createHash('sha256').update(channel).digest('hex').slice(0, 9).toUpperCase()
  return /^[UW][A-Z0-9]{7,}$/.test(channel) ? `D0${digits}` : `C0${digits}`
}
