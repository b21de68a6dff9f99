import type { Destination } from '../config/config.ts'
import { channelKey, webhookKey } from '../core/ids.ts'
import type { DispatchRecord, MessageContent } from '../core/records.ts'

/**
 * The identity of the webhook or channel that a message goes to: the key of its dispatch record and the name of
 * its lane. Destinations that share a webhook share the key, and so the pace.
 */
export function laneKeyOf(destination: Destination, message: Pick<MessageContent, 'channel'>): string {
  switch (destination.type) {
    case 'webhook':
      return webhookKey(destination.url.reveal())
    case 'api':
      return channelKey({
        methodUrl: destination.methodUrl,
        token: destination.token.reveal(),
        channel: message.channel ?? destination.channel,
      })
    case 'blackhole':
      return `blackhole/${destination.id}`
  }
}

/**
 * The key of a record by this configuration; null where its destination is not known. Each key is made once: it is
 * a fingerprint, and one string for all records of a lane.
 */
export function createLaneKeys(
  destinations: ReadonlyMap<string, Destination>,
): (record: Pick<DispatchRecord, 'destination' | 'message'>) => string | null {
  const keys = new Map<string, string>()
  return ({ destination: id, message }) => {
    const destination = destinations.get(id)
    if (destination === undefined) return null
    const channel = destination.type === 'api' ? message.channel : null
    if (channel !== null) return laneKeyOf(destination, { channel })
    const key = keys.get(id) ?? laneKeyOf(destination, { channel })
    keys.set(id, key)
    return key
  }
}
