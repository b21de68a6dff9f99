import { formatDuration } from '../../observe/wording.ts'

/** Since the traffic began. */
export interface Span {
  fromMs: number
  untilMs: number
}

/** When each fault comes; null: not at all. */
export interface FaultPlan {
  /** One webhook is gone, and back. */
  gone: Span | null
  /** One webhook or channel answers 429. */
  throttled: (Span & { retryAfterSeconds: number }) | null
  /** One process is killed, and replaced. */
  killAtMs: number | null
  /** How long that is put off for a webhook that is gone and was not met yet. */
  killLatestMs: number
  /** What is left out, and why, in a sentence each. */
  leftOut: readonly string[]
}

/** A webhook gets a message every two or three seconds: in less time none may meet the fault. */
const LEAST_FOR_A_WEBHOOK_MS = 5_000
const LEAST_FOR_A_KILL_MS = 3_000
const LONGEST_GONE_MS = 30_000
const LONGEST_THROTTLED_MS = 10_000

/** Fixed parts of the traffic's time, one after the other; one that no message has met lasts longer. */
export function planFaults(forMs: number): FaultPlan {
  const enough = forMs >= LEAST_FOR_A_WEBHOOK_MS
  const killed = forMs >= LEAST_FOR_A_KILL_MS
  const [goneFromMs, throttledFromMs] = [forMs * 0.06, forMs * 0.36]
  return {
    gone: enough ? span(goneFromMs, Math.min(forMs * 0.2, LONGEST_GONE_MS)) : null,
    throttled: enough
      ? {
          ...span(throttledFromMs, Math.min(forMs * 0.12, LONGEST_THROTTLED_MS)),
          retryAfterSeconds: forMs >= 20_000 ? 2 : 1,
        }
      : null,
    killAtMs: killed ? forMs * 0.56 : null,
    killLatestMs: forMs * 0.85,
    leftOut: [
      ...(enough ? [] : [tooShort(forMs, 'a webhook to be gone, or throttled, and a message to meet it')]),
      ...(killed ? [] : [tooShort(forMs, 'a process to be killed')]),
    ],
  }
}

function span(fromMs: number, lastsMs: number): Span {
  return { fromMs, untilMs: fromMs + lastsMs }
}

function tooShort(forMs: number, what: string): string {
  return `${formatDuration(forMs)} of traffic is too short for ${what}: left out`
}
