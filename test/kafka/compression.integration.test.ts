/**
 * Against a real broker, whose compression is Kafka's own Java code. A topic with its own `compression.type`
 * makes the broker compress anew what comes in otherwise: so it reads what is written here, and writes what is
 * read here.
 */

import { describe, expect, it } from 'vitest'
import { CompressionTypes } from '../../src/kafka/kafkajs.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka, readTopic } from '../support/read-topic.ts'
import { createTopic } from '../support/topic-admin.ts'

const { None, GZIP, Snappy, LZ4, ZSTD } = CompressionTypes

/** Enough for several blocks of snappy and lz4, and one message that does not compress well. */
const MESSAGES = [
  ...Array.from({ length: 500 }, (_, index) => ({
    key: `user-${index % 7}`,
    value: `event ${index} ${'ding '.repeat(60)}`,
  })),
  {
    key: 'noise',
    value: Array.from({ length: 20_000 }, (_, index) => (index * 7919 * index) % 9973).join(''),
  },
]

describe.each([
  { name: 'gzip', type: GZIP, other: 'lz4' },
  { name: 'snappy', type: Snappy, other: 'gzip' },
  { name: 'lz4', type: LZ4, other: 'gzip' },
  { name: 'zstd', type: ZSTD, other: 'gzip' },
])('$name', ({ name, type, other }) => {
  it('comes back as it was sent', async () => {
    expect(await roundTrip(name, { sent: type, topicCompression: 'producer' })).toEqual(MESSAGES)
  })

  it('is read by Kafka when it was written here', async () => {
    expect(await roundTrip(name, { sent: type, topicCompression: other })).toEqual(MESSAGES)
  })

  it('is read here when Kafka wrote it', async () => {
    expect(await roundTrip(name, { sent: None, topicCompression: name })).toEqual(MESSAGES)
  })
})

async function roundTrip(
  name: string,
  { sent, topicCompression }: { sent: number; topicCompression: string },
) {
  const kafka = quietKafka(testBrokers())
  const topic = `${randomPrefix('compression')}.${name}`
  const admin = kafka.admin()
  await admin.connect()
  await createTopic(admin, {
    topic,
    configEntries: [{ name: 'compression.type', value: topicCompression }],
  })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, compression: sent, messages: MESSAGES })
  await producer.disconnect()
  const records = await readTopic(kafka, topic)
  return records.map(({ key, value }) => ({ key: String(key), value: String(value) }))
}
