/** How amounts are written in the configuration. Each parser gives undefined for a text that is none. */

const DURATION_UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SIZE_UNITS = {
  '': 1,
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
} as const

/** `10s`, `1h30m`, `250ms`, `1.5d` as milliseconds. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined
  let totalMs = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * DURATION_UNITS_MS[unit as keyof typeof DURATION_UNITS_MS]
  }
  return Number.isSafeInteger(Math.round(totalMs)) ? Math.round(totalMs) : undefined
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d))?$/

/**
 * `2026-01-31T08:00:00Z`, `2026-01-31 09:00+01:00`, `2026-01-31` (begins in UTC) as milliseconds since the epoch.
 * Date.parse alone would take `7` for July 2001, and 31 February for 3 March.
 */
export function parseTime(text: string): number | undefined {
  const day = ISO_TIME.exec(text)?.[1]
  if (day === undefined || Number.isNaN(Date.parse(day))) return undefined
  const timeMs = Date.parse(text)
  const isRealDay = new Date(Date.parse(day)).toISOString().startsWith(day)
  return isRealDay && !Number.isNaN(timeMs) ? timeMs : undefined
}

/** `1048576`, `1MiB`, `1.5 GiB`, `500kB` as bytes. */
export function parseSize(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text)
  const unit = found?.[2]?.toLowerCase() ?? 'unknown'
  if (!isSizeUnit(unit)) return undefined
  const bytes = Math.round(Number(found?.[1]) * SIZE_UNITS[unit])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

function isSizeUnit(unit: string): unit is keyof typeof SIZE_UNITS {
  return Object.hasOwn(SIZE_UNITS, unit)
}

const RATE_UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/**
 * `1/s`, `30/m`, `1/10s` as the least milliseconds from one answer to the next post, rounded up so that the
 * pace is never exceeded; `off` as null.
 */
export function parseRate(text: string): number | null | undefined {
  if (text === 'off' || text === 'false') return null
  const found = /^(\d+(?:\.\d+)?) ?\/ ?(\d*)(s|m|h)$/.exec(text)
  if (found === null) return undefined
  const [, posts, units, unit] = found
  const perMs = Number(units || '1') * RATE_UNITS_MS[unit as keyof typeof RATE_UNITS_MS]
  const intervalMs = Math.ceil(perMs / Number(posts))
  return Number.isSafeInteger(intervalMs) && intervalMs > 0 ? intervalMs : undefined
}

/** `127.0.0.1:9464`, `[::1]:0`, `broker-1:9092`. */
export function parseHostPort(text: string): { host: string; port: number } | undefined {
  const found = /^(?:\[([\da-fA-F:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  return host !== undefined && port <= 65_535 ? { host, port } : undefined
}

/** 90_000 as `1m30s`: what parseDuration reads. */
export function formatDuration(durationMs: number): string {
  let rest = durationMs
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(rest / DURATION_UNITS_MS[unit])
    rest -= amount * DURATION_UNITS_MS[unit]
    if (amount > 0) text += `${amount}${unit}`
  }
  return text || '0s'
}
