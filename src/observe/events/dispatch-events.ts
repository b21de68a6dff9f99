import type { AttemptOutcome } from '../../core/outcome.ts'
import type { EventLog, LineLevel } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { HoldReason, Observer } from '../observer.ts'
import { formatDuration } from '../wording.ts'

type DispatchEvents = Pick<
  Observer,
  'messageQueued' | 'postAnswered' | 'messageDelivered' | 'messageDeadLettered' | 'laneHeld'
>

/** What becomes of messages and lanes, as log lines and metrics. */
export function createDispatchEvents(log: EventLog, metrics: Metrics): DispatchEvents {
  return {
    messageQueued: ({ destination }) => {
      metrics.count('messagesQueued', { destination })
      log.write('trace', 'messageQueued', () => [`queued a message for ${destination}`, { destination }])
    },
    postAnswered: (event) => {
      const { destination, outcome, messageId, durationMs, ...answer } = event
      metrics.count('posts', { destination, outcome })
      metrics.observe('postDuration', { outcome }, durationMs / 1000)
      const { level, sentence } = ANSWERS[outcome]
      const line = () =>
        [
          sentence(destination),
          { destination, outcome, message_id: messageId, ...answer, duration_ms: durationMs },
        ] as const
      if (outcome === 'sent') log.write(level, 'postAnswered', line)
      else log.writeLimited(level, 'postAnswered', { key: `${destination} ${outcome}`, line })
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
    laneHeld: ({ destination, reason, waitMs }) => {
      metrics.observe('laneHold', { reason }, waitMs / 1000)
      log.writeLimited(reason === 'rate_limited' ? 'info' : 'warn', 'laneHeld', {
        key: `${destination} ${reason}`,
        line: () => [
          `${destination} waits ${formatDuration(waitMs)}: ${HOLDS[reason]}`,
          { destination, reason, wait_ms: waitMs },
        ],
      })
    },
  }
}

const ANSWERS: Record<AttemptOutcome, { level: LineLevel; sentence: (destination: string) => string }> = {
  sent: { level: 'debug', sentence: (destination) => `posted to ${destination}` },
  rate_limited: { level: 'info', sentence: (destination) => `${destination} is being rate limited by Slack` },
  retry: {
    level: 'warn',
    sentence: (destination) => `a post to ${destination} failed and will be tried again`,
  },
  ambiguous: {
    level: 'warn',
    sentence: (destination) => `a post to ${destination} may or may not have arrived`,
  },
  rejected: { level: 'warn', sentence: (destination) => `Slack refused a message for ${destination}` },
  destination_down: {
    level: 'error',
    sentence: (destination) =>
      `${destination} takes no messages until its webhook, token or channel is put right`,
  },
}

const HOLDS: Record<HoldReason, string> = {
  rate_limited: 'Slack asked it to slow down',
  retry: 'its last post failed',
  ambiguous: 'its last post may or may not have arrived',
  unknown_destination: 'the configuration of this process does not know it',
}
