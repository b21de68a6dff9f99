/**
 * Liquid's own filters on text, made to see text: whatever else they are given is first written as a message
 * would show it, so that no `[object Object]` or `NaN` comes of it. Text is cleaned on the way in.
 */
import { Drop, type FilterImplOptions, filters as liquidFilters } from 'liquidjs'
import { cleanText } from '../../slack/escape.ts'
import { toNumber } from './number-filters.ts'
import { isComposite, SlackMarkup, toJson, toPlainText } from './slack-markup.ts'

export type FilterHandler = Exclude<FilterImplOptions, { raw: boolean }>

const ON_TEXT = [
  ...['append', 'prepend', 'upcase', 'downcase', 'capitalize', 'strip', 'lstrip', 'rstrip', 'squish'],
  ...['remove', 'remove_first', 'remove_last', 'replace', 'replace_first', 'replace_last', 'split'],
  ...['truncate', 'truncatewords', 'normalize_whitespace', 'strip_newlines', 'strip_html', 'number_of_words'],
  ...['url_encode', 'cgi_escape', 'uri_escape', 'slugify', 'base64_encode', 'sha256', 'hmac_sha256'],
]

/** These throw on text that is not encoded as they expect; it then stays as it is. */
const DECODING = ['url_decode', 'base64_decode']

const ON_LISTS = ['join', 'array_to_sentence_string']

export const TEXT_FILTERS: Readonly<Record<string, FilterHandler>> = {
  ...Object.fromEntries(ON_TEXT.map((name) => [name, onText(name)])),
  ...Object.fromEntries(DECODING.map((name) => [name, decoding(name)])),
  ...Object.fromEntries(ON_LISTS.map((name) => [name, onList(name)])),
  slice: onTextOrList('slice'),
  default: orDefault,
  json: toJsonText,
  jsonify: toJsonText,
  inspect: toJsonText,
}

/** One of Liquid's own filters. */
export function liquidFilter(name: string): FilterHandler {
  const filter = liquidFilters[name]
  if (typeof filter !== 'function') throw new Error(`Liquid has no filter ${name}`)
  return filter
}

function onText(name: string): FilterHandler {
  const handler = liquidFilter(name)
  return function (value: unknown, ...args: unknown[]) {
    return handler.call(this, readable(value), ...args.map(readable))
  }
}

function decoding(name: string): FilterHandler {
  const handler = onText(name)
  return function (value: unknown, ...args: unknown[]) {
    try {
      return handler.call(this, value, ...args)
    } catch {
      return value
    }
  }
}

function onList(name: string): FilterHandler {
  const handler = liquidFilter(name)
  return function (value: unknown, ...args: unknown[]) {
    const list = Array.isArray(value) ? value.map((item) => readable(item ?? '')) : readable(value)
    return handler.call(this, list, ...args.map(readable))
  }
}

function onTextOrList(name: string): FilterHandler {
  const handler = liquidFilter(name)
  return function (value: unknown, ...args: unknown[]) {
    return handler.call(this, Array.isArray(value) ? value : readable(value), ...args)
  }
}

/** Text and what has no text form are cleaned text; any other value is what it is. */
export function readable(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (value instanceof Drop) return value
  const hasNoTextForm = isComposite(value) || value instanceof Date || Number.isNaN(value)
  return hasNoTextForm ? cleanText(toPlainText(value)) : value
}

/** As Liquid's, and SlackMarkup that shows something stays SlackMarkup. */
function orDefault(this: ThisParameterType<FilterHandler>, value: unknown, ...args: unknown[]): unknown {
  if (value instanceof SlackMarkup && value.plain !== '') return value
  const [fallback, ...named] = args
  return liquidFilter('default').call(this, value, fallback, ...named.filter(Array.isArray))
}

function toJsonText(this: ThisParameterType<FilterHandler>, value: unknown, indent: unknown): unknown {
  if (value === null || value === undefined) return value
  const text = toJson(value, Number(toNumber(indent) ?? 0))
  this.context.memoryLimit.use(text.length)
  return text
}
