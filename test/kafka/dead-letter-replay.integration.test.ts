import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeadLetter } from '../../src/core/records.ts'
import { topicNames } from '../../src/core/topic-names.ts'
import { markOf, type ReplayBatch } from '../../src/dead/replay.ts'
import { openDeadLetterLog } from '../../src/kafka/dead-letter-log.ts'
import { createOriginals, FencedReplayError, openReplayWriter } from '../../src/kafka/dead-letter-replay.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { openTopicReader } from '../../src/kafka/topic-reader.ts'
import { messageLetter } from '../dead/support/sample-letters.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka, readTopic } from '../support/read-topic.ts'

const codecs = createRecordCodecs()
let kafka: Kafka

beforeAll(() => {
  kafka = quietKafka(testBrokers())
})

/** Topics with letters in partition 0 of dead letters. */
async function topicsWith(count: number) {
  const prefix = randomPrefix('replay-writer')
  const topics = topicNames(prefix)
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: [topics.dispatch, topics.deadLetters].map((topic) => ({ topic, numPartitions: 2 })),
  })
  await admin.disconnect()
  const letters = Array.from({ length: count }, (_, offset) => messageLetter({ offset }))
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = letters.map((letter) => ({ value: codecs.deadLetter.encode(letter), partition: 0 }))
  if (messages.length > 0) await producer.send({ topic: topics.deadLetters, messages })
  await producer.disconnect()
  const transactionalId = `${prefix}.dead.replay`
  return { prefix, topics, letters, open: () => openReplayWriter({ kafka, transactionalId, topics, codecs }) }
}

function batchOf(letters: readonly { letter: DeadLetter; offset: number }[]): ReplayBatch {
  return {
    marks: letters.map(({ letter, offset }) => ({ partition: 0, letter: markOf(letter, offset, 0) })),
    messages: letters.flatMap(({ letter }) =>
      letter.message === null ? [] : [{ key: 'lane', record: letter.message }],
    ),
    letters: [],
  }
}

async function readLog(
  topic: string,
  options: { patienceMs: number; whereHidden: 'read_before' | 'leave_out' },
) {
  const waited: unknown[] = []
  const log = await openDeadLetterLog({
    kafka,
    topic,
    codec: codecs.deadLetter,
    sinceMs: null,
    ...options,
    waiting: (at) => waited.push(at),
    signal: new AbortController().signal,
  })
  const read: { offset: number; replayed: boolean }[] = []
  for await (const { letters } of log.letters()) {
    read.push(...letters.map(({ offset, replayed }) => ({ offset, replayed })))
  }
  await log.close()
  return { read, hidden: log.hidden, waited }
}

describe('the transactional id of replays', () => {
  it('is a lock: who opens it sees every mark of the one before, who can write nothing more', async () => {
    const { topics, letters, open } = await topicsWith(3)
    const stored = letters.map((letter, offset) => ({ letter, offset }))
    const first = await open()
    await first.commit(batchOf(stored.slice(0, 1)))
    const second = await open()
    const { read } = await readLog(topics.deadLetters, { patienceMs: 10_000, whereHidden: 'leave_out' })
    await expect(first.commit(batchOf(stored.slice(1, 2)))).rejects.toBeInstanceOf(FencedReplayError)
    await second.commit(batchOf(stored.slice(1)))
    await Promise.all([first.close(), second.close()])
    expect(read).toEqual([
      { offset: 0, replayed: true },
      { offset: 1, replayed: false },
      { offset: 2, replayed: false },
    ])
    const queued = await readTopic(kafka, topics.dispatch)
    expect(queued.map(({ value }) => JSON.parse(String(value)).event.offset).toSorted()).toEqual([0, 1, 2])
  })
})

describe("another process's unfinished transaction", () => {
  /** Letters 0 to 2, a record of a transaction that stays open, then the mark of letter 0. */
  async function hiddenMark() {
    const made = await topicsWith(3)
    const { topics, letters, open, prefix } = made
    const producer = kafka.producer({
      transactionalId: `${prefix}.${randomUUID()}`,
      idempotent: true,
      maxInFlightRequests: 1,
    })
    await producer.connect()
    const transaction = await producer.transaction()
    const value = codecs.deadLetter.encode(messageLetter({ offset: 77 }))
    await transaction.send({ topic: topics.deadLetters, messages: [{ value, partition: 0 }] })
    const writer = await open()
    await writer.commit(batchOf(letters.slice(0, 1).map((letter) => ({ letter, offset: 0 }))))
    await writer.close()
    const finish = async (): Promise<void> => {
      await transaction.abort()
      await producer.disconnect()
    }
    return { ...made, finish }
  }

  it('makes a replay leave the partition out, since marks may be hidden, and a list read up to it', async () => {
    const { topics, finish } = await hiddenMark()
    const replay = await readLog(topics.deadLetters, { patienceMs: 300, whereHidden: 'leave_out' })
    const list = await readLog(topics.deadLetters, { patienceMs: 0, whereHidden: 'read_before' })
    await finish()
    expect(replay).toMatchObject({ read: [], hidden: [{ partition: 0, offset: 3 }] })
    expect(replay.waited[0]).toEqual({ partition: 0, offset: 3 })
    expect(list.read.map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect(list.hidden).toEqual([{ partition: 0, offset: 3 }])
  })

  it('is waited for: its end shows the marks behind it', async () => {
    const { topics, finish } = await hiddenMark()
    const reading = readLog(topics.deadLetters, { patienceMs: 30_000, whereHidden: 'leave_out' })
    await finish()
    expect(await reading).toMatchObject({
      read: [
        { offset: 0, replayed: true },
        { offset: 1, replayed: false },
        { offset: 2, replayed: false },
      ],
      hidden: [],
    })
  })
})

describe('a topic without a group', () => {
  it('is read to an end that is made of control records', async () => {
    const { topics, letters, open } = await topicsWith(2)
    const writer = await open()
    for (const [offset, letter] of letters.entries()) await writer.commit(batchOf([{ letter, offset }]))
    await writer.close()
    const { read } = await readLog(topics.deadLetters, { patienceMs: 10_000, whereHidden: 'leave_out' })
    expect(read).toEqual([
      { offset: 0, replayed: true },
      { offset: 1, replayed: true },
    ])
  })

  it('that does not exist is told, and not made', async () => {
    const topic = `${randomPrefix('no-topic')}.x`
    expect(await openTopicReader(kafka, topic)).toBeNull()
    const admin = kafka.admin()
    await admin.connect()
    const topics = await admin.listTopics()
    await admin.disconnect()
    expect(topics).not.toContain(topic)
  })

  it('gives what lies above records that were deleted', async () => {
    const { topics } = await topicsWith(3)
    const admin = kafka.admin()
    await admin.connect()
    await admin.fetchTopicOffsets(topics.deadLetters)
    await admin.deleteTopicRecords({ topic: topics.deadLetters, partitions: [{ partition: 0, offset: '2' }] })
    await admin.disconnect()
    const reader = await openTopicReader(kafka, topics.deadLetters)
    const read: number[] = []
    for await (const { records } of reader?.read({ partition: 0, from: 0, to: 3, patienceMs: 0 }) ?? []) {
      read.push(...records.map(({ offset }) => offset))
    }
    await reader?.close()
    expect(read).toEqual([2])
  })
})

describe('an original', () => {
  let topic: string
  let originals: ReturnType<typeof createOriginals>

  beforeAll(async () => {
    const { topics } = await topicsWith(2)
    topic = topics.deadLetters
    originals = createOriginals(kafka)
  })
  afterAll(() => originals.close())

  it.each([
    ['is read by its coordinates', { partition: 0, offset: 1 }, true],
    ['beyond the end is gone', { partition: 0, offset: 2 }, false],
    ['in a partition that is empty is gone', { partition: 1, offset: 0 }, false],
    ['in a partition that does not exist is gone', { partition: 9, offset: 0 }, false],
  ])('%s', async (_what, at, found) => {
    const value = await originals.read({ topic, timestamp: 0, ...at })
    expect(value !== null && codecs.deadLetter.decode(value).kind).toBe(found && 'record')
  })

  it('in a topic that is gone is gone', async () => {
    const at = { topic: `${topic}.none`, partition: 0, offset: 0, timestamp: 0 }
    expect(await originals.read(at)).toBeNull()
  })
})
