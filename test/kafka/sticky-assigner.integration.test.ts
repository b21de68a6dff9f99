import type { Consumer, ConsumerGroupJoinEvent, Kafka } from 'kafkajs'
import { afterEach, expect, it } from 'vitest'
import { createStickyAssigner } from '../../src/kafka/sticky-assigner.ts'
import type { TopicPartition } from '../../src/kafka/sticky-assignment.ts'
import { systemClock } from '../../src/system.ts'
import { eventually } from '../support/eventually.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka } from '../support/read-topic.ts'

const kafka = quietKafka(testBrokers())

/** A real member of a group that reads two topics together, and says what GROUP_JOIN told it. */
interface Member {
  readonly consumer: Consumer
  memberId: string
  joins: number
  heartbeats: number
  /** The group's generation as of the last heartbeat. */
  generation: number
  assignment: ConsumerGroupJoinEvent['payload']['memberAssignment']
}

const running = new Set<Consumer>()
afterEach(async () => {
  await Promise.all([...running].map((consumer) => consumer.disconnect()))
  running.clear()
})

async function createTopics(partitions: number): Promise<{ group: string; topics: [string, string] }> {
  const prefix = randomPrefix('sticky')
  const topics: [string, string] = [`${prefix}.dispatch`, `${prefix}.receipts`]
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, numPartitions: partitions })),
    waitForLeaders: true,
  })
  await admin.disconnect()
  return { group: `${prefix}-group`, topics }
}

async function join(client: Kafka, at: { group: string; topics: readonly string[] }): Promise<Member> {
  const owned = (): TopicPartition[] =>
    Object.entries(member.assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  const consumer = client.consumer({
    groupId: at.group,
    partitionAssigners: [createStickyAssigner({ together: true, owned, clock: systemClock })],
    sessionTimeout: 6_000,
    heartbeatInterval: 100,
    maxWaitTimeInMs: 100,
  })
  const member: Member = { consumer, memberId: '', joins: 0, heartbeats: 0, generation: 0, assignment: {} }
  consumer.on(consumer.events.HEARTBEAT, ({ payload }) => {
    member.heartbeats += 1
    member.generation = payload.groupGenerationId
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.memberId = payload.memberId
    member.assignment = payload.memberAssignment
    member.joins += 1
  })
  running.add(consumer)
  await consumer.connect()
  await consumer.subscribe({ topics: [...at.topics] })
  await consumer.run({ autoCommit: false, eachMessage: async () => undefined })
  return member
}

async function leave({ consumer }: Member): Promise<void> {
  running.delete(consumer)
  await consumer.disconnect()
}

/**
 * Once all heartbeat in one generation that gave every partition to one of them: each one's numbers, which are the
 * same for both topics.
 */
async function settled(members: Member[], [dispatch, receipts]: [string, string], partitions: number) {
  const numbersOf = ({ assignment }: Member, topic: string): number[] =>
    [...(assignment[topic] ?? [])].sort((a, b) => a - b)
  const all = [...Array(partitions).keys()]
  await eventually(`${members.length} members share all partitions`, () => {
    const taken = members.flatMap((member) => numbersOf(member, dispatch)).sort((a, b) => a - b)
    const generations = new Set(members.map(({ generation }) => generation))
    return generations.size === 1 && !generations.has(0) && String(taken) === String(all)
  })
  for (const member of members) expect(numbersOf(member, receipts)).toEqual(numbersOf(member, dispatch))
  return members.map((member) => numbersOf(member, dispatch))
}

it('moves only what has to move from one to two, three and two members, both topics together', async () => {
  const { group, topics } = await createTopics(12)
  const at = { group, topics }

  const a = await join(kafka, at)
  expect(await settled([a], topics, 12)).toEqual([[...Array(12).keys()]])

  const b = await join(kafka, at)
  const [a2 = [], b2 = []] = await settled([a, b], topics, 12)
  expect([a2.length, b2.length]).toEqual([6, 6])

  const c = await join(kafka, at)
  const [a3 = [], b3 = [], c3 = []] = await settled([a, b, c], topics, 12)
  expect([a3.length, b3.length, c3.length]).toEqual([4, 4, 4])
  expect(a2).toEqual(expect.arrayContaining(a3))
  expect(b2).toEqual(expect.arrayContaining(b3))

  await leave(b)
  const [a4 = [], c4 = []] = await settled([a, c], topics, 12)
  expect([a4.length, c4.length]).toEqual([6, 6])
  expect(a4).toEqual(expect.arrayContaining(a3))
  expect(c4).toEqual(expect.arrayContaining(c3))
})

it('keeps members without partitions in the group, heartbeating, until there is something for them', async () => {
  const { group, topics } = await createTopics(2)
  const members: Member[] = []
  for (let count = 0; count < 4; count += 1) members.push(await join(kafka, { group, topics }))
  await settled(members, topics, 2)
  const [idle = [], busy = []] = [0, 1].map((length) =>
    members.filter(({ assignment }) => (assignment[topics[0]] ?? []).length === length),
  )
  expect([idle.length, busy.length]).toEqual([2, 2])

  const before = new Map(idle.map((member) => [member, { ...member }]))
  await eventually('those without partitions heartbeat', () =>
    idle.every((member) => member.heartbeats > (before.get(member)?.heartbeats ?? 0) + 5),
  )
  for (const member of idle) {
    expect(member).toMatchObject({ memberId: before.get(member)?.memberId, joins: before.get(member)?.joins })
  }

  await Promise.all(busy.map(leave))
  const taken = await settled(idle, topics, 2)
  expect(taken.map((numbers) => numbers.length)).toEqual([1, 1])
  expect(idle.map(({ memberId }) => memberId)).toEqual(idle.map((member) => before.get(member)?.memberId))
})
