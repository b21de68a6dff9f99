/**
 * The match stage with transactions off: what it writes and the offset it has come to are two separate writes.
 * Run as a process of its own, it shows that the fault runs can fail: this is the loop they are there to catch.
 */

import { loadConfig } from '../../../src/config/load.ts'
import { topicNames } from '../../../src/core/topic-names.ts'
import { connectAdmin } from '../../../src/kafka/broker.ts'
import { createKafkaClient } from '../../../src/kafka/client.ts'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import { ensureTopics } from '../../../src/kafka/topics.ts'
import { byTopic, chunksOf, type TransactionalWriter } from '../../../src/kafka/transactional-writer.ts'
import { createMatchStage } from '../../../src/match/match-stage.ts'
import { createObserver } from '../../../src/observe/create-observer.ts'
import { createLogger } from '../../../src/observe/logger.ts'
import { createMetrics } from '../../../src/observe/metrics.ts'
import { NO_SCHEMAS } from '../../../src/registry/schema-store.ts'
import { systemClock } from '../../../src/system.ts'

const loaded = await loadConfig(process.argv[2] ?? '', { env: process.env, secrets: 'required' })
if (loaded.kind === 'invalid') throw new Error('the configuration is invalid')
const { config } = loaded
const topics = topicNames(config.kafka.prefix)
const metrics = createMetrics({
  version: '0',
  configVersion: config.version,
  actions: config.actions.map(({ id }) => id),
  destinations: [...config.destinations.keys()],
  eventsTopics: config.kafka.events.map(({ topic }) => topic),
  ownTopics: [topics.dispatch, topics.receipts, topics.deadLetters],
})
const observer = createObserver({
  logger: createLogger({ stream: process.stderr }),
  metrics,
  clock: systemClock,
})
const stopping = new AbortController()
const kafka = createKafkaClient(config.kafka, () => undefined)
const admin = await connectAdmin({ kafka, brokers: config.kafka.brokers, observer, signal: stopping.signal })
if (admin === null) throw new Error('the broker cannot be reached')
await ensureTopics(admin, config, observer)

async function openPlainWriter(): Promise<TransactionalWriter> {
  const producer = kafka.producer()
  await producer.connect()
  return {
    async commit(records, upTo) {
      for (const chunk of chunksOf(records))
        await producer.sendBatch({ acks: -1, topicMessages: byTopic(chunk) })
      for (const { groupId, topic, partition, nextOffset } of upTo) {
        const transactional = kafka.producer({
          transactionalId: `${groupId}.${topic}.${partition}.offsets`,
          maxInFlightRequests: 1,
          idempotent: true,
        })
        await transactional.connect()
        const transaction = await transactional.transaction()
        await transaction.sendOffsets({
          consumerGroupId: groupId,
          topics: [{ topic, partitions: [{ partition, offset: String(nextOffset) }] }],
        })
        await transaction.commit()
        await transactional.disconnect()
      }
    },
    async discard() {
      await producer.disconnect()
    },
  }
}

const stage = createMatchStage({
  config,
  kafka,
  admin,
  topics,
  codecs: createRecordCodecs(),
  schemas: NO_SCHEMAS,
  observer,
  clock: systemClock,
  random: Math.random,
  startOverride: null,
  signal: stopping.signal,
  openWriter: openPlainWriter,
  onFatal: (error) => {
    throw error
  },
})
await stage.start()
process.once('SIGTERM', async () => {
  stopping.abort()
  await stage.stop()
  await admin.disconnect()
  process.exit(0)
})
