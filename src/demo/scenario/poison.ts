import type { EventCause } from '../../core/outcome.ts'
import type { NonEmpty } from './draw.ts'

/** What a broken producer leaves on a topic now and then, and the cause its dead letter must carry. */
export const POISON: NonEmpty<{ text: string; cause: EventCause }> = [
  { text: '{"type":"track","event":"Order Completed","properties":{"total":9', cause: 'not_json' },
  { text: 'ERROR 2024-05-01 12:00:00 producer: Signed Up could not be serialised', cause: 'not_json' },
  { text: '', cause: 'not_json' },
  { text: '[{"type":"track","event":"Order Completed","properties":{"total":900}}]', cause: 'not_an_object' },
  { text: '"Signed Up"', cause: 'not_an_object' },
  { text: '42', cause: 'not_an_object' },
  {
    text: `{"type":"track","event":"Signed Up","properties":{"name":"${'x'.repeat(70_000)}"}}`,
    cause: 'too_large',
  },
]
