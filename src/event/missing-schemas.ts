import type { EventRecord } from './event.ts'
import type { EventFormats } from './event-formats.ts'

/** The ids of the schemas that decoding these records needs and that are not known yet. */
export function missingSchemas(records: readonly EventRecord[], formats: EventFormats): Set<number> {
  const missing = new Set<number>()
  for (const { topic, value } of records) {
    const id = value === null ? null : formats(topic).missingSchema(value)
    if (id !== null) missing.add(id)
  }
  return missing
}
