import type { Place } from '../config/source.ts'
import type { AnalyticsEvent } from '../event/event.ts'

/** A test of a configuration: an event, and every message that it is to give. */
export interface TestCase {
  /** As it is written; names may be equal. */
  name: string
  /** Where it stands; its line is counted only where it is shown. */
  place: Place
  event: AnalyticsEvent
  topic: string
  /** The record's timestamp, milliseconds since the epoch. */
  atMs: number
  /** By destination, in the order that they are sent; a destination that is not here is to get nothing. */
  expected: ReadonlyMap<string, readonly ExpectedMessage[]>
}

/** The whole text, or texts that all stand in it. */
export type ExpectedMessage = { kind: 'exact'; text: string } | { kind: 'contains'; parts: readonly string[] }

/** A test's record has this time where it names none: `ago` and dates are the same every time it runs. */
export const DEFAULT_AT = '2026-01-01T00:00:00Z'
