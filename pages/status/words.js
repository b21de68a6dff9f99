/** How times, numbers and closed lists read on the page; and what is made of text that comes from outside. */

const numberFormat = new Intl.NumberFormat('en-GB')
const exactFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const clockFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const minuteFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

export const number = (value) => numberFormat.format(value)

/** `no messages`, `1 message`, `1,234 messages`. */
export function count(amount, noun, nouns = `${noun}s`) {
  return `${amount === 0 ? 'no' : number(amount)} ${amount === 1 ? noun : nouns}`
}

const MINUTE_MS = 60_000

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
]

/** `0 s`, `42 s`, `9 min 5 s`, `12 min`, `2 h 5 min`, `3 d`: two units as long as the second says something. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const index = UNITS.findIndex(([, size]) => seconds >= size)
  if (index === -1) return '0 s'
  const [unit, size] = UNITS[index]
  const whole = Math.floor(seconds / size)
  const [smaller, smallerSize] = UNITS[index + 1] ?? ['', 1]
  const rest = Math.floor((seconds % size) / smallerSize)
  return whole >= 10 || smaller === '' || rest === 0
    ? `${whole} ${unit}`
    : `${whole} ${unit} ${rest} ${smaller}`
}

/** Beyond a minute in whole ones: a long list of times then changes seldom. */
export const ago = (ms) =>
  ms < 1_000 ? 'now' : `${duration(ms < MINUTE_MS ? ms : ms - (ms % MINUTE_MS))} ago`
export const age = (ms) => duration(ms)
/** What is left until then. */
export const until = (ms) => (-ms < 500 ? 'now' : `in ${duration(-ms + 999)}`)
export const left = (ms) => `${duration(-ms + 999)} left`

export const exactTime = (at) =>
  isTime(at) ? `${exactFormat.format(at)} (${new Date(at).toISOString()})` : String(at)
export const clockTime = (at) => (isTime(at) ? clockFormat.format(at) : String(at))
export const minuteTime = (at) => (isTime(at) ? minuteFormat.format(at) : String(at))

/** Within what a Date can hold: a record may say any number. */
export const isTime = (at) => Number.isFinite(at) && Math.abs(at) <= 8.64e15

/** Least time between posts as a pace: `1 / s`, `1 / 2 s`, `10 / s`. */
export function pace(intervalMs) {
  if (intervalMs === null || intervalMs <= 0) return 'off'
  if (intervalMs <= 1_000) return `${numberFormat.format(Number((1_000 / intervalMs).toFixed(1)))} / s`
  return intervalMs < 60_000
    ? `1 / ${numberFormat.format(Number((intervalMs / 1_000).toFixed(1)))} s`
    : `1 / ${duration(intervalMs)}`
}

/** Controls that a browser would leave out, and marks that would turn the reading direction of what follows. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** Text from outside with such characters made visible: `\u202e`. Line feeds and tabs stay. */
export function plain(text) {
  return String(text).replace(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const SLACK_ESCAPES = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
])

/** A message's text as Slack shows it: these three are escaped in what is posted (https://docs.slack.dev/messaging/formatting-message-text). */
export const slackText = (text) => text.replace(/&(?:lt|gt|amp);/g, (found) => SLACK_ESCAPES.get(found))

const OUTCOMES = new Map([
  ['delivered', 'delivered'],
  ['dead_lettered', 'dead letter'],
  ['silenced', 'silenced'],
  ['expired', 'expired'],
  ['moved', 'moved'],
  [null, 'held'],
])
export const OUTCOME_KINDS = [...OUTCOMES.keys()]
export const outcomeWord = (outcome) => OUTCOMES.get(outcome) ?? spaced(outcome)

const TROUBLES = new Map([
  ['breaker_open', 'breaker open'],
  ['failing', 'failing'],
  ['rate_limited', 'rate limited'],
  ['paused', 'paused'],
  ['waiting', 'waiting'],
  ['idle', 'idle'],
])
export const troubleWord = (trouble) => TROUBLES.get(trouble) ?? spaced(trouble)
/** Troubles that a person should look at; a pause is meant. */
export const isBad = (trouble) =>
  trouble === 'breaker_open' || trouble === 'failing' || trouble === 'rate_limited'

/** `destination_down` as `destination down`. */
export const spaced = (word) => plain(word).replaceAll('_', ' ')

const ATTEMPTS = new Map([
  ['sent', 'sent'],
  ['rate_limited', 'rate limited'],
  ['retry', 'failed, retried'],
  ['ambiguous', 'unclear'],
  ['rejected', 'rejected'],
  ['destination_down', 'destination down'],
])
export const outcomeOfAttempt = (outcome) => ATTEMPTS.get(outcome) ?? spaced(outcome)
