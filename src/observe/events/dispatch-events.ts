import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer } from '../observer.ts'

type DispatchEvents = Pick<
  Observer,
  'messageQueued' | 'messageDelivered' | 'messageDeadLettered' | 'messageMoved'
>

/** What becomes of messages, as log lines and metrics. */
export function createDispatchEvents(log: EventLog, metrics: Metrics): DispatchEvents {
  return {
    messageQueued: ({ destination }) => {
      metrics.count('messagesQueued', { destination })
      log.write('trace', 'messageQueued', () => [`queued a message for ${destination}`, { destination }])
    },
    messageDelivered: ({ destination, action, messageId, latencyMs }) => {
      metrics.count('messagesDelivered', { destination })
      metrics.observe('deliveryLatency', {}, latencyMs / 1000)
      log.write('debug', 'messageDelivered', () => [
        `delivered a message of ${action} to ${destination}`,
        { destination, action, message_id: messageId, latency_ms: latencyMs },
      ])
    },
    messageDeadLettered: ({ destination, action, messageId, cause, detail, attempts }) => {
      metrics.count('deadLetters', { cause, destination, action: '' })
      log.writeLimited('warn', 'messageDeadLettered', {
        key: `${destination} ${cause}`,
        line: () => [
          `a message for ${destination} went to the dead letters: ${cause}`,
          { destination, action, message_id: messageId, cause, detail, attempts },
        ],
      })
    },
    messageMoved: ({ destination, action, messageId }) => {
      metrics.count('messagesMoved', { destination })
      log.writeLimited('info', 'messageMoved', {
        key: destination,
        line: () => [
          `a message for ${destination} was queued again: its webhook or channel is another one now`,
          { destination, action, message_id: messageId },
        ],
      })
    },
  }
}
