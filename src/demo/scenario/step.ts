import type { EventCause } from '../../core/outcome.ts'
import type { AnalyticsEvent } from '../../event/event.ts'

/** A message that must reach a destination, once, with exactly this text (in Slack's escaped form). */
export interface ExpectedMessage {
  destination: string
  text: string
}

/** An event to produce; `expectedDeadLetter` where it must end among the dead letters instead of a channel. */
export interface EventStep {
  kind: 'event'
  /** The record's key: userId, or anonymousId where nobody is signed in. */
  key: string
  event: AnalyticsEvent
  expected: readonly ExpectedMessage[]
  expectedDeadLetter: EventCause | null
}

/** Bytes that are no event. */
export interface PoisonStep {
  kind: 'poison'
  key: string
  raw: Buffer
  expectedDeadLetter: EventCause
}

export type Step = EventStep | PoisonStep
