import { parseDuration, parseTime } from '../config/units.ts'
import { AppError } from '../core/errors.ts'

/**
 * `24h` before now, or a time, as milliseconds since the epoch.
 *
 * @throws {AppError} usage.
 */
export function requireSince(text: string, nowMs: number): number {
  const agoMs = parseDuration(text)
  const sinceMs = agoMs === undefined ? parseTime(text) : nowMs - agoMs
  if (sinceMs === undefined) {
    throw new AppError(
      'usage',
      `--since ${text}: write a duration such as 24h, or a time with its zone such as 2026-01-31T08:00:00Z`,
    )
  }
  if (sinceMs > nowMs) throw new AppError('usage', `--since ${text}: that is still to come`)
  return Math.max(0, sinceMs)
}
