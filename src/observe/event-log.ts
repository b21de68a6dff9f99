import type { LogLimiter } from './log-limiter.ts'
import type { Logger } from './logger.ts'
import type { Observer } from './observer.ts'

export type LineLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** A sentence for a person, and the ids and numbers it stands on. */
export type Line = readonly [sentence: string, fields: Readonly<Record<string, unknown>>]

/**
 * Writes the log lines of the internal events. Each carries the event's name in `event`, so that lines can be
 * picked out without reading sentences. A line whose level is off is never built.
 */
export interface EventLog {
  write(level: LineLevel, event: keyof Observer, line: () => Line): void
  /**
   * For what repeats itself: at most one line per event, key and interval. The next one says in `suppressed` how
   * many were held back; those appear at debug.
   */
  writeLimited(level: LineLevel, event: keyof Observer, repeated: { key: string; line: () => Line }): void
}

/** A sentence may name what a record names, and that has no bound. */
const MAX_SENTENCE_CHARS = 500
const MAX_KEY_CHARS = 200

export function createEventLog(logger: Logger, limiter: LogLimiter): EventLog {
  const write: EventLog['write'] = (level, event, line) => {
    if (!logger.isLevelEnabled(level)) return
    const [sentence, fields] = line()
    logger[level]({ event, ...fields }, sentence.slice(0, MAX_SENTENCE_CHARS))
  }
  return {
    write,
    writeLimited: (level, event, { key, line }) => {
      const suppressed = logger.isLevelEnabled(level)
        ? limiter.admit(`${event} ${key}`.slice(0, MAX_KEY_CHARS))
        : null
      if (suppressed === null) return write('debug', event, line)
      if (suppressed === 0) return write(level, event, line)
      write(level, event, () => {
        const [sentence, fields] = line()
        return [sentence, { ...fields, suppressed }]
      })
    },
  }
}
