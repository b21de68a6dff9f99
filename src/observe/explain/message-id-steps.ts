import { didYouMean } from '../../core/nearest.ts'
import { count, timeText } from '../wording.ts'
import { type Asked, placeText } from './asked.ts'
import type { ExplainStep, Explanation } from './explanation.ts'
import type { FoundEvents } from './find-message-id.ts'
import { shellCommand, step, type Telling } from './telling.ts'

/** Of many events that carry one messageId, so many are told in full. */
export const MOST_TOLD = 3

/** A producer that tries again writes an event twice. */
export function severalSteps({ newest, all }: FoundEvents, telling: Telling): ExplainStep[] {
  if (all === 1) return []
  const places = newest.map((record) => `${timeText(record.timestamp)}: ${placeText(record)}`)
  const other = newest.at(-MOST_TOLD - 1)
  return [
    step({
      stage: 'event',
      tone: 'neutral',
      text: `${count(all, 'event')} carry this messageId: a producer may have written one event more than once.`,
      details: [
        ...(all > newest.length ? [`The newest ${newest.length}:`] : []),
        ...places,
        ...(all > MOST_TOLD ? [`The newest ${MOST_TOLD} are told below, oldest first.`] : []),
      ],
      command: other === undefined ? null : shellCommand(telling, ['explain', placeText(other)]),
    }),
  ]
}

const DAY_MS = 86_400_000

/** Further back than was looked. */
function daysFurther(sinceMs: number, nowMs: number): number {
  const days = Math.ceil((nowMs - sinceMs) / DAY_MS)
  return days < 7 ? 7 : days * 4
}

/** Where no event carries it: what was looked at, and what the id may have been meant for. */
export function notFound(
  { id, kind, instead }: Extract<Asked, { kind: 'event_message_id' }>,
  { topics, sinceMs, read }: { topics: readonly string[]; sinceMs: number; read: number },
  telling: Telling,
): Explanation {
  return {
    asked: { id, kind },
    found: false,
    summary: `No event since ${timeText(sinceMs)} carries the messageId ${id}.`,
    steps: [
      step({
        stage: 'event',
        tone: 'neutral',
        text: `${count(read, 'record')} of ${topics.join(', ')} ${read === 1 ? 'was' : 'were'} looked at; an older event may carry it.`,
        details:
          instead === null
            ? []
            : [
                `It looks like coordinates or a message id, but there is no topic ${instead}${didYouMean(instead, topics)}`,
              ],
        command: shellCommand(telling, ['explain', id, '--since', `${daysFurther(sinceMs, telling.nowMs)}d`]),
      }),
    ],
    records: {},
  }
}
