/**
 * A fixed number of slots, given out in the order in which they were asked for. A slot that is given back goes to
 * the longest waiting; one who stops waiting takes nothing.
 */
export interface Slots {
  /** True once a slot is taken, which `release` gives back; false where the signal or `close` came first. */
  take(signal?: AbortSignal): Promise<boolean>
  release(): void
  /** Turns away all who wait or come later; resolves when every slot is back. */
  close(): Promise<void>
}

export function createSlots(limit: number): Slots {
  /** Insertion order is the order of asking. */
  const waiting = new Set<(taken: boolean) => void>()
  let taken = 0
  let onEmpty: (() => void) | null = null
  let closed = false

  const wait = (signal: AbortSignal | undefined): Promise<boolean> =>
    new Promise((resolve) => {
      const stop = (): void => settle(false)
      const settle = (got: boolean): void => {
        waiting.delete(settle)
        signal?.removeEventListener('abort', stop)
        resolve(got)
      }
      waiting.add(settle)
      signal?.addEventListener('abort', stop)
    })

  return {
    async take(signal) {
      if (closed || signal?.aborted) return false
      if (taken >= limit) return wait(signal)
      taken += 1
      return true
    },
    release() {
      const [next] = waiting
      if (next !== undefined) {
        next(true)
        return
      }
      taken -= 1
      if (taken === 0) onEmpty?.()
    },
    async close() {
      closed = true
      for (const turnAway of waiting) turnAway(false)
      if (taken > 0) await new Promise<void>((resolve) => (onEmpty = resolve))
    },
  }
}
