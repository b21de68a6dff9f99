import type { StartPosition } from '../config/config.ts'
import { parseTime } from '../config/units.ts'
import { AppError } from '../core/errors.ts'

/**
 * What `--start` says; null where it is not given.
 *
 * @throws {AppError} usage.
 */
export function parseStart(text: string | undefined): StartPosition | null {
  if (text === undefined) return null
  if (text === 'earliest' || text === 'latest') return { at: text }
  const timeMs = parseTime(text)
  if (timeMs !== undefined) return { at: 'time', timeMs }
  throw new AppError(
    'usage',
    `--start ${text}: write earliest, latest, or a time with its zone such as 2026-01-31T08:00:00Z`,
  )
}
