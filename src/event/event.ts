/**
 * An analytics event of the Segment spec (https://segment.com/docs/connections/spec/). Nothing beyond "a JSON
 * object" is promised: producers leave fields out and put others in, so every field is read as unknown.
 */
export interface AnalyticsEvent {
  readonly [field: string]: unknown
}

/** A record of an events topic as it was read. Offsets stay below 2^53, so a number holds them. */
export interface EventRecord {
  topic: string
  partition: number
  offset: number
  /** The Kafka record's timestamp, milliseconds since the epoch. */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: readonly { name: string; value: Buffer }[]
}
