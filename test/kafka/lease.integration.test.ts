import type { Consumer } from 'kafkajs'
import { expect, it, onTestFinished } from 'vitest'
import { createLease, type Lease } from '../../src/kafka/lease.ts'
import { systemClock } from '../../src/system.ts'
import { eventually } from '../support/eventually.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { quietKafka } from '../support/read-topic.ts'

const kafka = quietKafka(testBrokers())
const SESSION_MS = 6_000
const LEASE_MS = SESSION_MS - 1_000

/** A real member with a lease. */
interface Member {
  lease: Lease
  /** What kafkajs emitted, in order: requests J(oin), S(ync), H(eartbeat); h(eartbeat) and g(roup join) in small. */
  trace: string
  /** What was left after each entry of the trace. */
  remaining: number[]
  /** How much further the monotonic clock is than it should be, as for a process that has stood still. */
  silence: { ms: number }
}

const LETTERS: Record<string, string> = { JoinGroup: 'J', SyncGroup: 'S', Heartbeat: 'H' }

async function join(topic: string, groupId: string): Promise<Member> {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: 60_000,
    heartbeatInterval: 200,
    maxWaitTimeInMs: 50,
  })
  onTestFinished(() => consumer.disconnect())
  const silence = { ms: 0 }
  const clock = { nowMs: systemClock.nowMs, monotonicMs: () => systemClock.monotonicMs() + silence.ms }
  const lease = createLease({ sessionTimeoutMs: SESSION_MS, clock })
  const member: Member = { lease, silence, trace: '', remaining: [] }
  listen(consumer, member)
  await consumer.connect()
  await consumer.subscribe({ topic })
  await consumer.run({ autoCommit: false, eachMessage: async () => undefined })
  return member
}

function listen(consumer: Consumer, member: Member): void {
  const { REQUEST, HEARTBEAT, GROUP_JOIN } = consumer.events
  const note = (letter: string): void => {
    member.trace += letter
    member.remaining.push(member.lease.remainingMs())
  }
  consumer.on(REQUEST, ({ payload }) => {
    member.lease.requested(payload.apiName, payload.createdAt)
    const letter = LETTERS[payload.apiName]
    if (letter !== undefined) note(letter)
  })
  consumer.on(HEARTBEAT, ({ payload }) => {
    member.lease.confirmed('heartbeat', payload.memberId)
    note('h')
  })
  consumer.on(GROUP_JOIN, ({ payload }) => {
    member.lease.confirmed('group_join', payload.memberId)
    note('g')
  })
}

async function createTopic(): Promise<{ topic: string; groupId: string }> {
  const prefix = randomPrefix('lease')
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: `${prefix}.topic`, numPartitions: 2 }], waitForLeaders: true })
  await admin.disconnect()
  return { topic: `${prefix}.topic`, groupId: `${prefix}-group` }
}

it('holds from the join on, not through silence, and again once heartbeats are answered', async () => {
  const { topic, groupId } = await createTopic()
  const member = await join(topic, groupId)
  await eventually('it heartbeats', () => member.trace.endsWith('h'))
  // The first join is answered with a member id, and others fail while the coordinator is loading.
  expect(member.trace).toMatch(/^J{2,}Sg(Hh)+$/)
  const joined = member.trace.indexOf('g')
  expect(Math.max(...member.remaining.slice(0, joined))).toBe(0)
  expect(member.remaining[joined]).toBeGreaterThan(0)
  expect(Math.max(...member.remaining)).toBeLessThanOrEqual(LEASE_MS)
  expect(member.lease.holds()).toBe(true)

  member.silence.ms = LEASE_MS
  expect(member.lease.holds()).toBe(false)
  await eventually('it holds again', () => member.lease.holds())
})

it('is not extended by what a rebalance answers, from the refused heartbeat to the next good one', async () => {
  const { topic, groupId } = await createTopic()
  const member = await join(topic, groupId)
  await eventually('it heartbeats', () => member.trace.endsWith('h'))
  await join(topic, groupId)
  const rebalance = await eventually('it heartbeats after the rebalance', () =>
    /(?<=h)H+J[JS]*SgH(?=h)/.exec(member.trace),
  )

  const during = member.remaining.slice(rebalance.index, rebalance.index + rebalance[0].length)
  expect(during).toEqual(during.toSorted((a, b) => b - a))
  expect(member.remaining[rebalance.index + during.length]).toBeGreaterThan(Math.min(...during))
})
