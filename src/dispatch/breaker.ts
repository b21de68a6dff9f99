import type { AttemptOutcome, BreakerState } from '../core/outcome.ts'

/**
 * A lane's breaker, so that a backlog behind a webhook which takes nothing is not tried one by one:
 *
 *   closed     posts as usual. -> open by an answer that says the destination is down
 *   open       every message is given up unposted, with the word that opened it. -> half_open once a minute has
 *              passed and there is a message to probe with
 *   half_open  that one message, alone, is posted, and held and retried like any other. -> closed by any answer
 *              that shows the destination works; open for another minute when it is given up
 */
export interface Breaker {
  readonly state: BreakerState
  /** Slack's word that opened it; null while it is closed. */
  readonly word: string | null
  /** Monotonic: when the next message may probe. -Infinity while it is closed. */
  readonly probeAtMs: number
}

export const CLOSED: Breaker = { state: 'closed', word: null, probeAtMs: -Infinity }

const PROBE_EVERY_MS = 60_000

/** Whether a message is given up unposted now. */
export function takesNothing({ state, probeAtMs }: Breaker, monotonicMs: number): boolean {
  return state === 'open' && monotonicMs < probeAtMs
}

/** A post starts: what an open breaker lets through is a probe. */
export function onPost(breaker: Breaker): Breaker {
  return breaker.state === 'open' ? { ...breaker, state: 'half_open' } : breaker
}

export interface Probed {
  outcome: AttemptOutcome
  detail: string | null
  /** The refusal blames the channel that the message chose: it tells nothing of the destination. */
  blamesChannel: boolean
  /** The message is given up, not held. */
  gaveUp: boolean
  monotonicMs: number
}

/** An attempt was answered. */
export function onAnswer(breaker: Breaker, answer: Probed): Breaker {
  switch (answer.outcome) {
    case 'destination_down':
      return { state: 'open', word: answer.detail, probeAtMs: answer.monotonicMs + PROBE_EVERY_MS }
    case 'rejected':
      return answer.blamesChannel ? onGivenUp(breaker, answer.monotonicMs) : CLOSED
    case 'sent':
    case 'rate_limited':
      return CLOSED
    case 'retry':
    case 'ambiguous':
      return answer.gaveUp ? onGivenUp(breaker, answer.monotonicMs) : breaker
  }
}

/** The message at the head was given up: where it was the probe, the next one comes in a minute. */
export function onGivenUp(breaker: Breaker, monotonicMs: number): Breaker {
  if (breaker.state !== 'half_open') return breaker
  return { ...breaker, state: 'open', probeAtMs: monotonicMs + PROBE_EVERY_MS }
}
