import type { Clock } from '../core/clock.ts'

/**
 * Lets a repeated line through at most once per key and interval, and counts what it held back. The number of
 * keys is bounded too: beyond it, keys share one allowance, so that a flood of different keys is still a trickle.
 */
export interface LogLimiter {
  /** How many lines of this key were held back since the last that was let through; null holds this one back. */
  admit(key: string): number | null
}

export interface LogLimiterOptions {
  clock: Pick<Clock, 'monotonicMs'>
  intervalMs: number
  maxKeys: number
}

const SHARED_KEY = 'all other keys'

export function createLogLimiter(options: LogLimiterOptions): LogLimiter {
  const { clock, intervalMs, maxKeys } = options
  const entries = new Map<string, { admittedAtMs: number; suppressed: number }>()

  function dropExpired(nowMs: number): void {
    for (const [key, entry] of entries) {
      if (nowMs - entry.admittedAtMs >= intervalMs) entries.delete(key)
    }
  }

  function admitKey(key: string, nowMs: number): number | null {
    const entry = entries.get(key)
    if (entry !== undefined && nowMs - entry.admittedAtMs < intervalMs) {
      entry.suppressed += 1
      return null
    }
    entries.set(key, { admittedAtMs: nowMs, suppressed: 0 })
    return entry?.suppressed ?? 0
  }

  return {
    admit: (key) => {
      const nowMs = clock.monotonicMs()
      if (entries.has(key) || entries.size < maxKeys) return admitKey(key, nowMs)
      dropExpired(nowMs)
      return admitKey(entries.size < maxKeys ? key : SHARED_KEY, nowMs)
    },
  }
}
