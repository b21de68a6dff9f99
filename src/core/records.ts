import type { AttemptOutcome, BreakerState, ControlKind, DeadLetterCause, FinalOutcome } from './outcome.ts'

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
  /** How many messages shared its last post, itself included; null where nothing was posted. */
  post_messages: number | null
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

/**
 * bellhop.controls: what a person has said about a destination. Compacted: the last record of a key counts, and one
 * without a value takes it back. Key: kind and destination, `silence/sales`.
 */
export interface Control {
  kind: ControlKind
  destination: string
  why: string | null
  /** Who said so, `user@host`, as far as that is known. */
  by: string | null
  since: number
  /** When it ends by itself; null: when a person ends it. */
  until: number | null
}

/** A process's place in a partition that it holds. */
export interface PartitionStatus {
  /** One of STAGES. */
  stage: string
  topic: string
  partition: number
  /** The next offset to be worked on; null while it is being prepared. */
  position: number | null
  /** Records between the position and the end of the partition, when this was written. */
  lag: number | null
  /** Why it stands still, in a sentence; null while it does not. */
  trouble: string | null
}

/** A lane that has something waiting, or something to remember. */
export interface LaneStatus {
  /** The key of its dispatch records. */
  lane: string
  /** Ids of the destinations that share it and have been seen. */
  destinations: string[]
  /** Messages in it; others may have been passed over behind them. */
  waiting: number
  /** When the oldest of them was queued. */
  oldest_at: number | null
  /** Least time between an answer and the next post; null: `rate: off`, or not known. */
  interval_ms: number | null
  /** When the head may leave at the earliest; null where nothing waits, or nobody can know. */
  next_post_at: number | null
  paused: boolean
  /** Since when its posts have been failing; null where the last one did not. */
  failing_since: number | null
  breaker: BreakerState
  last_answer: {
    at: number
    outcome: AttemptOutcome
    status: number | null
    detail: string | null
    /** How many messages shared the post. */
    messages: number
  } | null
}

/**
 * bellhop.status: what a process is doing, written every 2 s. Compacted; key: `process`. A process that stops in
 * order ends its record; whoever reads takes no older one than 15 s for true.
 */
export interface ProcessStatus {
  /** Names the process among all: host, process id and a few random digits. */
  process: string
  host: string
  pid: number
  version: string
  config_version: string
  /** Of STAGES. */
  stages: string[]
  started_at: number
  recorded_at: number
  ready: boolean
  /** Why it is not ready: a sentence each. */
  trouble: string[]
  partitions: PartitionStatus[]
  /** The lanes most in trouble first, at most 1,000 of them. */
  lanes: LaneStatus[]
  lanes_total: number
  /** Messages in all of its lanes. */
  waiting: number
  /** Letters that it has put on record since it started. */
  dead_letters: number
  /** The last reload of its configuration; null before the first. */
  reload: { at: number; result: string; detail: string | null } | null
  /** Where it speaks for the group (see docs/notify.md): when it last spoke of each cause. */
  notified: { cause: string; at: number }[]
}
