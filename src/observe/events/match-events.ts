import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer, TransactionEnd } from '../observer.ts'
import { formatCount } from '../wording.ts'

type MatchEvents = Pick<
  Observer,
  'eventsConsumed' | 'actionMatched' | 'messageCut' | 'eventDeadLettered' | 'transactionEnded'
>

/** What the match stage does with events, as log lines and metrics. */
export function createMatchEvents(log: EventLog, metrics: Metrics): MatchEvents {
  return {
    eventsConsumed: ({ topic, partition, count }) => {
      metrics.count('eventsConsumed', { topic }, count)
      log.write('trace', 'eventsConsumed', () => [
        `read ${formatCount(count, 'event')} of ${topic}`,
        { topic, partition, count },
      ])
    },
    actionMatched: ({ action, count }) => {
      metrics.count('matches', { action }, count)
      log.write('trace', 'actionMatched', () => [
        `${action} matched ${formatCount(count, 'event')}`,
        { action, count },
      ])
    },
    messageCut: ({ action, count }) => {
      metrics.count('messagesCut', { action }, count)
      log.writeLimited('info', 'messageCut', {
        key: action,
        line: () => [`cut ${formatCount(count, 'message')} of ${action} to Slack's limit`, { action, count }],
      })
    },
    eventDeadLettered: ({ action, cause, ...where }) => {
      metrics.count('deadLetters', { cause, destination: '', action: action ?? '' })
      log.writeLimited('warn', 'eventDeadLettered', {
        key: `${where.topic} ${cause} ${action ?? ''}`,
        line: () => [
          `an event of ${where.topic} went to the dead letters: ${cause}`,
          { cause, action, ...where },
        ],
      })
    },
    transactionEnded: ({ topic, partition, end, records, durationMs, error }) => {
      metrics.count('transactions', { topic, end })
      if (end === 'committed') metrics.count('recordsCommitted', { topic }, records)
      metrics.observe('transactionDuration', {}, durationMs / 1000)
      const fields = { topic, partition, end, records, duration_ms: durationMs, error }
      const line = () => [TRANSACTION_SENTENCES[end](`${topic}[${partition}]`), fields] as const
      if (end === 'committed') log.write('debug', 'transactionEnded', line)
      else
        log.writeLimited(end === 'aborted' ? 'warn' : 'info', 'transactionEnded', {
          key: `${topic} ${end}`,
          line,
        })
    },
  }
}

const TRANSACTION_SENTENCES: Record<TransactionEnd, (partition: string) => string> = {
  committed: (partition) => `committed a transaction of ${partition}`,
  aborted: (partition) => `a transaction of ${partition} failed and its batch will be read again`,
  fenced: (partition) => `another process has taken ${partition} over`,
}
