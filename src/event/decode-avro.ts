import type { Type } from 'avsc'
import type { KnownSchemas } from '../registry/schema-store.ts'
import { AvroCursor, AvroFault } from './avro-cursor.ts'
import { type AvroReader, createAvroReader } from './avro-reader.ts'
import type { DecodedEvent } from './decode-json.ts'
import type { AnalyticsEvent } from './event.ts'

/**
 * Events in the Confluent wire format: a zero byte, four bytes of the writer's schema id, the value in Avro's binary
 * encoding. Each event is read with the schema that it was written with, so that old and new writers share a topic.
 */
export interface AvroDecoder {
  /** The id of the writer's schema, where it is not known yet. */
  missingSchema(value: Buffer): number | null
  /** Every schema that was missing has been learnt before. */
  decode(value: Buffer): DecodedEvent
  /**
   * What the event says of its type and name, at a fraction of the cost of decoding it whole; a field that its schema
   * does not have is undefined. Null where that cannot be told, or `decode` would find poison: decode it then.
   */
  peek(value: Buffer): PeekedEvent | null
}

export type PeekedEvent = { type: unknown; event: unknown }

const HEADER_BYTES = 5

export function createAvroDecoder(schemas: KnownSchemas): AvroDecoder {
  const readers = new Map<number, AvroReader>()

  /** Schemas never change under their id. */
  function readerOf(id: number): AvroReader | Unreadable {
    const known = readers.get(id)
    if (known !== undefined) return known
    const type = schemas.get(id)
    if (type === undefined || type === 'unknown') return unknownSchema(id)
    const reader = type === 'unusable' ? null : readerOrNull(type)
    if (reader === null) return badAvro(`schema ${id} in the registry is no Avro schema that can be read`)
    readers.set(id, reader)
    return reader
  }

  return {
    missingSchema(value) {
      const id = schemaIdOf(value)
      return typeof id === 'number' && schemas.get(id) === undefined ? id : null
    },

    decode(value) {
      const id = schemaIdOf(value)
      if (typeof id !== 'number') return id
      const reader = readerOf(id)
      if ('kind' in reader) return reader
      try {
        return eventOf(readWhole(reader.read, value), id)
      } catch (error) {
        if (error instanceof AvroFault) return badAvro(`it does not fit its schema ${id}: ${error.message}`)
        throw error
      }
    },

    peek(value) {
      const id = schemaIdOf(value)
      const reader = typeof id === 'number' ? readerOf(id) : id
      if ('kind' in reader || reader.peek === null) return null
      try {
        return readWhole(reader.peek, value)
      } catch (error) {
        if (error instanceof AvroFault) return null
        throw error
      }
    },
  }
}

/** Null for a schema so deep or wide that no reader can be made of it: it must not stop its partition for ever. */
function readerOrNull(type: Type): AvroReader | null {
  try {
    return createAvroReader(type)
  } catch {
    return null
  }
}

type Unreadable = Extract<DecodedEvent, { kind: 'poison' }>

function badAvro(detail: string): Unreadable {
  return { kind: 'poison', cause: 'bad_avro', detail }
}

function unknownSchema(id: number): Unreadable {
  return { kind: 'poison', cause: 'unknown_schema', detail: `schema ${id} is not in the registry` }
}

function schemaIdOf(value: Buffer): number | Unreadable {
  if (value.length < HEADER_BYTES) {
    return badAvro(`${value.length} bytes, where the Confluent wire format begins with ${HEADER_BYTES}`)
  }
  if (value[0] !== 0) {
    const first = value.toString('hex', 0, 1)
    return badAvro(`begins with the byte 0x${first}, where the Confluent wire format begins with 0x00`)
  }
  const id = value.readInt32BE(1)
  return id < 0 ? badAvro(`${id} is no schema id`) : id
}

function readWhole<T>(read: (cursor: AvroCursor) => T, value: Buffer): T {
  const cursor = new AvroCursor(value, HEADER_BYTES)
  const found = read(cursor)
  const left = value.length - cursor.at
  if (left > 0) throw new AvroFault(`${left} bytes are left over`)
  return found
}

function eventOf(value: unknown, id: number): DecodedEvent {
  if (isEvent(value)) return { kind: 'event', event: value }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
  return { kind: 'poison', cause: 'not_an_object', detail: `a ${kind} in Avro, by schema ${id}` }
}

function isEvent(value: unknown): value is AnalyticsEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
