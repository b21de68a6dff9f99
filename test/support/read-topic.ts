import { randomUUID } from 'node:crypto'
import type { Admin, Kafka as KafkaClient, KafkaMessage } from 'kafkajs'
import { registerCompressionCodecs } from '../../src/kafka/compression.ts'
import { Kafka, logLevel } from '../../src/kafka/kafkajs.ts'
import { openTopicCluster } from '../../src/kafka/topic-cluster.ts'
import { sleep } from '../../src/system.ts'
import { eventually } from './eventually.ts'

export type ReadRecord = KafkaMessage & { partition: number }

/** A kafkajs client that keeps quiet. */
export function quietKafka(brokers: readonly string[]): KafkaClient {
  registerCompressionCodecs()
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
}

/**
 * Everything a topic holds now, from its beginning to its present end, as a consumer of the given isolation sees
 * it: read committed unless told otherwise. A transaction whose end was acknowledged is seen: its markers may reach
 * the partitions a moment later.
 */
export async function readTopic(
  kafka: KafkaClient,
  topic: string,
  options: { uncommitted?: boolean; withinMs?: number } = {},
): Promise<ReadRecord[]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await settledEnds(kafka, admin, topic)
  const groupId = `${topic}-reader-${randomUUID()}`
  const consumer = kafka.consumer({
    groupId,
    readUncommitted: options.uncommitted ?? false,
    maxWaitTimeInMs: 20,
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

/** A transaction that is still open, or whose process is gone, is not waited for longer. */
const MARKERS_MS = 3_000

/**
 * The end of every partition that holds something. kafkajs' admin answers with the last stable offset, which is
 * waited for until it has come to where the log truly ends.
 */
async function settledEnds(kafka: KafkaClient, admin: Admin, topic: string): Promise<Map<number, number>> {
  const cluster = await openTopicCluster(kafka, topic)
  const logEnds = (await cluster?.offsets({ fromBeginning: false })) ?? new Map<number, number>()
  await cluster?.close()
  const patienceEndsMs = performance.now() + MARKERS_MS
  for (;;) {
    const ranges = await admin.fetchTopicOffsets(topic)
    const settled = ranges.every(({ partition, high }) => Number(high) >= (logEnds.get(partition) ?? 0))
    if (settled || performance.now() > patienceEndsMs) {
      const filled = ranges.filter(({ low, high }) => Number(high) > Number(low))
      return new Map(filled.map(({ partition, high }) => [partition, Number(high)]))
    }
    await sleep(20)
  }
}
