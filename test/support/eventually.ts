/** Waiting for what happens in another process, or in a broker. */
import { setTimeout as delay } from 'node:timers/promises'

export interface EventuallyOptions {
  withinMs?: number
  everyMs?: number
}

/**
 * Calls `attempt` until it neither throws nor returns a falsy value, and returns what it gave. When time is up,
 * the error says what was awaited, for how long, and how the last attempt ended.
 */
export async function eventually<T>(
  what: string,
  attempt: () => T | Promise<T>,
  { withinMs = 20_000, everyMs = 50 }: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const startedMs = performance.now()
  for (;;) {
    const last = await outcomeOf(attempt)
    if (last.kind === 'value' && isTruthy(last.value)) return last.value
    if (performance.now() - startedMs >= withinMs) {
      const seconds = withinMs / 1_000
      const cause = last.kind === 'error' ? last.error : undefined
      const ending =
        last.kind === 'error' ? `threw ${String(last.error)}` : `gave ${JSON.stringify(last.value)}`
      throw new Error(`not within ${seconds} s: ${what}; the last attempt ${ending}`, { cause })
    }
    await delay(everyMs)
  }
}

type Outcome<T> = { kind: 'value'; value: T } | { kind: 'error'; error: unknown }

async function outcomeOf<T>(attempt: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'value', value: await attempt() }
  } catch (error) {
    return { kind: 'error', error }
  }
}

function isTruthy<T>(value: T): value is Exclude<T, false | null | undefined | 0 | ''> {
  return Boolean(value)
}
