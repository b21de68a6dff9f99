import type { Kafka } from 'kafkajs'
import { CompressionTypes, Partitioners } from './kafkajs.ts'

/** Writes the last word of keys into a compacted topic: once, or not at all. */
export interface StatusProducer {
  /** Resolves when the partition's leader has it; a value of null takes the key back. */
  send(key: string, value: string | Buffer | null): Promise<void>
  close(): Promise<void>
}

/** What is not taken in this time comes too late to be worth it. */
const ANSWER_MS = 5_000

/** A status that could not be written is followed by a newer one: nothing is tried again. */
export async function openStatusProducer(kafka: Kafka, topic: string): Promise<StatusProducer> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 0 },
  })
  try {
    await producer.connect()
  } catch (error) {
    await producer.disconnect().catch(() => undefined)
    throw error
  }
  return {
    async send(key, value) {
      await producer.send({
        topic,
        acks: 1,
        timeout: ANSWER_MS,
        compression: CompressionTypes.GZIP,
        messages: [{ key, value }],
      })
    },
    close: () => producer.disconnect(),
  }
}
