/**
 * The closed lists that types, metrics, logs, records and docs share.
 * A value is added here and nowhere else; docs/records.md explains each to users.
 */

/** What one attempt to post meant, decided by the table in src/slack/classify.ts. */
export const ATTEMPT_OUTCOMES = [
  'sent',
  'rate_limited',
  'retry',
  'ambiguous',
  'rejected',
  'destination_down',
] as const
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number]

/** What became of a message in the end; one per message, in its receipt. */
export const FINAL_OUTCOMES = ['delivered', 'dead_lettered', 'silenced', 'expired', 'moved'] as const
export type FinalOutcome = (typeof FINAL_OUTCOMES)[number]

/** Why an event never became a message. */
export const EVENT_CAUSES = [
  'not_json',
  'not_an_object',
  'too_large',
  'bad_avro',
  'unknown_schema',
  'render_failed',
  'empty_message',
] as const
export type EventCause = (typeof EVENT_CAUSES)[number]

/** Why a message was given up. Slack's own word stands beside it, in `detail`. */
export const MESSAGE_CAUSES = [
  'rejected',
  'destination_down',
  'retries_exhausted',
  'ambiguous',
  'expired',
  'unknown_destination',
  'malformed_record',
] as const
export type MessageCause = (typeof MESSAGE_CAUSES)[number]

export const DEAD_LETTER_CAUSES = [...EVENT_CAUSES, ...MESSAGE_CAUSES] as const
export type DeadLetterCause = EventCause | MessageCause

/** What a person may say about a destination: its messages are dropped with a receipt, or wait in order. */
export const CONTROL_KINDS = ['silence', 'pause'] as const
export type ControlKind = (typeof CONTROL_KINDS)[number]

/** What bellhop posts about itself, where `notify` says so. */
export const NOTIFY_CAUSES = [
  'breaker_opened',
  'breaker_closed',
  'oldest_message',
  'dead_letters',
  'reload_refused',
] as const
export type NotifyCause = (typeof NOTIFY_CAUSES)[number]

/**
 * A lane's breaker: `open` while its webhook or channel takes nothing and messages are given up unposted,
 * `half_open` while one real message probes it.
 */
export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const
export type BreakerState = (typeof BREAKER_STATES)[number]
