import Bottleneck from 'bottleneck'

/** Node.js fires a timer beyond this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A lane's only timer: one wait at a time, which `wake` ends early. May end a millisecond early by itself. */
export class Alarm {
  #end: (() => void) | null = null

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#end = null
        resolve()
      }
      const timer = setTimeout(end, Math.max(1, Math.min(Math.ceil(ms), LONGEST_TIMER_MS)))
      this.#end = end
    })
  }

  wake(): void {
    this.#end?.()
  }
}

/** Runs one work at a time; each begins when the one before has ended. */
export type Slot = (work: () => Promise<void>) => Promise<void>

/** What has no pace to keep gets no limiter. */
export function createSlot({ paced }: { paced: boolean }): Slot {
  if (!paced) return (work) => work()
  const limiter = new Bottleneck({ maxConcurrent: 1 })
  return (work) => limiter.schedule(work)
}
