import type { Kafka } from 'kafkajs'
import { Partitioners } from './kafkajs.ts'

/** Produces records as a user's own systems would: for the demo, and for what bellhop sends itself. */
export interface EventProducer {
  /** Resolves when the broker has the records; a producer that has failed is of no more use. */
  send(records: readonly ProducedRecord[]): Promise<void>
  close(): Promise<void>
}

export interface ProducedRecord {
  key: string
  value: Buffer | string | null
  headers?: Readonly<Record<string, string>>
  /** Milliseconds since the epoch; left out, the moment of writing. */
  timestampMs?: number
}

export async function createEventProducer(kafka: Kafka, topic: string): Promise<EventProducer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  try {
    await producer.connect()
  } catch (error) {
    await producer.disconnect().catch(() => undefined)
    throw error
  }
  return {
    async send(records) {
      const messages = records.map(({ key, value, headers, timestampMs }) => ({
        key,
        value,
        ...(headers === undefined ? {} : { headers }),
        ...(timestampMs === undefined ? {} : { timestamp: String(Math.round(timestampMs)) }),
      }))
      await producer.send({ topic, acks: -1, messages })
    },
    close: () => producer.disconnect(),
  }
}
