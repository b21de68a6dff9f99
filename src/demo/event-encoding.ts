import type { AnalyticsEvent } from '../event/event.ts'
import type { NonEmpty } from './scenario/draw.ts'
import { JSON_POISON, type Poison } from './scenario/poison.ts'

/** How the demo's producers write their events, well and badly. */
export interface EventEncoding {
  encode(event: AnalyticsEvent): Buffer
  poison: NonEmpty<Poison>
  /** Lines for the summary: a label and what it tells. */
  figures(): readonly (readonly [string, string])[]
}

export const JSON_EVENTS: EventEncoding = {
  encode: (event) => Buffer.from(JSON.stringify(event)),
  poison: JSON_POISON,
  figures: () => [],
}
