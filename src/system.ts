import type { Clock } from './core/clock.ts'

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** Node.js fires a timer beyond this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Waits; an aborted signal ends the wait early and quietly, so callers check the signal, not an error. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = ms; leftMs > 0 && !signal?.aborted; leftMs -= LONGEST_TIMER_MS) {
    await oneTimer(Math.min(leftMs, LONGEST_TIMER_MS), signal)
  }
}

function oneTimer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end, { once: true })
  })
}

/**
 * Many waits that can be ended together. Thousands of them at once cost what their timers cost, where listeners
 * on one AbortSignal would be searched one by one.
 */
export class Waits {
  readonly #ends = new Set<() => void>()
  #ended = false

  /**
   * Never shorter than asked for, by the monotonic clock: a timer may fire up to a millisecond early. Ends early,
   * and quietly, once `endAll` has been called.
   */
  async wait(ms: number): Promise<void> {
    const endMs = performance.now() + ms
    for (let leftMs = ms; leftMs > 0 && !this.#ended; leftMs = endMs - performance.now()) {
      await this.#oneTimer(Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS))
    }
  }

  endAll(): void {
    this.#ended = true
    for (const end of this.#ends) end()
  }

  #oneTimer(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#ends.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#ends.add(end)
    })
  }
}

/** Whether the work was done (or had failed) within the time; the work itself goes on. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const cancel = new AbortController()
  const done = work.then(
    () => true,
    () => true,
  )
  const late = sleep(ms, cancel.signal).then(() => false)
  const inTime = await Promise.race([done, late])
  cancel.abort()
  return inTime
}
