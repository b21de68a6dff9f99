import type { Clock } from '../core/clock.ts'
import type { ComponentHealth } from './health.ts'
import { createLogLimiter } from './log-limiter.ts'
import type { Logger } from './logger.ts'

/** How the schema registry fares, in readiness and in the log. */
export interface RegistryHealth {
  /** At the start, which waits for it. */
  away(error: Error, retryInMs: number): void
  /** Later on: why work waits for it, null where none does. */
  note(trouble: string | null): void
}

const REPEAT_MS = 60_000
const MESSAGES = 8

/** Health is served to whoever asks, so what an error says of addresses goes to the log alone. */
export function createRegistryHealth(
  component: ComponentHealth,
  logger: Logger,
  clock: Clock,
): RegistryHealth {
  const limiter = createLogLimiter({ clock, intervalMs: REPEAT_MS, maxKeys: MESSAGES })
  component.notReady('not asked yet')
  return {
    away({ message }, retryInMs) {
      component.notReady('the schema registry does not answer')
      if (limiter.admit(message) === null) return
      logger.warn(
        { retry_in_ms: retryInMs },
        `${message}; bellhop starts once its own schemas are registered there`,
      )
    },
    note(trouble) {
      if (trouble === null) component.ready()
      else component.notReady(trouble)
    },
  }
}
