import type { Kafka, Producer, Transaction } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StartPosition } from '../../src/config/config.ts'
import { settleStartOffsets } from '../../src/kafka/start-offsets.ts'
import { createScene, type Scene } from '../support/bellhop-scene.ts'
import { readTopic } from '../support/read-topic.ts'
import { deleteRecordsBelow } from '../support/topic-admin.ts'

const MINUTE_MS = 60_000
const NOON = Date.parse('2026-01-31T12:00:00Z')

let scene: Scene
beforeEach(async () => {
  scene = await createScene('start')
  await scene.createTopic('events', { partitions: 2 })
  await scene.createTopic('dispatch')
  await scene.produce([
    { value: 'a', partition: 0, timestamp: NOON - MINUTE_MS },
    { value: 'b', partition: 0, timestamp: NOON },
    { value: 'c', partition: 0, timestamp: NOON + MINUTE_MS },
    { value: 'd', partition: 1, timestamp: NOON - MINUTE_MS },
  ])
})
afterEach(() => scene.close())

/** Where a group starts, by partition. */
async function settle(
  start: StartPosition,
  options: {
    override?: StartPosition
    topics?: string[]
    marksHistory?: boolean
    kafka?: Kafka
    signal?: AbortSignal
  } = {},
): Promise<number[]> {
  const settled = await settleStartOffsets({
    kafka: options.kafka ?? scene.kafka,
    admin: scene.admin,
    groupId: scene.topics.matchGroup,
    topics: (options.topics ?? [scene.events]).map((topic) => ({ topic, start })),
    historyTopic: scene.topics.dispatch,
    marksHistory: options.marksHistory ?? true,
    override: options.override ?? null,
    signal: options.signal ?? new AbortController().signal,
  })
  expect(settled).toBe(true)
  const committed = await scene.committed(scene.topics.matchGroup, scene.events)
  return [0, 1].map((partition) => committed.get(partition) ?? -1)
}

async function emptyUpTo(offset: number): Promise<void> {
  await deleteRecordsBelow(scene.admin, { topic: scene.events, partition: 0, offset })
}

describe('a group that has never read a topic', () => {
  it.each<[string, StartPosition, number[]]>([
    ['latest: at the end of each partition', { at: 'latest' }, [3, 1]],
    ['earliest: at the beginning', { at: 'earliest' }, [0, 0]],
    ['a time: at the first record of that time or later', { at: 'time', timeMs: NOON }, [1, 1]],
    ['a time between records: at the next', { at: 'time', timeMs: NOON + 1 }, [2, 1]],
    ['a time before all records: at the beginning', { at: 'time', timeMs: 0 }, [0, 0]],
    ['a time behind all records: at the end', { at: 'time', timeMs: NOON + 2 * MINUTE_MS }, [3, 1]],
  ])('starts where it is configured, %s', async (_what, start, offsets) => {
    expect(await settle(start)).toEqual(offsets)
  })

  it('starts earliest at what the log still holds', async () => {
    await emptyUpTo(2)
    expect(await settle({ at: 'earliest' })).toEqual([2, 0])
  })
})

describe('a group that has read before', () => {
  it('keeps its place, whatever is configured now', async () => {
    await settle({ at: 'earliest' })
    expect(await settle({ at: 'latest' })).toEqual([0, 0])
    expect(await settle({ at: 'latest' }, { override: { at: 'latest' } })).toEqual([0, 0])
  })

  it('starts a topic that is new to it where that one is configured', async () => {
    await settle({ at: 'earliest' })
    const other = await scene.createTopic('other')
    await scene.produce([{ value: 'old', partition: 0 }], other)
    expect(await settle({ at: 'latest' }, { topics: [scene.events, other] })).toEqual([0, 0])
    expect(await scene.committed(scene.topics.matchGroup, other)).toEqual(new Map([[0, 1]]))
  })

  it('asks when its offsets are gone, and takes the person’s word', async () => {
    await settle({ at: 'earliest' })
    await scene.admin.deleteGroups([scene.topics.matchGroup])
    await expect(settle({ at: 'latest' })).rejects.toMatchObject({ code: 'offsets_expired' })
    expect(await scene.committed(scene.topics.matchGroup, scene.events)).toEqual(new Map())
    expect(await settle({ at: 'latest' }, { override: { at: 'time', timeMs: NOON } })).toEqual([1, 1])
  })
})

it('of a group whose own work shows that it has run is not guessed either', async () => {
  await settle({ at: 'earliest' }, { marksHistory: false })
  await scene.produce([{ value: 'its work' }], scene.topics.dispatch)
  expect(await settle({ at: 'earliest' }, { marksHistory: false })).toEqual([0, 0])
  await scene.admin.deleteGroups([scene.topics.matchGroup])
  await expect(settle({ at: 'earliest' }, { marksHistory: false })).rejects.toMatchObject({
    code: 'offsets_expired',
  })
})

it('is settled once by processes that start together', async () => {
  const settled = await Promise.all([
    settle({ at: 'latest' }),
    settle({ at: 'latest' }),
    settle({ at: 'latest' }),
  ])
  expect(settled).toEqual([
    [3, 1],
    [3, 1],
    [3, 1],
  ])
})

/** A Kafka whose producers change before they are used. */
function kafkaWith(change: (producer: Producer) => Partial<Producer>): Kafka {
  const producer: Kafka['producer'] = (config) => {
    const real = scene.kafka.producer(config)
    return Object.assign(Object.create(real), change(real))
  }
  return Object.assign(Object.create(scene.kafka), { producer })
}

/** A process that is killed when it has sent all of its nth transaction but the commit. */
function kafkaKilledBeforeCommit(nth: number): Kafka {
  let transactions = 0
  return kafkaWith((producer) => ({
    async transaction() {
      const transaction: Transaction = await producer.transaction()
      transactions += 1
      if (transactions < nth) return transaction
      const commit = (): Promise<never> => Promise.reject(new Error('killed'))
      return Object.assign(Object.create(transaction), { commit })
    },
  }))
}

/** The keys of the records without value in dispatch, which say that the group has run. */
async function marks(): Promise<(string | undefined)[]> {
  const records = await readTopic(scene.kafka, scene.topics.dispatch)
  return records.filter(({ value }) => value === null).map(({ key }) => key?.toString())
}

describe('a first start that is killed', () => {
  it.each([
    ['before its offsets are committed', 1],
    ['between its offsets and the mark', 2],
  ])('%s is no reason to refuse the next one', async (_when, nth) => {
    await expect(settle({ at: 'latest' }, { kafka: kafkaKilledBeforeCommit(nth) })).rejects.toThrow('killed')
    expect(await settle({ at: 'latest' })).toEqual([3, 1])
  })

  it('before the mark is made up for: offsets that expire later are noticed', async () => {
    await settle({ at: 'latest' }, { marksHistory: false })
    expect(await marks()).toEqual([])
    await settle({ at: 'latest' })
    await settle({ at: 'latest' })
    expect(await marks()).toEqual([`start/${scene.topics.matchGroup}`])
    await scene.admin.deleteGroups([scene.topics.matchGroup])
    await expect(settle({ at: 'latest' })).rejects.toMatchObject({ code: 'offsets_expired' })
  })
})

it('of a group that read other topics before is settled as for a topic that is new to it', async () => {
  await settle({ at: 'earliest' })
  const other = await scene.createTopic('other')
  await scene.produce([{ value: 'old', partition: 0 }], other)
  await settle({ at: 'latest' }, { topics: [other] })
  expect(await scene.committed(scene.topics.matchGroup, other)).toEqual(new Map([[0, 1]]))
})

describe('what is told to stop', () => {
  const settleUntil = (signal: AbortSignal, kafka = scene.kafka): Promise<boolean> => {
    return settleStartOffsets({
      kafka,
      admin: scene.admin,
      groupId: scene.topics.matchGroup,
      topics: [{ topic: scene.events, start: { at: 'latest' } }],
      historyTopic: scene.topics.dispatch,
      marksHistory: true,
      override: null,
      signal,
    })
  }

  it('before it begins settles nothing, and says so', async () => {
    expect(await settleUntil(AbortSignal.abort())).toBe(false)
    expect(await scene.committed(scene.topics.matchGroup, scene.events)).toEqual(new Map())
  })

  it('while it waits to try again settles nothing, and says so', async () => {
    const stopping = new AbortController()
    const loading = kafkaWith(() => ({
      async transaction() {
        setTimeout(() => stopping.abort(), 50)
        throw Object.assign(new Error('loading'), { type: 'GROUP_LOAD_IN_PROGRESS' })
      },
    }))
    expect(await settleUntil(stopping.signal, loading)).toBe(false)
    expect(await scene.committed(scene.topics.matchGroup, scene.events)).toEqual(new Map())
  })
})
