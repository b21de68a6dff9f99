import type { Clock } from '../core/clock.ts'
import type { DeadLetter, Receipt } from '../core/records.ts'
import { toRawEvent } from '../event/raw-event.ts'
import { timestampOf } from '../kafka/offsets.ts'

export interface ForeignRecord {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
}

interface Place {
  topic: string
  partition: number
  detail: string
}

/** A record of the dispatch topic that bellhop did not write: kept as it was read, with what does not fit. */
export function malformedDeadLetter(message: ForeignRecord, at: Place, clock: Clock): DeadLetter {
  const { topic, partition, detail } = at
  const { key, value } = message
  return {
    kind: 'event',
    cause: 'malformed_record',
    detail,
    attempts: 0,
    answer: null,
    message: null,
    event: toRawEvent({
      topic,
      partition,
      offset: Number(message.offset),
      timestamp: timestampOf(message),
      key,
      value,
      headers: [],
    }),
    action: null,
    destination: null,
    replays: null,
    recorded_at: Math.round(clock.nowMs()),
  }
}

/** Its receipt, so that the next owner of its partition knows it is done with; its coordinates stand for its id. */
export function malformedReceipt(message: ForeignRecord, at: Place, clock: Clock): Receipt {
  const { topic, partition, detail } = at
  const offset = Number(message.offset)
  const timestamp = timestampOf(message)
  return {
    id: `${topic}:${partition}:${offset}`,
    action: '',
    destination: '',
    dispatch_partition: partition,
    dispatch_offset: offset,
    outcome: 'dead_lettered',
    cause: 'malformed_record',
    detail,
    attempts: 0,
    ambiguous: 0,
    answer: null,
    post_messages: null,
    lane: null,
    held_until: null,
    failing_since: null,
    breaker: null,
    event: { topic, partition, offset, timestamp },
    queued_at: timestamp,
    recorded_at: Math.round(clock.nowMs()),
    userId: null,
    anonymousId: null,
    messageId: null,
  }
}
