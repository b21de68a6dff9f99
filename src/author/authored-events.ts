import type { Config } from '../config/config.ts'
import { createEventFormats, type EventFormats } from '../event/event-formats.ts'
import { NO_SCHEMAS } from '../registry/schema-store.ts'

/**
 * How events that a person wrote down are read: as JSON whatever their topic's format is, mapped as the topic's
 * records are. An Avro record stands in a file as what its schema decodes to.
 */
export function authoredFormats({ kafka }: Config): EventFormats {
  return createEventFormats(
    kafka.events.map((topic) => ({ ...topic, format: 'json' })),
    NO_SCHEMAS,
  )
}
