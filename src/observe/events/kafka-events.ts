import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer } from '../observer.ts'
import { formatCount, formatDuration } from '../wording.ts'

type KafkaEvents = Pick<
  Observer,
  'commitFailed' | 'writeFailed' | 'consumerCrashed' | 'brokerUnreachable' | 'brokerReached' | 'topicCreated'
>

/** How Kafka and its clients fare, as log lines and metrics. */
export function createKafkaEvents(log: EventLog, metrics: Metrics): KafkaEvents {
  let reachable = false
  return {
    commitFailed: ({ stage, error }) => {
      metrics.count('commitFailures', { stage })
      log.writeLimited('warn', 'commitFailed', {
        key: stage,
        line: () => [`${stage} could not commit its offsets and will do so later`, { stage, error }],
      })
    },
    writeFailed: ({ topic, records, error, retryInMs }) => {
      metrics.count('writeFailures', { topic })
      log.writeLimited('warn', 'writeFailed', {
        key: topic,
        line: () => [
          `could not write ${formatCount(records, 'record')} to ${topic}; trying again in ${formatDuration(retryInMs)}`,
          { topic, records, retry_in_ms: retryInMs, error },
        ],
      })
    },
    consumerCrashed: ({ stage, error, restarting }) => {
      metrics.count('consumerCrashes', { stage })
      const line = () =>
        [
          restarting
            ? `the consumer of ${stage} crashed and is being restarted`
            : `the consumer of ${stage} crashed and will not restart`,
          { stage, restarting, error },
        ] as const
      if (restarting) log.writeLimited('error', 'consumerCrashed', { key: stage, line })
      else log.write('error', 'consumerCrashed', line)
    },
    brokerUnreachable: ({ brokers, error, retryInMs }) => {
      reachable = false
      metrics.count('brokerFailures', {})
      metrics.set('brokerReachable', {}, 0)
      log.writeLimited('warn', 'brokerUnreachable', {
        key: brokers.join(' '),
        line: () => [
          `${nameBrokers(brokers)} cannot be reached${reasonOf(error)}; trying again in ${formatDuration(retryInMs)}`,
          { brokers, retry_in_ms: retryInMs, error },
        ],
      })
    },
    brokerReached: ({ brokers }) => {
      metrics.set('brokerReachable', {}, 1)
      if (reachable) return
      reachable = true
      log.write('info', 'brokerReached', () => [`connected to ${nameBrokers(brokers)}`, { brokers }])
    },
    topicCreated: ({ topic, partitions }) =>
      log.write('info', 'topicCreated', () => [
        `created topic ${topic} with ${formatCount(partitions, 'partition')}`,
        { topic, partitions },
      ]),
  }
}

function nameBrokers(brokers: readonly string[]): string {
  return `${brokers.length === 1 ? 'broker' : 'brokers'} ${brokers.join(', ')}`
}

const MOST_REASON_CHARS = 160

/** A wrong password is told in the sentence itself: it does not go away by waiting. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const [line = ''] = error.message.split('\n')
  return line === '' ? '' : ` (${line.slice(0, MOST_REASON_CHARS)})`
}
