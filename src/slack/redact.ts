import { escapeForRegExp } from '../core/escape-for-reg-exp.ts'
import { REDACTED } from '../core/secret.ts'
import { SLACK_SECRET_SHAPES } from '../core/slack-secret-shapes.ts'
import { isSlackWord } from './classify.ts'

/**
 * Removes a destination's secrets from text that a receiver sent back: the webhook's URL whole, its path and
 * query, each of their segments of 8 or more characters, and the token, in any case of letters; and whatever else looks
 * like a secret of Slack's. Slack's own words stay, though a path should hold one.
 */

/** Shorter segments (T0, services) are as likely words of the answer as parts of the secret. */
const MIN_SEGMENT_LENGTH = 8

const MAX_EXCERPT_LENGTH = 200

export interface DestinationSecrets {
  webhookUrl: URL | null
  token: string | null
}

/** A function from text to the same text with the secrets replaced by `<redacted>`. */
export function createRedactor(secrets: DestinationSecrets): (text: string) => string {
  const forms = [...formsOfUrl(secrets.webhookUrl), ...formsOfToken(secrets.token)]
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  const pattern = new RegExp([...longestFirst.map(escapeForRegExp), ...SLACK_SECRET_SHAPES].join('|'), 'gi')
  return (text) => text.replace(pattern, REDACTED)
}

/** The beginning of an answer as a person can read it: one line, no secret, at most 200 characters. */
export function excerpt(body: string, redact: (text: string) => string): string {
  const line = body.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return redact(line)
    .slice(0, MAX_EXCERPT_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '')
}

function formsOfUrl(url: URL | null): string[] {
  if (url === null) return []
  const segments = `${url.pathname}${url.search}`
    .split(/[/?&=]/)
    .flatMap((segment) => [segment, decoded(segment)])
    .filter((segment) => segment.length >= MIN_SEGMENT_LENGTH && !isSlackWord(segment))
  const paths = [`${url.pathname}${url.search}`, url.pathname].filter((path) => path.length > 1)
  return [url.href, ...paths, ...segments]
}

function formsOfToken(token: string | null): string[] {
  return token === null || token === '' ? [] : [token, encodeURIComponent(token)]
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
