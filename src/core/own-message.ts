import { formatMessageId } from './ids.ts'
import type { DispatchRecord, EventCoordinates, MessageContent } from './records.ts'

/** As its destination is configured. */
export function ownContent(text: string): MessageContent {
  return { text, channel: null, username: null, icon_url: null, icon_emoji: null }
}

/** A message of bellhop's own, as it lies in the dispatch topic: it is about no person. */
export function ownRecord(
  at: EventCoordinates,
  own: { action: string; destination: string; message: MessageContent; configVersion: string },
): DispatchRecord {
  const { topic, partition, offset, timestamp } = at
  const { action, destination, message, configVersion } = own
  return {
    id: formatMessageId({ topic, partition, offset, action, destination }),
    action,
    destination,
    message,
    event: { topic, partition, offset, timestamp },
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: configVersion,
    moves: 0,
    moved_at: null,
  }
}
