import { NOTIFY_ACTION } from '../../core/own-actions.ts'
import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer } from '../observer.ts'
import { formatDuration } from '../wording.ts'

type SightEvents = Pick<
  Observer,
  | 'messageSilenced'
  | 'controlsChanged'
  | 'canarySent'
  | 'canaryFailed'
  | 'canaryArrived'
  | 'notified'
  | 'statusFailed'
>

/** What persons say of destinations, and what bellhop says of itself, as log lines and metrics. */
export function createSightEvents(log: EventLog, metrics: Metrics): SightEvents {
  return {
    messageSilenced: ({ destination, action, messageId, detail }) => {
      metrics.count('messagesSilenced', { destination })
      const fields = { destination, action, message_id: messageId, detail }
      // What the log has called told is not: nobody else says so.
      if (action === NOTIFY_ACTION) {
        log.write('warn', 'messageSilenced', () => [
          `${destination} is not told after all: ${detail ?? 'it is silenced'}`,
          fields,
        ])
        return
      }
      log.write('debug', 'messageSilenced', () => [
        `a message for ${destination} is dropped: it is silenced`,
        fields,
      ])
    },
    controlsChanged: ({ paused, silenced }) => {
      metrics.setControls({ paused, silenced })
      log.write('info', 'controlsChanged', () => [
        'what is paused or silenced has changed',
        { paused, silenced },
      ])
    },
    canarySent: ({ topic }) => {
      metrics.count('canarySent', {})
      log.write('debug', 'canarySent', () => ['the canary is on its way', { topic }])
    },
    canaryFailed: ({ error }) => {
      metrics.count('canaryFailures', {})
      log.writeLimited('warn', 'canaryFailed', {
        key: '',
        line: () => ['the canary could not be sent', { error }],
      })
    },
    canaryArrived: ({ destination, roundTripMs }) => {
      metrics.observe('canaryRoundTrip', {}, roundTripMs / 1000)
      metrics.stamp('canaryLastSuccess', {})
      log.write('debug', 'canaryArrived', () => [
        `the canary has arrived after ${formatDuration(roundTripMs)}`,
        { destination, round_trip_ms: roundTripMs },
      ])
    },
    notified: ({ cause, destination, detail }) => {
      metrics.count('notifications', { cause })
      log.write('info', 'notified', () => [`${destination} is told: ${detail}`, { destination, cause }])
    },
    statusFailed: ({ error }) => {
      metrics.count('statusFailures', {})
      log.writeLimited('warn', 'statusFailed', {
        key: '',
        line: () => ['what this process does could not be told to the others', { error }],
      })
    },
  }
}
