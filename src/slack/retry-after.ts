/**
 * How long a 429 asks to wait: the Retry-After header, else the body's `retry_after`, else one second. The wait is
 * never shorter than what was said, with one exception: what no timer can hold is cut to LONGEST_WAIT_MS.
 */

const SHORTEST_WAIT_MS = 1_000

/** The longest delay of a Node.js timer, 24.8 days: longer than a message is kept in its topic by default. */
const LONGEST_WAIT_MS = 2_147_483_647

/**
 * Whole seconds, as Slack sends them (https://docs.slack.dev/apis/web-api/rate-limits/); decimals are rounded up,
 * an HTTP date is taken against `receivedAtMs` (milliseconds since the epoch). A source that says nothing usable
 * (a negative number, a date gone by, other text) passes to the next.
 */
export function retryAfterMs(answer: {
  header: string | null
  bodySeconds: unknown
  receivedAtMs: number
}): number {
  const saidMs = fromHeader(answer.header, answer.receivedAtMs) ?? fromSeconds(answer.bodySeconds)
  return Math.min(Math.max(saidMs ?? 0, SHORTEST_WAIT_MS), LONGEST_WAIT_MS)
}

function fromHeader(header: string | null, receivedAtMs: number): number | null {
  if (header === null) return null
  const seconds = fromSeconds(header.trim())
  if (seconds !== null) return seconds
  // Every HTTP date names a month (RFC 9110, 5.6.7), while Date.parse takes a bare "-5" for one too.
  const dateMs = /[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN
  return dateMs > receivedAtMs ? dateMs - receivedAtMs : null
}

function fromSeconds(value: unknown): number | null {
  const isDecimal = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)
  const seconds = isDecimal || typeof value === 'number' ? Number(value) : Number.NaN
  return seconds > 0 ? Math.ceil(seconds) * 1_000 : null
}
