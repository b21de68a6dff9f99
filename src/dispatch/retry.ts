import type { DeliveryPolicy } from '../config/config.ts'
import type { AttemptOutcome, MessageCause } from '../core/outcome.ts'
import type { Random } from '../core/random.ts'

/**
 * What happens after an attempt. The classification only says what the answer meant; this policy owns attempts,
 * backoff and patience.
 */
export type Step =
  | { kind: 'delivered' }
  | { kind: 'dead_letter'; cause: MessageCause }
  /** The message stays at the head of its lane, and nothing leaves the lane for `waitMs`. */
  | { kind: 'hold'; reason: 'rate_limited' | 'retry' | 'ambiguous'; waitMs: number }

export interface RetryInput {
  outcome: AttemptOutcome
  /** What the receiver asked for, with `rate_limited`. */
  retryAfterMs: number | null
  /** Ambiguous answers that this message had before. */
  ambiguousBefore: number
  /** Failed attempts of the lane in a row, before this one. */
  failuresInARow: number
  /** How long this message has been waiting on a failing destination. */
  failingForMs: number
}

/** The first wait is up to this long; each further one up to twice the one before. */
const BACKOFF_BASE_MS = 1_000
const BACKOFF_CEILING_MS = 60_000
/** A post that may have arrived is sent again at most so often: each time may repeat it. */
const AMBIGUOUS_RESENDS = 2
/** Slack says 429 without a Retry-After now and then. */
const DEFAULT_RETRY_AFTER_MS = 1_000

export function nextStep(input: RetryInput, policy: DeliveryPolicy, random: Random): Step {
  switch (input.outcome) {
    case 'sent':
      return { kind: 'delivered' }
    case 'rejected':
    case 'destination_down':
      return { kind: 'dead_letter', cause: input.outcome }
    case 'rate_limited':
      return { kind: 'hold', reason: 'rate_limited', waitMs: input.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS }
    case 'ambiguous':
      if (
        policy.onAmbiguous === 'dead_letter' ||
        input.ambiguousBefore >= AMBIGUOUS_RESENDS ||
        input.failingForMs >= policy.retryForMs
      ) {
        return { kind: 'dead_letter', cause: 'ambiguous' }
      }
      return { kind: 'hold', reason: 'ambiguous', waitMs: backoffMs(input.failuresInARow, random) }
    case 'retry':
      return retryWithinPatience(input, policy, random)
  }
}

function retryWithinPatience(input: RetryInput, policy: DeliveryPolicy, random: Random): Step {
  const patienceMs = policy.retryForMs - input.failingForMs
  if (patienceMs <= 0) return { kind: 'dead_letter', cause: 'retries_exhausted' }
  const waitMs = Math.min(backoffMs(input.failuresInARow, random), patienceMs)
  return { kind: 'hold', reason: 'retry', waitMs }
}

/** Full jitter: anything from nothing to the ceiling, so that lanes that failed together do not return together. */
export function backoffMs(failuresInARow: number, random: Random): number {
  const ceiling = Math.min(BACKOFF_CEILING_MS, BACKOFF_BASE_MS * 2 ** Math.min(failuresInARow, 30))
  return Math.ceil(random() * ceiling)
}
