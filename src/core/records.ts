import type { BreakerState, DeadLetterCause, FinalOutcome } from './outcome.ts'

/**
 * The values of bellhop's own topics, as they stand on the wire (schemas/*.avsc describe the same shapes).
 * Field names are snake_case, but for the Segment spec's own three ids. Times are milliseconds since the epoch.
 */

/** Where an event lay. Offsets stay below 2^53, so a number holds them. */
export interface EventCoordinates {
  topic: string
  partition: number
  offset: number
  /** The Kafka record's timestamp. */
  timestamp: number
}

/** What Slack is asked to show; null means: as the destination is configured. */
export interface MessageContent {
  text: string
  channel: string | null
  username: string | null
  icon_url: string | null
  icon_emoji: string | null
}

/** bellhop.dispatch: one message to post. */
export interface DispatchRecord {
  /** `topic:partition:offset:action:destination`, see core/ids.ts. */
  id: string
  action: string
  destination: string
  message: MessageContent
  event: EventCoordinates
  userId: string | null
  anonymousId: string | null
  messageId: string | null
  config_version: string
  /** How often it was queued again under another key, because its webhook's address had changed. */
  moves: number
  /** When that last happened; null where it did not. */
  moved_at: number | null
}

/** What the receiver said last; `body` is cleaned, cut and free of secrets. */
export interface Answer {
  /** HTTP status; null when no answer came. */
  status: number | null
  body: string
  /** chat.postMessage only: the posted message's timestamp id and the channel's id. */
  ts: string | null
  channel: string | null
}

/** bellhop.receipts: what became of a message, or (outcome null) until when its lane is held. */
export interface Receipt {
  id: string
  action: string
  destination: string
  dispatch_partition: number
  dispatch_offset: number
  outcome: FinalOutcome | null
  cause: DeadLetterCause | null
  /** Slack's own word, or what went wrong on the way. */
  detail: string | null
  attempts: number
  /** How many of the attempts may have arrived unanswered. */
  ambiguous: number
  answer: Answer | null
  /** The key of its dispatch record: the lane it went through. */
  lane: string | null
  /** Set where outcome is null: nothing leaves the lane before. */
  held_until: number | null
  /** Since when the lane's posts have failed; null where the last one did not. */
  failing_since: number | null
  /** The lane's breaker after this. */
  breaker: BreakerState | null
  event: EventCoordinates
  /** The dispatch record's timestamp. */
  queued_at: number
  recorded_at: number
  userId: string | null
  anonymousId: string | null
  messageId: string | null
}

/** Bytes as a person can read them: text where they are UTF-8, else base64. */
export interface EncodedBytes {
  encoding: 'utf8' | 'base64'
  data: string
}

/** A poison event as it was read; `value` holds at most 64 KiB of `value_bytes`. */
export interface RawEvent extends EventCoordinates {
  key: EncodedBytes | null
  value: EncodedBytes
  value_bytes: number
  headers: { name: string; value: EncodedBytes }[]
}

/**
 * bellhop.dead-letters: what could not be delivered, why, and all it takes to replay it. Kind `replayed` is the mark
 * that another letter of the same partition has been replayed: written in one transaction with what went back.
 */
export interface DeadLetter {
  kind: 'message' | 'event' | 'replayed'
  cause: DeadLetterCause
  detail: string | null
  attempts: number
  answer: Answer | null
  /** The dispatch record, where kind is `message`. */
  message: DispatchRecord | null
  /** The event, where kind is `event`; for a message that failed to render, the action is named too. */
  event: RawEvent | null
  action: string | null
  destination: string | null
  /** The offset of the letter that was replayed, in the mark's own partition; where kind is `replayed`. */
  replays: number | null
  recorded_at: number
}
