/** Times: counted from the event's clock, in UTC and English, so that a replay gives the same message. */
import { cleanText, DATE_AND_TIME, dateToken, inlineText } from '../../slack/escape.ts'
import { toNumber } from './number-filters.ts'
import { stateOf } from './render-state.ts'
import { SlackMarkup, toPlainText } from './slack-markup.ts'
import { type FilterHandler, liquidFilter, readable } from './text-filters.ts'

/** Epoch numbers below are seconds, from here on milliseconds: 5138 in the one, 1973 in the other. */
const MIN_EPOCH_MS = 1e11
const MAX_EPOCH_MS = 8.64e15

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?)? ?(Z|[+-]\d\d:?\d\d)?$/i
const WRITTEN = /^(?:[a-z]{3,9},? )?(?:\d{1,2} [a-z]{3,9}|[a-z]{3,9} \d{1,2}),? \d{4}(?:[ ,].*)?$/i
const ZONE = /\b(?:UTC|GMT|[ECMP][SD]T)\b|[+-]\d\d:?\d\d\b|\dZ\b/i

/**
 * A time as milliseconds since the epoch: an ISO 8601 text (UTC where it names no zone), a date as in
 * `5 March 2024`, epoch seconds or milliseconds, `now` or `today`; null for anything else.
 */
export function toTimeMs(value: unknown, nowMs: number): number | null {
  if (value instanceof Date) return inRange(value.getTime())
  const epoch = Number(toNumber(value) ?? Number.NaN)
  if (!Number.isNaN(epoch)) return inRange(Math.abs(epoch) < MIN_EPOCH_MS ? epoch * 1_000 : epoch)
  const text = typeof value === 'string' || value instanceof SlackMarkup ? String(value).trim() : ''
  if (text === 'now' || text === 'today') return nowMs
  const iso = ISO.exec(text)
  if (iso !== null) {
    const [, date, time = '00:00', fraction = '0', zone = 'Z'] = iso
    return inRange(Date.parse(`${date}T${time.padEnd(8, ':00')}.${fraction}${zone}`))
  }
  return WRITTEN.test(text) ? inRange(Date.parse(ZONE.test(text) ? text : `${text} UTC`)) : null
}

function inRange(timeMs: number): number | null {
  return Math.abs(timeMs) <= MAX_EPOCH_MS ? timeMs : null
}

const UNITS = [
  { ms: 365 * 86_400_000, one: 'year', many: 'years' },
  { ms: 30 * 86_400_000, one: 'month', many: 'months' },
  { ms: 86_400_000, one: 'day', many: 'days' },
  { ms: 3_600_000, one: 'h', many: 'h' },
  { ms: 60_000, one: 'min', many: 'min' },
] as const

/** `42 min ago`, `3 days ago`, `in 2 h`; below a minute either way `just now`. */
const ago: FilterHandler = function (value: unknown) {
  const { nowMs } = stateOf(this.context)
  const timeMs = toTimeMs(value, nowMs)
  if (timeMs === null) return value
  const distanceMs = Math.abs(nowMs - timeMs)
  const unit = UNITS.find(({ ms }) => distanceMs >= ms)
  if (unit === undefined) return 'just now'
  const count = Math.floor(distanceMs / unit.ms)
  const span = `${count} ${count === 1 ? unit.one : unit.many}`
  return timeMs <= nowMs ? `${span} ago` : `in ${span}`
}

/**
 * A date that each reader sees in their own time zone; where it cannot be shown, in UTC. The format, optional, is
 * made of Slack's tokens: https://docs.slack.dev/messaging/formatting-message-text/#date-formatting.
 */
const slackDate: FilterHandler = function (value: unknown, format: unknown) {
  const timeMs = toTimeMs(value, stateOf(this.context).nowMs)
  if (timeMs === null) return value
  const wanted = cleanText(toPlainText(format)).replace(/[|^]/g, '').trim() || DATE_AND_TIME
  return new SlackMarkup(dateToken(timeMs, inlineText(wanted)), dateToken(timeMs, wanted))
}

/**
 * One of Liquid's date filters. What it gets as a time is read by toTimeMs, never by the machine's zone; a zone
 * that does not exist, as data may name one, is UTC.
 */
function onTime(name: string): FilterHandler {
  const handler = liquidFilter(name)
  return function (value: unknown, ...args: unknown[]) {
    const timeMs = toTimeMs(value, stateOf(this.context).nowMs)
    if (timeMs === null) return value
    const [format, zone, ...more] = args.map(readable)
    try {
      return handler.call(this, new Date(timeMs), format, zone, ...more)
    } catch (error) {
      if (error instanceof RangeError) return handler.call(this, new Date(timeMs), format)
      throw error
    }
  }
}

const ON_TIME = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string']

export const TIME_FILTERS: Readonly<Record<string, FilterHandler>> = {
  ...Object.fromEntries(ON_TIME.map((name) => [name, onTime(name)])),
  ago,
  slack_date: slackDate,
}
