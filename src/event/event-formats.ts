import type { EventMap, EventsTopic } from '../config/config.ts'
import type { KnownSchemas } from '../registry/schema-store.ts'
import { createAvroDecoder, type PeekedEvent } from './decode-avro.ts'
import { type DecodedEvent, decodeJsonEvent } from './decode-json.ts'
import { compileEventMap } from './map-event.ts'

/** How the values of one events topic become events. */
export interface EventFormat {
  /** The id of the writer's schema that `decode` needs and that is not known yet; null where nothing is missing. */
  missingSchema(value: Buffer): number | null
  decode(value: Buffer): DecodedEvent
  /** A cheap look at the type and name of an event; see AvroDecoder. Left out where there is none. */
  peek?: (value: Buffer) => PeekedEvent | null
}

export type EventFormats = (topic: string) => EventFormat

const JSON_FORMAT: EventFormat = { missingSchema: () => null, decode: decodeJsonEvent }

/** The formats of the configured topics; a topic that is not configured is read as plain JSON. */
export function createEventFormats(topics: readonly EventsTopic[], schemas: KnownSchemas): EventFormats {
  const avro = createAvroDecoder(schemas)
  const formats = new Map(
    topics.map(({ topic, format, map }) => [topic, withMap(format === 'avro' ? avro : JSON_FORMAT, map)]),
  )
  return (topic) => formats.get(topic) ?? JSON_FORMAT
}

/** Type and name may come from anywhere in a record: there is no cheap look at one that is mapped. */
function withMap({ missingSchema, decode, ...format }: EventFormat, map: EventMap | null): EventFormat {
  if (map === null) return { missingSchema, decode, ...format }
  const toEvent = compileEventMap(map)
  return {
    missingSchema,
    decode(value) {
      const decoded = decode(value)
      return decoded.kind === 'event' ? { kind: 'event', event: toEvent(decoded.event) } : decoded
    },
  }
}
