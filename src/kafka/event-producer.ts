import type { Kafka } from 'kafkajs'
import { Partitioners } from './kafkajs.ts'

/** Produces events as a user's own systems would: for the demo. */
export interface EventProducer {
  /** Resolves when the broker has the records. */
  send(records: readonly { key: string; value: Buffer }[]): Promise<void>
  close(): Promise<void>
}

export async function createEventProducer(kafka: Kafka, topic: string): Promise<EventProducer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  return {
    async send(records) {
      await producer.send({ topic, acks: -1, messages: [...records] })
    },
    close: () => producer.disconnect(),
  }
}
