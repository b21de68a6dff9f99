import { seededRandom } from '../../core/random.ts'

/**
 * Faults that a test switches on for one webhook or channel, while the simulator runs. `record: true` means that
 * the post is accepted and shows in the channel, though its sender never learns of it.
 */
export type Fault =
  /** Answers as usual, `ms` after the request has arrived. */
  | { kind: 'slow'; ms: number }
  /** Never answers. */
  | { kind: 'hang'; record?: boolean }
  /** Resets the connection; before the body was read, nothing of the request is known. */
  | { kind: 'reset'; when: 'before_body' | 'after_body' | 'after_record' }
  /** The webhook no longer works: by default 404 no_service. */
  | { kind: 'gone'; status?: number; body?: string }
  /** The share of requests that get 500 rollup_error, the same ones for the same seed. */
  | { kind: 'flaky'; share: number; seed: number }
  | {
      kind: 'answer'
      status: number
      body: string
      headers?: Readonly<Record<string, string>>
      record?: boolean
    }
  /** 429 whatever the bucket holds; null names no time to wait. */
  | { kind: 'rate_limited'; retryAfterSeconds: number | null }

export interface Switches {
  /** Replaces the target's fault; with `times` it ends after that many requests. */
  set(target: string, fault: Fault, options?: { times?: number }): void
  clear(target: string): void
  /** The fault that meets this request, if any; counts towards `times`. */
  next(target: string): Fault | null
}

interface Switched {
  fault: Fault
  left: number
  /** For flaky: whether it strikes this time. */
  strikes(): boolean
}

export function createSwitches(): Switches {
  const switched = new Map<string, Switched>()
  return {
    set(target, fault, { times = Number.POSITIVE_INFINITY } = {}) {
      const random = fault.kind === 'flaky' ? seededRandom(fault.seed) : null
      const share = fault.kind === 'flaky' ? fault.share : 1
      switched.set(target, { fault, left: times, strikes: () => random === null || random() < share })
    },
    clear(target) {
      switched.delete(target)
    },
    next(target) {
      const found = switched.get(target)
      if (found === undefined || found.left <= 0) return null
      found.left -= 1
      return found.strikes() ? found.fault : null
    },
  }
}
