/**
 * The demo's events in Avro, in the Confluent wire format: a zero byte, four bytes of the schema's id in the registry,
 * the event in Avro binary. Two versions of one schema are at work in one topic, as when some apps have been updated
 * and some have not.
 */
import avro, { type Schema, type Type } from 'avsc'
import type { AnalyticsEvent } from '../event/event.ts'
import type { SchemaRegistry } from '../registry/schema-registry.ts'
import type { EventEncoding } from './event-encoding.ts'
import { EVENT_SCHEMAS, type EventSchema } from './event-schemas.ts'
import type { NonEmpty } from './scenario/draw.ts'
import { AVRO_POISON, type Poison } from './scenario/poison.ts'

/** An app of some version: what it writes, and under which id. */
interface Writer {
  id: number
  type: Type
  written: number
}

/** Registers the schemas as the apps' own serialisers would, under the subject of the topic's values. */
export async function createAvroEvents(registry: SchemaRegistry, topic: string): Promise<EventEncoding> {
  const register = async (schema: EventSchema): Promise<Writer> => ({
    id: await registry.register(`${topic}-value`, JSON.stringify(schema)),
    type: avro.Type.forSchema(schema as unknown as Schema, { wrapUnions: true }),
    written: 0,
  })
  const older = await register(EVENT_SCHEMAS.older)
  const newer = await register(EVENT_SCHEMAS.newer)
  let events = 0
  return {
    encode(event) {
      events += 1
      const writer = events % OLDER_EVERY === 0 ? older : newer
      writer.written += 1
      return framed(writer.id, writer.type.toBuffer(toRecord(event)))
    },
    poison: spoilt(newer),
    figures: () => [['schemas', `${written('older', older)}, ${written('newer', newer)}`]],
  }
}

/** One event in three comes from an app that has not been updated. */
const OLDER_EVERY = 3
/** Registries count from 1. */
const UNKNOWN_ID = 2_000_000_000

function written(which: string, { id, written: events }: Writer): string {
  return `${events.toLocaleString('en-US')} events by ${which} apps (schema ${id})`
}

/** What is no Avro at all, and what only looks like it. */
function spoilt({ id, type }: Writer): NonEmpty<Poison> {
  const event = { type: 'track', event: 'Signed Up', messageId: 'spoilt', timestamp: '2026-01-31T08:00:00Z' }
  const body = type.toBuffer(toRecord(event))
  return [
    ...AVRO_POISON,
    { raw: framed(id, body.subarray(0, -3)), cause: 'bad_avro' },
    { raw: framed(UNKNOWN_ID, body), cause: 'unknown_schema' },
    { raw: framed(id, Buffer.alloc(70_000)), cause: 'too_large' },
  ]
}

function framed(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, body])
}

/** As the schemas have it; the older one leaves `context` out. A union's value stands under its type's name. */
function toRecord(event: AnalyticsEvent): Record<string, unknown> {
  return {
    type: event.type,
    messageId: event.messageId,
    timestamp: Date.parse(String(event.timestamp)),
    userId: textOrNull(event.userId),
    anonymousId: textOrNull(event.anonymousId),
    groupId: textOrNull(event.groupId),
    event: textOrNull(event.event),
    name: textOrNull(event.name),
    properties: mapOrNull(event.properties, propertyValue),
    traits: mapOrNull(event.traits, propertyValue),
    integrations: mapOrNull(event.integrations, (enabled) => enabled),
    context: contextOf(event.context),
  }
}

function textOrNull(value: unknown): unknown {
  return typeof value === 'string' ? { string: value } : null
}

function mapOrNull(value: unknown, one: (value: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return null
  return { map: Object.fromEntries(Object.entries(value).map(([key, held]) => [key, one(held)])) }
}

function propertyValue(value: unknown): unknown {
  if (Array.isArray(value)) return { array: value }
  switch (typeof value) {
    case 'string':
      return { string: value }
    case 'boolean':
      return { boolean: value }
    case 'number':
      return Number.isInteger(value) ? { long: value } : { double: value }
    default:
      return null
  }
}

function contextOf(context: unknown): unknown {
  if (typeof context !== 'object' || context === null) return null
  const { library, locale } = context as { library?: unknown; locale?: unknown }
  return { 'com.example.analytics.Context': { library, locale } }
}
