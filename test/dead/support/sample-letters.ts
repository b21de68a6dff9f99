import { formatMessageId } from '../../../src/core/ids.ts'
import type { DeadLetter, DispatchRecord, RawEvent } from '../../../src/core/records.ts'

/** A message's letter, of event `offset` of the topic `events`. */
export function messageLetter(
  change: Partial<DeadLetter> & { offset?: number; text?: string } = {},
): DeadLetter {
  const { offset = 7, text = `text ${offset}`, ...letter } = change
  const action = letter.action ?? 'to-sales'
  const destination = letter.destination ?? 'sales'
  const event = { topic: 'events', partition: 0, offset, timestamp: 1_700_000_000_000 }
  const message: DispatchRecord = {
    id: formatMessageId({ ...event, action, destination }),
    action,
    destination,
    message: { text, channel: null, username: null, icon_url: null, icon_emoji: null },
    event,
    userId: 'user-1',
    anonymousId: null,
    messageId: `m-${offset}`,
    config_version: 'abcdef012345',
    moves: 2,
    moved_at: null,
  }
  return {
    kind: 'message',
    cause: 'rejected',
    detail: 'invalid_payload',
    attempts: 1,
    answer: { status: 400, body: 'invalid_payload', ts: null, channel: null },
    message,
    event: null,
    replays: null,
    recorded_at: 1_700_000_001_000,
    ...letter,
    action,
    destination,
  }
}

/** An event's letter; the value is what was read. */
export function eventLetter(
  change: Partial<DeadLetter> & { raw?: Partial<RawEvent>; value?: string } = {},
): DeadLetter {
  const { raw = {}, value = '{"type":', ...letter } = change
  return {
    kind: 'event',
    cause: 'not_json',
    detail: 'not valid JSON',
    attempts: 0,
    answer: null,
    message: null,
    event: {
      topic: 'events',
      partition: 0,
      offset: 11,
      timestamp: 1_700_000_000_000,
      key: { encoding: 'utf8', data: 'user-1' },
      value: { encoding: 'utf8', data: value },
      value_bytes: Buffer.byteLength(value),
      headers: [],
      ...raw,
    },
    action: null,
    destination: null,
    replays: null,
    recorded_at: 1_700_000_002_000,
    ...letter,
  }
}
