/**
 * Slack's date tokens, `{date_short_pretty} at {time}`, in the reader's language and time zone.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */

const DAY = { year: 'numeric', month: 'long', day: 'numeric' }
const OPTIONS = new Map(
  Object.entries({
    date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
    date: DAY,
    date_short: { year: 'numeric', month: 'short', day: 'numeric' },
    date_long: { ...DAY, weekday: 'long' },
    time: { hour: 'numeric', minute: '2-digit' },
    time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  }),
)
const DAY_MS = 86_400_000
/** The largest time a Date can hold. */
const MAX_MS = 8.64e15

/**
 * @param {string | undefined} seconds since the epoch
 * @param {string} format
 * @param {import('./mrkdwn.d.ts').MrkdwnContext} context
 * @returns {string | null} null where the time or the format is none
 */
export function formatDate(seconds, format, context) {
  if (seconds === undefined || !/^\d{1,14}$/.test(seconds) || format === '') return null
  const atMs = Number(seconds) * 1000
  return atMs > MAX_MS
    ? null
    : format.replace(/\{(\w+)\}/g, (token, name) => formatToken(name, atMs, context) ?? token)
}

function formatToken(name, atMs, context) {
  if (name === 'ago') return formatAgo(atMs, context)
  const plain = name.replace(/_pretty$/, '')
  const options = OPTIONS.get(plain)
  if (options === undefined) return null
  return (plain === name ? null : nearDay(atMs, context)) ?? formatter(context, options).format(atMs)
}

function nearDay(atMs, context) {
  const { nowMs, locale } = context
  const day = (ms) => formatter({ ...context, locale: 'en-CA' }, OPTIONS.get('date_num')).format(ms)
  const distance = [-1, 0, 1].find((days) => day(nowMs + days * DAY_MS) === day(atMs))
  return distance === undefined
    ? null
    : new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(distance, 'day')
}

function formatAgo(atMs, { nowMs, locale }) {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' })
  const seconds = (atMs - nowMs) / 1000
  const [unit, size] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ].find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return relative.format(Math.round(seconds / size), unit)
}

function formatter({ locale, timeZone }, options) {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone })
}
