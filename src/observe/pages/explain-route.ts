import { AppError } from '../../core/errors.ts'
import type { Explanation } from '../explain/explanation.ts'
import { type Answer, type Exchange, json, problem } from '../http-answer.ts'

export type Explain = (id: string, signal: AbortSignal) => Promise<Explanation>

/** Explaining reads topics, up to all of a day's: only so many at once, only so long, and only while somebody waits. */
const AT_ONCE = 4
const LONGEST_MS = 60_000
const MAX_ID_CHARS = 1_000

export interface ExplainRoute {
  answer(exchange: Pick<Exchange, 'query' | 'response'>): Promise<Answer>
  /** What runs is cancelled. */
  close(): void
}

export function createExplainRoute(explain: Explain): ExplainRoute {
  const closing = new AbortController()
  let running = 0
  return {
    async answer({ query, response }) {
      const id = query.get('id')?.trim() ?? ''
      if (id === '' || id.length > MAX_ID_CHARS) {
        return problem(400, `id wants a message id, an event's messageId, or topic:partition:offset`)
      }
      if (running >= AT_ONCE) {
        return {
          ...problem(503, 'others are being explained: try again soon'),
          headers: { 'retry-after': '2' },
        }
      }
      const left = new AbortController()
      const onClose = (): void => left.abort()
      response.on('close', onClose)
      const timeout = AbortSignal.timeout(LONGEST_MS)
      running += 1
      try {
        return json(200, await explain(id, AbortSignal.any([left.signal, timeout, closing.signal])))
      } catch (error) {
        return failed(error, timeout.aborted)
      } finally {
        running -= 1
        response.off('close', onClose)
      }
    },
    close: () => closing.abort(),
  }
}

function failed(error: unknown, isLate: boolean): Answer {
  if (isLate) {
    return problem(
      504,
      `this took longer than ${LONGEST_MS / 1_000} s: \`bellhop explain ID\` in a terminal takes its time`,
    )
  }
  // An AppError is written for people and holds no secret; anything else may be about anything.
  return error instanceof AppError ? problem(422, error.message) : problem(500, 'it could not be explained')
}
