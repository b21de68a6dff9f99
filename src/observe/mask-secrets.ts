import { escapeForRegExp } from '../core/escape-for-reg-exp.ts'
import { REDACTED, type Secret } from '../core/secret.ts'
import { SLACK_SECRET_SHAPES } from '../core/slack-secret-shapes.ts'

/**
 * The last guard before a log line leaves the process: no secret stands in it, whatever error or answer it came
 * with. Two kinds are masked: the secrets of the configuration, by value, and whatever has the shape of a Slack
 * webhook or token. A masked line is still valid JSON.
 */

/** Below this length a value is as likely a word as a secret, and masking it would garble every line. */
const MIN_SECRET_LENGTH = 6

/** The same for one segment of a URL's path: `services` is a word, the 24 characters that end a webhook are not. */
const MIN_SEGMENT_LENGTH = 12

/**
 * JSON escapes are stepped over whole, so that a mask never begins inside one and leaves half of it behind.
 */
const JSON_ESCAPE = String.raw`\\(?:u[0-9a-fA-F]{4}|.)`

/** Only strings are masked: a password of digits must not break a number. */
const JSON_STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/g

/** From JSON text to the same text with every secret replaced by `<redacted>`. */
export type SecretMask = (jsonText: string) => string

export function createSecretMask(secrets: Iterable<Secret>): SecretMask {
  const values = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length)
  const shapes = [...values.map(escapeForRegExp), ...SLACK_SECRET_SHAPES]
  const pattern = new RegExp(`(${shapes.join('|')})|${JSON_ESCAPE}`, 'g')
  const maskString = (text: string) =>
    text.replace(pattern, (found, secret: string | undefined) => (secret === undefined ? found : REDACTED))
  return (json) => json.replace(JSON_STRING, maskString)
}

/** A secret as it can stand in a line: whole, and for a URL its path and query, which are the secret part. */
function formsOf(secret: Secret): string[] {
  const value = secret.reveal()
  const url = URL.canParse(value) ? new URL(value) : null
  const path = url === null ? '' : `${url.pathname}${url.search}`
  const segments = path.split(/[/?&=]/).filter((segment) => segment.length >= MIN_SEGMENT_LENGTH)
  const forms = [value, encodeURIComponent(value), url?.href ?? '', path, ...segments]
  return forms
    .map((form) => JSON.stringify(form).slice(1, -1))
    .filter((form) => form.length >= MIN_SECRET_LENGTH)
}
