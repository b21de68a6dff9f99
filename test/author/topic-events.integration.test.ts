import type { Admin, Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEventsSince } from '../../src/author/events-since.ts'
import { newestEvents } from '../../src/author/topic-events.ts'
import { Partitioners } from '../../src/kafka/kafkajs.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka } from '../support/read-topic.ts'
import { createTopic, deleteRecordsBelow } from '../support/topic-admin.ts'

const HOUR_MS = 3_600_000
/** Of late: retention deletes what carries an old time, and that at any moment. */
const NOW_MS = Date.now()
let kafka: Kafka
let admin: Admin

beforeAll(async () => {
  kafka = quietKafka(testBrokers())
  admin = kafka.admin()
  await admin.connect()
})
afterAll(() => admin.disconnect())

interface Given {
  partition: number
  value: string
  /** Hours before now. */
  ago: number
}

type Ending = 'commit' | 'abort' | 'leave_open'

async function newTopic(numPartitions: number): Promise<string> {
  const topic = `${randomPrefix('topic-events')}.events`
  await createTopic(admin, { topic, numPartitions })
  return topic
}

async function produce(topic: string, given: readonly Given[], ending: Ending | null = null): Promise<void> {
  const messages = given.map(({ partition, value, ago }) => ({
    partition,
    value,
    timestamp: String(NOW_MS - ago * HOUR_MS),
    headers: { source: 'test' },
  }))
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    ...(ending === null ? {} : { transactionalId: randomPrefix('topic-events') }),
  })
  await producer.connect()
  const target = ending === null ? producer : await producer.transaction()
  await target.send({ topic, messages })
  if ('commit' in target && ending === 'commit') await target.commit()
  if ('abort' in target && ending === 'abort') await target.abort()
  // An open transaction would keep an orderly disconnect waiting.
  if (ending !== 'leave_open') await producer.disconnect()
}

async function newest(topic: string, last: number): Promise<string[]> {
  return (await newestEvents({ kafka }, { topic, last })).map(({ value }) => String(value))
}

describe('the newest events', () => {
  it('are the newest over all partitions, the oldest first, with all that a record has', async () => {
    const topic = await newTopic(3)
    await produce(topic, [
      { partition: 0, value: 'a', ago: 5 },
      { partition: 0, value: 'c', ago: 3 },
      { partition: 2, value: 'b', ago: 4 },
      { partition: 2, value: 'd', ago: 2 },
    ])
    expect(await newest(topic, 3)).toEqual(['b', 'c', 'd'])
    expect(await newest(topic, 100)).toEqual(['a', 'b', 'c', 'd'])
    expect(await newestEvents({ kafka }, { topic, last: 1 })).toEqual([
      {
        topic,
        partition: 2,
        offset: 1,
        timestamp: NOW_MS - 2 * HOUR_MS,
        key: null,
        value: Buffer.from('d'),
        headers: [{ name: 'source', value: Buffer.from('test') }],
      },
    ])
  })

  it('are none of an empty topic', async () => {
    expect(await newest(await newTopic(2), 10)).toEqual([])
  })

  it('are found behind markers and aborted records, however many these are', async () => {
    const topic = await newTopic(1)
    await produce(topic, [{ partition: 0, value: 'seen', ago: 3 }], 'commit')
    const aborted = Array.from({ length: 40 }, (_, nth) => ({
      partition: 0,
      value: `aborted ${nth}`,
      ago: 2,
    }))
    await produce(topic, aborted, 'abort')
    expect(await newest(topic, 1)).toEqual(['seen'])
  })

  it('are those before an unfinished transaction, which is not waited for', async () => {
    const topic = await newTopic(1)
    await produce(topic, [{ partition: 0, value: 'seen', ago: 3 }])
    await produce(topic, [{ partition: 0, value: 'hidden', ago: 2 }], 'leave_open')
    expect(await newest(topic, 5)).toEqual(['seen'])
  })

  it('are what is left where the rest was deleted', async () => {
    const topic = await newTopic(1)
    const given = ['a', 'b', 'c'].map((value) => ({ partition: 0, value, ago: 1 }))
    await produce(topic, given)
    await deleteRecordsBelow(admin, { topic, partition: 0, offset: 2 })
    expect(await newest(topic, 5)).toEqual(['c'])
  })

  it('of a topic that does not exist are an error, and the topic is not made', async () => {
    const topic = randomPrefix('none')
    await expect(newest(topic, 1)).rejects.toThrow(`topic ${topic} does not exist`)
    expect(await admin.listTopics()).not.toContain(topic)
  })
})

async function since(topics: readonly string[], hoursAgo: number) {
  const events = await openEventsSince({ kafka }, { topics, sinceMs: NOW_MS - hoursAgo * HOUR_MS })
  const values: string[] = []
  let passed = 0
  for await (const portion of events.portions(new AbortController().signal)) {
    values.push(...portion.events.map(({ value }) => String(value)))
    passed = portion.passed
  }
  await events.close()
  const { size, hidden, logBeginsMs } = events
  return { values: values.sort(), passed, size, hidden, logBeginsMs }
}

describe('the events since a time', () => {
  it('are read from all partitions of all topics, and no others', async () => {
    const [one, other] = [await newTopic(2), await newTopic(1)]
    await produce(one, [
      { partition: 0, value: 'old', ago: 9 },
      { partition: 0, value: 'a', ago: 3 },
      { partition: 1, value: 'b', ago: 1 },
    ])
    await produce(other, [{ partition: 0, value: 'c', ago: 2 }])
    expect(await since([one, other], 4)).toEqual({
      values: ['a', 'b', 'c'],
      passed: 3,
      size: 3,
      hidden: 0,
      logBeginsMs: null,
    })
  })

  it('say from when on nothing is missing, where the log begins later', async () => {
    const topic = await newTopic(2)
    await produce(topic, [
      { partition: 0, value: 'deleted', ago: 5 },
      { partition: 0, value: 'a', ago: 2 },
      { partition: 1, value: 'b', ago: 5 },
    ])
    expect(await since([topic], 8)).toMatchObject({ logBeginsMs: NOW_MS - 5 * HOUR_MS })
    await deleteRecordsBelow(admin, { topic, partition: 0, offset: 1 })
    expect(await since([topic], 8)).toMatchObject({
      values: ['a', 'b'],
      logBeginsMs: NOW_MS - 2 * HOUR_MS,
    })
  })

  it('count what an unfinished transaction hides, and go on without', async () => {
    const topic = await newTopic(2)
    await produce(topic, [{ partition: 0, value: 'a', ago: 2 }])
    const hidden = ['x', 'y'].map((value) => ({ partition: 1, value, ago: 1 }))
    await produce(topic, hidden, 'leave_open')
    expect(await since([topic], 8)).toMatchObject({ values: ['a'], passed: 1, size: 3, hidden: 2 })
  })

  it('come in order of time, as far as portions go', async () => {
    const topic = await newTopic(3)
    const given = [6, 5, 4].map((ago, partition) => ({ partition, value: String(ago), ago }))
    await produce(topic, given)
    await produce(topic, [{ partition: 0, value: '0.5', ago: 0.5 }])
    const events = await openEventsSince({ kafka }, { topics: [topic], sinceMs: 0 })
    const until: number[] = []
    for await (const portion of events.portions(new AbortController().signal)) until.push(portion.untilMs)
    await events.close()
    expect(until).toEqual([...until].sort((a, b) => a - b))
    expect(until.at(-1)).toBe(Number.POSITIVE_INFINITY)
  })

  it('end when they are told to', async () => {
    const topic = await newTopic(2)
    await produce(
      topic,
      [0, 1].map((partition) => ({ partition, value: 'x', ago: 1 })),
    )
    const events = await openEventsSince({ kafka }, { topics: [topic], sinceMs: 0 })
    const stopped = new AbortController()
    let portions = 0
    for await (const _ of events.portions(stopped.signal)) {
      portions += 1
      stopped.abort()
    }
    await events.close()
    expect(portions).toBe(1)
  })
})
