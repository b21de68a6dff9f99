import type { Config } from '../config/config.ts'
import { CANARY_ACTION } from '../core/own-actions.ts'
import { ownContent, ownRecord } from '../core/own-message.ts'
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
    const message = ownContent(`${prefix}: canary${sentAt(record.timestamp)}`)
    const key = keyOf({ destination, message })
    if (key === null) return null
    const own = { action: CANARY_ACTION, destination, message, configVersion: version }
    return { key, record: ownRecord(record, own) }
  }
}

/** Nothing where the record's time is none: any number may stand in it. */
function sentAt(timestampMs: number): string {
  const date = new Date(timestampMs)
  return Number.isNaN(date.getTime()) ? '' : `, sent ${date.toISOString().slice(11, 19)} UTC`
}
