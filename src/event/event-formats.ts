import type { EventsTopic } from '../config/config.ts'
import type { KnownSchemas } from '../registry/schema-store.ts'
import { type DecodedEvent, decodeJsonEvent } from './decode-json.ts'

/** How the values of one events topic become events. */
export interface EventFormat {
  /** The id of the writer's schema that `decode` needs and that is not known yet; null where nothing is missing. */
  missingSchema(value: Buffer): number | null
  decode(value: Buffer): DecodedEvent
}

export type EventFormats = (topic: string) => EventFormat

const JSON_FORMAT: EventFormat = { missingSchema: () => null, decode: decodeJsonEvent }

/** The formats of the configured topics; a topic that is not configured is read as plain JSON. */
export function createEventFormats(_topics: readonly EventsTopic[], _schemas: KnownSchemas): EventFormats {
  return () => JSON_FORMAT
}
