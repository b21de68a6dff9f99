import { randomUUID } from 'node:crypto'
import type { Kafka as KafkaClient, KafkaMessage } from 'kafkajs'
import { registerCompressionCodecs } from '../../src/kafka/compression.ts'
import { Kafka, logLevel } from '../../src/kafka/kafkajs.ts'
import { eventually } from './eventually.ts'

export type ReadRecord = KafkaMessage & { partition: number }

/** A kafkajs client that keeps quiet. */
export function quietKafka(brokers: readonly string[]): KafkaClient {
  registerCompressionCodecs()
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
}

/**
 * Everything a topic holds now, from its beginning to its present end, as a consumer of the given isolation sees
 * it: read committed unless told otherwise.
 */
export async function readTopic(
  kafka: KafkaClient,
  topic: string,
  options: { uncommitted?: boolean; withinMs?: number } = {},
): Promise<ReadRecord[]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = new Map(
    (await admin.fetchTopicOffsets(topic))
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high)]),
  )
  const groupId = `${topic}-reader-${randomUUID()}`
  const consumer = kafka.consumer({
    groupId,
    readUncommitted: options.uncommitted ?? false,
    maxWaitTimeInMs: 100,
  })
  const records: ReadRecord[] = []
  const reached = new Map<number, number>()
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    reached.set(payload.partition, Number(payload.lastOffset) + 1)
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        records.push(...batch.messages.map((message) => ({ ...message, partition: batch.partition })))
      },
    })
    await eventually(
      `${topic} is read to its end`,
      () => [...ends].every(([partition, end]) => (reached.get(partition) ?? 0) >= end),
      { withinMs: options.withinMs ?? 60_000, everyMs: 20 },
    )
  } finally {
    await consumer.disconnect()
    await admin.deleteGroups([groupId]).catch(() => undefined)
    await admin.disconnect()
  }
  return records
}
