import type { Consumer } from 'kafkajs'
import { expect, it } from 'vitest'
import { cleanUp } from '../../src/kafka/cleanup.ts'
import { findKafka } from '../../src/local/find-kafka.ts'
import { eventually } from '../support/eventually.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka } from '../support/read-topic.ts'
import { createTopic } from '../support/topic-admin.ts'

const kafka = quietKafka(testBrokers())

it('deletes the topics and groups that begin with the prefix, and no others', async () => {
  const [prefix, other] = [randomPrefix('cleanup'), randomPrefix('other')]
  for (const name of [`${prefix}.one`, `${prefix}.two`, `${other}.${prefix}`]) await use(name)

  expect(await cleanUp({ brokers: testBrokers(), prefix })).toEqual({
    topics: expect.toSatisfy((topics) => String(topics.toSorted()) === `${prefix}.one,${prefix}.two`),
    groups: expect.toSatisfy(
      (groups) => String(groups.toSorted()) === `${prefix}.one-group,${prefix}.two-group`,
    ),
    left: [],
  })
  await eventually('only the other is left', async () => {
    expect(await namesWith(prefix)).toEqual([`${other}.${prefix}`, `${other}.${prefix}-group`])
    return true
  })
})

it('says which group it could not delete: one that has members', async () => {
  const prefix = randomPrefix('members')
  await createEmptyTopic(`${prefix}.events`)
  const consumer = await join(`${prefix}.events`)

  expect(await cleanUp({ brokers: testBrokers(), prefix })).toMatchObject({
    left: [`${prefix}.events-group`],
  })
  await consumer.disconnect()
})

it('has nothing to do where nothing begins with the prefix', async () => {
  expect(await cleanUp({ brokers: testBrokers(), prefix: randomPrefix('nothing') })).toEqual({
    topics: [],
    groups: [],
    left: [],
  })
})

it.each([
  '',
  'events',
  'bellhop',
])('refuses the prefix "%s": it could name what is not a test’s', async (prefix) => {
  await expect(cleanUp({ brokers: testBrokers(), prefix })).rejects.toThrow('has no random part')
})

it('is what BELLHOP_TEST_BROKERS is left with', async () => {
  const lines: string[] = []
  const found = await findKafka({
    env: { BELLHOP_TEST_BROKERS: testBrokers().join(' , '), KAFKA_BROKERS: '127.0.0.1:1' },
    progress: (line) => void lines.push(line),
  })
  expect(found).toMatchObject({ source: 'BELLHOP_TEST_BROKERS', brokers: testBrokers().join(',') })
  await use(`${found.prefix}.events`)
  await found.stop()

  expect(lines.at(-1)).toBe(`deleted 1 topics and 1 groups that begin with ${found.prefix}`)
  await eventually('nothing is left', async () => (await namesWith(found.prefix)).length === 0)
})

/** A topic, and a group that has committed in it and has no members any more. */
async function use(topic: string): Promise<void> {
  await createEmptyTopic(topic)
  const consumer = await join(topic)
  await consumer.commitOffsets([{ topic, partition: 0, offset: '0' }])
  await consumer.disconnect()
}

/** A member of the topic's group. */
async function join(topic: string): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: `${topic}-group`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({ autoCommit: false, eachBatch: async () => {} })
  await joined
  return consumer
}

async function createEmptyTopic(topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await createTopic(admin, { topic })
  await admin.disconnect()
}

/** Topics and groups that have it somewhere in their name, in order. */
async function namesWith(text: string): Promise<string[]> {
  const admin = kafka.admin()
  await admin.connect()
  const topics = await admin.listTopics()
  const { groups } = await admin.listGroups()
  await admin.disconnect()
  return [...topics, ...groups.map(({ groupId }) => groupId)].filter((name) => name.includes(text)).toSorted()
}
