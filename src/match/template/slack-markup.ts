/**
 * What a template puts out. A plain value becomes text and is escaped; SlackMarkup is already Slack's and is not
 * escaped again. The mark is the class, never the look of a text.
 */
import { Drop, toValue } from 'liquidjs'
import { cleanText, escapeText } from '../../slack/escape.ts'

/**
 * A Drop, so that Liquid's own filters and operators see `plain`: what they make of it is plain text again, and
 * is escaped like any other.
 */
export class SlackMarkup extends Drop {
  /** As it is sent to Slack. */
  readonly markup: string
  /** The same cleaned, but not escaped. */
  readonly plain: string

  constructor(markup: string, plain: string) {
    super()
    this.markup = markup
    this.plain = plain
  }

  get size(): number {
    return this.plain.length
  }

  get length(): number {
    return this.plain.length
  }

  override valueOf(): string {
    return this.plain
  }

  override toString(): string {
    return this.plain
  }
}

/** `plain` is for what is escaped later as a whole, such as an address. */
export type OutputForm = 'markup' | 'plain'

/** Any value as it is shown: SlackMarkup as it is, anything else as escaped text. */
export function toMarkup(value: unknown): SlackMarkup {
  if (value instanceof SlackMarkup) return value
  const plain = cleanText(toPlainText(value))
  return new SlackMarkup(escapeText(plain), plain)
}

/** Any value unescaped, but cleaned. */
export function toRawMarkup(value: unknown): SlackMarkup {
  if (value instanceof SlackMarkup) return value
  const plain = cleanText(toPlainText(value))
  return new SlackMarkup(plain, plain)
}

/**
 * Any value as text: nothing for null, undefined, NaN and infinity; a list of scalars as `a, b, c` without the
 * empty ones; an object, or a list that holds one, as compact JSON.
 */
export function toPlainText(value: unknown): string {
  const plain: unknown = toValue(value)
  switch (typeof plain) {
    case 'string':
      return plain
    case 'number':
      return Number.isFinite(plain) ? String(plain) : ''
    case 'boolean':
    case 'bigint':
      return String(plain)
    case 'object':
      return objectText(plain)
    default:
      return ''
  }
}

function objectText(value: object | null): string {
  if (value === null) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (!Array.isArray(value) || value.some(isComposite)) return toJson(value)
  return value
    .map(toPlainText)
    .filter((text) => text !== '')
    .join(', ')
}

/** True for what has parts of its own and is no text, number or date. */
export function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Drop)
}

/** JSON that takes any number: an integer beyond 2^53 becomes a string of its digits. */
export function toJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, (_, member: unknown) => jsonValue(toValue(member)), indent) ?? ''
}

function jsonValue(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
