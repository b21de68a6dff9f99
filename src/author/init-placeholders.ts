import { isRecord } from '../core/is-record.ts'
import type { AnalyticsEvent } from '../event/event.ts'

/**
 * An event of the same shape in which nothing of the original stands but names of fields, its type and its name: what
 * goes into a file that people commit must not hold a customer. Every value is made anew from its field's name and its
 * kind; a field whose own name may be a person's (an e-mail address, a number) is left out.
 */
export function withPlaceholders(event: AnalyticsEvent): Record<string, unknown> {
  const kept = Object.entries(event).filter(([name]) => !LEFT_OUT.includes(name))
  const copy = placeholderOf('', Object.fromEntries(kept), 0)
  const { type, event: name } = event
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof name === 'string' ? { event: name } : {}),
    ...without(copy, ['type', 'event']),
  }
}

/** They are not the message's business, and `integrations` may keep the event from us. */
const LEFT_OUT = ['integrations', 'writeKey', '__proto__']
const MOST_FIELDS = 200
const MOST_DEPTH = 6

function without(value: unknown, names: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

function placeholderOf(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return textFor(name, value)
  // A long of Avro may be more than a number can hold.
  if (typeof value === 'number' || typeof value === 'bigint') return numberFor(name, Number(value))
  if (typeof value === 'boolean') return true
  if (value === null || depth >= MOST_DEPTH) return null
  if (Array.isArray(value)) return value.slice(0, 1).map((item) => placeholderOf(name, item, depth + 1))
  if (!isRecord(value)) return null
  const fields = Object.entries(value).filter(([field]) => isPublicName(field))
  return Object.fromEntries(
    fields.slice(0, MOST_FIELDS).map(([field, item]) => [field, placeholderOf(field, item, depth + 1)]),
  )
}

/** Whether a field's name is one that a developer gave it, rather than data: a map may be keyed by anything. */
export function isPublicName(name: string): boolean {
  return /^[A-Za-z_$][\w$ .-]{0,59}$/.test(name) && !/\d{4}|[0-9a-f]{12}/i.test(name) && name !== '__proto__'
}

/** What a text field is about, by its name. The first that fits. */
const TEXTS: readonly { name: RegExp; text: string }[] = [
  { name: /^userId$/, text: 'user-1' },
  { name: /^anonymousId$/, text: 'anonymous-1' },
  { name: /^messageId$/, text: 'message-1' },
  { name: /e-?mail/i, text: 'ada@example.com' },
  { name: /phone|mobile/i, text: '+1 555 0100' },
  { name: /^ip$|ip_?address/i, text: '203.0.113.1' },
  { name: /url|href|link|referrer|avatar|image|picture/i, text: 'https://example.com/' },
  { name: /currency/i, text: 'USD' },
  { name: /company|organi[sz]ation|account_?name/i, text: 'Example Ltd' },
  { name: /(?:first|given)_?name/i, text: 'Ada' },
  { name: /(?:last|family|sur)_?name/i, text: 'Lovelace' },
  { name: /name$/i, text: 'Ada Lovelace' },
]

export const PLACEHOLDER_TIME = '2026-01-31T08:00:00Z'

function textFor(name: string, value: string): string {
  const known = TEXTS.find((one) => one.name.test(name))
  if (known !== undefined) return known.text
  if (/^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(value)) return PLACEHOLDER_TIME
  return /(?:^|[_-])id$|Id$/.test(name) ? `${wordsOf(name)} 1` : `some ${wordsOf(name)}`
}

/** `order_id` and `orderId` as `order id`. */
export function wordsOf(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[^A-Za-z0-9]+/g, ' ')
  return words.trim().toLowerCase() || 'text'
}

const SECONDS_OF_THIS_AGE = 1_000_000_000
const MILLISECONDS_OF_THIS_AGE = 1_000_000_000_000

/** Times stay times, whole numbers whole. */
function numberFor(name: string, value: number): number {
  if (/(?:^|[_-])id$|Id$/.test(name)) return 1
  if (value >= MILLISECONDS_OF_THIS_AGE) return Date.parse(PLACEHOLDER_TIME)
  if (value >= SECONDS_OF_THIS_AGE) return Date.parse(PLACEHOLDER_TIME) / 1_000
  return Number.isInteger(value) ? 42 : 42.5
}
