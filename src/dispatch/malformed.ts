import type { Clock } from '../core/clock.ts'
import type { DeadLetter } from '../core/records.ts'
import { toRawEvent } from '../event/raw-event.ts'
import { timestampOf } from '../kafka/offsets.ts'

export interface ForeignRecord {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
}

/** A record of the dispatch topic that bellhop did not write: kept as it was read, with what does not fit. */
export function malformedDeadLetter(
  message: ForeignRecord,
  at: { topic: string; partition: number; detail: string },
  clock: Clock,
): DeadLetter {
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
    recorded_at: Math.round(clock.nowMs()),
  }
}
