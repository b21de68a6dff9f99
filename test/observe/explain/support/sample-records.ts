import { formatMessageId } from '../../../../src/core/ids.ts'
import type { DeadLetter, DispatchRecord, Receipt } from '../../../../src/core/records.ts'

/** 2026-01-31 08:00:00Z. */
export const T0 = Date.UTC(2026, 0, 31, 8)

/** A message of event `offset` in partition 0 of a topic, queued by `to-DESTINATION`. */
export function dispatchRecord(
  change: Partial<DispatchRecord> & {
    topic?: string
    partition?: number
    offset?: number
    producedAt?: number
    text?: string
  } = {},
): DispatchRecord {
  const { topic = 'events', partition = 0, offset = 7, producedAt = T0, text = 'hello', ...rest } = change
  const destination = rest.destination ?? 'sales'
  const action = rest.action ?? `to-${destination}`
  return {
    id: formatMessageId({ topic, partition, offset, action, destination }),
    message: { text, channel: null, username: null, icon_url: null, icon_emoji: null },
    event: { topic, partition, offset, timestamp: producedAt },
    userId: 'user-1',
    anonymousId: null,
    messageId: `m-${offset}`,
    config_version: 'abcdef012345',
    moves: 0,
    moved_at: null,
    ...rest,
    action,
    destination,
  }
}

/** The receipt of a dispatch record: delivered at once, unless told otherwise. */
export function receiptOf(
  record: DispatchRecord,
  change: Partial<Receipt> & Pick<Receipt, 'dispatch_partition' | 'dispatch_offset' | 'lane'>,
): Receipt {
  const { id, action, destination, event, userId, anonymousId, messageId } = record
  return {
    id,
    action,
    destination,
    outcome: 'delivered',
    cause: null,
    detail: null,
    attempts: 1,
    ambiguous: 0,
    answer: { status: 200, body: 'ok', ts: null, channel: null },
    post_messages: 1,
    held_until: null,
    failing_since: null,
    breaker: 'closed',
    event,
    queued_at: event.timestamp + 40,
    recorded_at: event.timestamp + 1_200,
    userId,
    anonymousId,
    messageId,
    ...change,
  }
}

/** The letter of a message that was given up. */
export function letterOf(message: DispatchRecord, change: Partial<DeadLetter> = {}): DeadLetter {
  return {
    kind: 'message',
    cause: 'rejected',
    detail: 'invalid_payload',
    attempts: 1,
    answer: { status: 400, body: 'invalid_payload', ts: null, channel: null },
    message,
    event: null,
    action: message.action,
    destination: message.destination,
    replays: null,
    recorded_at: message.event.timestamp + 1_200,
    ...change,
  }
}

/** The mark that the letter at an offset was replayed. */
export function markOf(letter: DeadLetter, offset: number, recordedAt: number): DeadLetter {
  const { kind: _, ...rest } = letter
  return {
    ...rest,
    kind: 'replayed',
    detail: null,
    answer: null,
    message: null,
    event: null,
    replays: offset,
    recorded_at: recordedAt,
  }
}
