import type { Config } from '../config/config.ts'
import { formatMessageId } from '../core/ids.ts'
import { CANARY_ACTION } from '../core/own-actions.ts'
import { createLaneKeys } from '../dispatch/lane-key.ts'
import type { EventRecord } from '../event/event.ts'
import type { QueuedMessage } from './match-event.ts'

/**
 * What the canary of a prefix gives: one message, where the configuration has a canary and the prefix is its own. Its
 * age is no matter: a late one goes its way like everything else that was late with it.
 */
export function createCanaryMatch(
  config: Config,
): (record: EventRecord, prefix: string) => QueuedMessage | null {
  const keyOf = createLaneKeys(config.destinations)
  const { canary, destinations, kafka, version } = config
  return (record, prefix) => {
    if (canary === null || prefix !== kafka.prefix) return null
    const { destination } = canary
    if (destinations.get(destination)?.enabled !== true) return null
    const { topic, partition, offset, timestamp } = record
    const message = {
      text: `${prefix}: canary${sentAt(timestamp)}`,
      channel: null,
      username: null,
      icon_url: null,
      icon_emoji: null,
    }
    const key = keyOf({ destination, message })
    if (key === null) return null
    const action = CANARY_ACTION
    return {
      key,
      record: {
        id: formatMessageId({ topic, partition, offset, action, destination }),
        action,
        destination,
        message,
        event: { topic, partition, offset, timestamp },
        userId: null,
        anonymousId: null,
        messageId: null,
        config_version: version,
        moves: 0,
        moved_at: null,
      },
    }
  }
}

/** Nothing where the record's time is none: any number may stand in it. */
function sentAt(timestampMs: number): string {
  const date = new Date(timestampMs)
  return Number.isNaN(date.getTime()) ? '' : `, sent ${date.toISOString().slice(11, 19)} UTC`
}
