import { count } from '../wording.ts'
import { placeText } from './asked.ts'
import type { Evidence } from './evidence.ts'
import type { ExplainStep } from './explanation.ts'
import { shellCommand, step, type Telling } from './telling.ts'

const MOST_LISTED = 10

/** Where a message was asked about that is not there, and others of its event are: most likely one of them was meant. */
export function othersStep({ place, others }: Evidence, telling: Telling): ExplainStep {
  const more = others.length - MOST_LISTED
  return step({
    stage: 'dispatch',
    tone: 'neutral',
    text: `No message of this id was queued for the event, but ${count(others.length, 'other')}:`,
    details: [...others.slice(0, MOST_LISTED), ...(more > 0 ? [`and ${more} more`] : [])],
    command: shellCommand(telling, ['explain', placeText(place)]),
  })
}
