import avro, { type Schema } from 'avsc'
import type { BenchEvent } from './match-events.ts'

const SCHEMA = {
  type: 'record',
  name: 'Event',
  namespace: 'com.example.analytics',
  fields: [
    { name: 'type', type: { type: 'enum', name: 'Call', symbols: ['track', 'identify', 'page', 'group'] } },
    { name: 'event', type: ['null', 'string'], default: null },
    { name: 'messageId', type: 'string' },
    { name: 'userId', type: ['null', 'string'], default: null },
    { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' } },
    {
      name: 'properties',
      type: {
        type: 'record',
        name: 'Properties',
        fields: [
          { name: 'plan', type: 'string' },
          { name: 'total', type: 'double' },
          { name: 'coupon', type: ['null', 'string'], default: null },
          { name: 'score', type: 'int' },
          { name: 'currency', type: 'string' },
          { name: 'name', type: 'string' },
        ],
      },
    },
    {
      name: 'context',
      type: {
        type: 'record',
        name: 'Context',
        fields: [
          { name: 'ip', type: 'string' },
          {
            name: 'library',
            type: { type: 'record', name: 'Library', fields: [{ name: 'name', type: 'string' }] },
          },
        ],
      },
    },
  ],
} satisfies Schema

/** As avsc makes it by itself: a timestamp is a number, a union's value stands there unwrapped. */
export const EVENT_TYPE = avro.Type.forSchema(SCHEMA)

/** A zero byte and four bytes of the schema's id: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format */
export const HEADER_BYTES = 5

/** Registers the schema for the topic's values, and gives what writes an event in the Confluent wire format. */
export async function createAvroEncoder(
  registryUrl: string,
  topic: string,
): Promise<(event: BenchEvent) => Buffer> {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeInt32BE(await register(registryUrl, `${topic}-value`), 1)
  return (event) => {
    const record = { ...event, timestamp: Date.parse(event.timestamp) }
    return Buffer.concat([header, EVENT_TYPE.toBuffer(record)])
  }
}

/** Gives the schema's id. */
async function register(registryUrl: string, subject: string): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(SCHEMA) }),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`the registry refuses the schema of ${subject}: ${answer}`)
  const { id }: { id: number } = JSON.parse(answer)
  return id
}
