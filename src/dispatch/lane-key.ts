import type { Destination } from '../config/config.ts'
import { channelKey, webhookKey } from '../core/ids.ts'
import type { MessageContent } from '../core/records.ts'

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
