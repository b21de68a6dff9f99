import type { ApiDestination, WebhookDestination } from '../config/config.ts'
import type { AttemptOutcome } from '../core/outcome.ts'
import type { Answer, MessageContent } from '../core/records.ts'
import {
  blameOverride,
  classifyAnswer,
  classifyApiAnswer,
  classifyFailure,
  type HttpAnswer,
  isSlackWord,
  type Verdict,
} from './classify.ts'
import { createRedactor, type DestinationSecrets, excerpt } from './redact.ts'

/** One attempt to post, judged. Nothing in it tells a webhook's URL or a token. */
export interface Attempt {
  outcome: AttemptOutcome
  /** Slack's word, or what went wrong on the way: at most 80 characters of `[a-z0-9_.: -]`. Null where sent. */
  detail: string | null
  /** Set where rate_limited, and only there. */
  retryAfterMs: number | null
  /** How many answers of this kind in a row are only a `retry`: see outcomeInARow in classify.ts. */
  tolerated: number
  /** The word blames the channel; with `rejected` it is the one that the message chose, see blameOverride there. */
  blamesChannel: boolean
  /** Null where no answer began. */
  answer: Answer | null
  /** From the moment a slot was free to the end. */
  durationMs: number
}

/**
 * The detail of an attempt that the caller itself withheld: `beforeWrite` said no, the signal came before the
 * request was written, or the client was closed. Nothing reached the wire; the outcome is `retry`, and it says
 * nothing about the destination.
 */
export const NOT_WRITTEN = 'not_written'

/** What came of a request on the wire. */
export type Exchange =
  | { kind: 'withheld' }
  | { kind: 'answered'; answer: HttpAnswer }
  /** `partial`: the head of an answer whose body never came to its end. */
  | { kind: 'failed'; written: boolean; code: string | null; partial: HttpAnswer | null }

export interface Post {
  destination: WebhookDestination | ApiDestination
  message: MessageContent
}

/** Judges an exchange; `durationMs` is the caller's to add. */
export function judgeExchange(exchange: Exchange, post: Post): Omit<Attempt, 'durationMs'> {
  if (exchange.kind === 'withheld') {
    return {
      outcome: 'retry',
      detail: NOT_WRITTEN,
      retryAfterMs: null,
      tolerated: 0,
      blamesChannel: false,
      answer: null,
    }
  }
  const verdict = verdictOn(exchange, post)
  const { outcome, retryAfterMs, tolerated, blamesChannel } = verdict
  const answer = exchange.kind === 'answered' ? exchange.answer : exchange.partial
  if (outcome === 'sent') {
    return {
      outcome,
      detail: null,
      retryAfterMs,
      tolerated,
      blamesChannel,
      answer: answer && recordOfSent(answer, verdict, post),
    }
  }
  const redact = createRedactor(secretsOf(post.destination))
  return {
    outcome,
    detail: publicDetail(verdict.detail, redact),
    retryAfterMs,
    tolerated,
    blamesChannel,
    answer: answer && { status: answer.status, body: excerpt(answer.body, redact), ts: null, channel: null },
  }
}

function verdictOn(exchange: Exclude<Exchange, { kind: 'withheld' }>, post: Post): Verdict {
  const classify = post.destination.type === 'api' ? classifyApiAnswer : classifyAnswer
  if (exchange.kind === 'failed') {
    const failure = classifyFailure(exchange)
    if (exchange.partial === null) return failure
    // A body that was cut off may be cut inside a word, while the status has come whole: 429 is 429.
    return { ...classify({ ...exchange.partial, body: '' }), detail: failure.detail }
  }
  const verdict = classify(exchange.answer)
  return choseItsChannel(post) ? blameOverride(verdict) : verdict
}

/** A channel of chat.postMessage is a lane of its own, so there an override blames nothing but that lane. */
function choseItsChannel({ destination, message }: Post): boolean {
  return destination.type === 'webhook' && message.channel !== null && message.channel !== destination.channel
}

/** The body of a successful chat.postMessage repeats the message: its two ids are all that is kept of it. */
function recordOfSent(answer: HttpAnswer, verdict: Verdict, { destination }: Post): Answer {
  const body = destination.type === 'api' ? '' : answer.body.trim()
  return { status: answer.status, body, ts: verdict.ts, channel: verdict.channel }
}

/** An unknown word may be an echo of the secret; one of Slack's own is not, though a path should hold it. */
function publicDetail(detail: string | null, redact: (text: string) => string): string | null {
  if (detail === null || isSlackWord(detail)) return detail
  return redact(detail) === detail ? detail : 'redacted'
}

function secretsOf(destination: WebhookDestination | ApiDestination): DestinationSecrets {
  return destination.type === 'webhook'
    ? { webhookUrl: urlOf(destination), token: null }
    : { webhookUrl: null, token: destination.token.reveal() }
}

/** Where a destination is posted to. Throws without naming the address: it was checked when it was configured. */
export function urlOf(destination: WebhookDestination | ApiDestination): URL {
  const url = URL.parse(destination.type === 'webhook' ? destination.url.reveal() : destination.methodUrl)
  if (url === null) throw new Error(`The address of destination ${destination.id} is not a URL.`)
  return url
}
