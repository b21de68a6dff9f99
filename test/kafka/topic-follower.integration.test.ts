import type { Admin, Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FollowFrom, openTopicFollower, type TopicFollower } from '../../src/kafka/topic-follower.ts'
import { eventually } from '../support/eventually.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka } from '../support/read-topic.ts'
import { createTopic, deleteRecordsBelow } from '../support/topic-admin.ts'

let kafka: Kafka
let admin: Admin

beforeAll(async () => {
  kafka = quietKafka(testBrokers())
  admin = kafka.admin()
  await admin.connect()
})
afterAll(() => admin.disconnect())

async function topicWith(values: readonly string[]): Promise<string> {
  const topic = `${randomPrefix('follower')}.events`
  await createTopic(admin, { topic, numPartitions: 2 })
  if (values.length > 0) await produce(topic, values)
  return topic
}

async function produce(topic: string, values: readonly string[], ending?: 'abort' | 'commit'): Promise<void> {
  const messages = values.map((value) => ({ value, partition: 0 }))
  const transactional = ending === undefined ? {} : { transactionalId: randomPrefix('follower') }
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, ...transactional })
  await producer.connect()
  const target = ending === undefined ? producer : await producer.transaction()
  await target.send({ topic, messages })
  if (ending === 'abort' && 'abort' in target) await target.abort()
  if (ending === 'commit' && 'commit' in target) await target.commit()
  await producer.disconnect()
}

async function follow(topic: string, from: FollowFrom): Promise<TopicFollower<string>> {
  const makerFor = (partition: number) => (record: { value: Buffer | null }, offset: number) =>
    `${partition}:${offset} ${record.value}`
  const follower = await openTopicFollower(kafka, { topic, from }, makerFor)
  if (follower === null) throw new Error('the topic exists')
  return follower
}

async function untilRead(follower: TopicFollower<string>, count: number): Promise<string[]> {
  const read: string[] = []
  await eventually(`${count} records are read`, async () => {
    for (const { records } of await follower.poll()) read.push(...records)
    return read.length >= count
  })
  return read
}

describe('who follows a topic', () => {
  it('sees each record once, as it comes, and none of an aborted transaction', async () => {
    const topic = await topicWith(['a', 'b'])
    const follower = await follow(topic, { at: 'earliest' })
    expect(await untilRead(follower, 2)).toEqual(['0:0 a', '0:1 b'])
    await produce(topic, ['x'], 'abort')
    await produce(topic, ['c'], 'commit')
    expect(await untilRead(follower, 1)).toEqual(['0:4 c'])
    expect((await follower.poll()).flatMap(({ records }) => records)).toEqual([])
    await follower.close()
  })

  it('begins at the end where it is told to', async () => {
    const topic = await topicWith(['a'])
    const follower = await follow(topic, { at: 'latest' })
    await produce(topic, ['b'])
    expect(await untilRead(follower, 1)).toEqual(['0:1 b'])
    await follower.close()
  })

  it('goes on with what is left where records were deleted before it read them', async () => {
    const topic = await topicWith(['a', 'b', 'c'])
    const follower = await follow(topic, { at: 'earliest' })
    await deleteRecordsBelow(admin, { topic, partition: 0, offset: 2 })
    expect(await untilRead(follower, 1)).toEqual(['0:2 c'])
    await follower.close()
  })

  it('is told that a topic does not exist, which is not made', async () => {
    const topic = randomPrefix('none')
    expect(await openTopicFollower(kafka, { topic, from: { at: 'latest' } }, () => () => null)).toBeNull()
    expect(await admin.listTopics()).not.toContain(topic)
  })
})
