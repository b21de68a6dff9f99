import type { Kafka } from 'kafkajs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { status } from '../../../src/cli/status.ts'
import type { Control, PartitionStatus } from '../../../src/core/records.ts'
import { topicNames } from '../../../src/core/topic-names.ts'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import { ensureTopics } from '../../../src/kafka/topics.ts'
import { createOverviewFeed } from '../../../src/observe/overview/feed.ts'
import type { Overview } from '../../../src/observe/overview/overview.ts'
import { openGroupStatus } from '../../../src/observe/status/group-status.ts'
import { startStatusWriter } from '../../../src/observe/status/status-writer.ts'
import type { Stage } from '../../../src/stage.ts'
import { systemClock } from '../../../src/system.ts'
import { captureIo } from '../../cli/support/captured-io.ts'
import { useConfigFiles } from '../../support/bellhop-config.ts'
import { testConfig } from '../../support/config.ts'
import { eventually } from '../../support/eventually.ts'
import { randomPrefix, testBrokers } from '../../support/kafka.ts'
import { quietKafka } from '../../support/read-topic.ts'
import { silentObserver } from '../../support/recording-observer.ts'
import { dispatchOf, laneOf, letterOf, receiptOf } from './support/records.ts'

const codecs = createRecordCodecs()
const configFile = useConfigFiles()
const closers: (() => Promise<unknown>)[] = []
let kafka: Kafka
let prefix: string
let config: ReturnType<typeof testConfig>
let topics: ReturnType<typeof topicNames>
/** Moved on in steps, so that nobody has to wait for 15 s of silence. */
let aheadMs = 0
const clock = { nowMs: () => systemClock.nowMs(), monotonicMs: () => systemClock.monotonicMs() + aheadMs }

beforeEach(async () => {
  aheadMs = 0
  prefix = randomPrefix('overview')
  topics = topicNames(prefix)
  kafka = quietKafka(testBrokers())
  const { kafka: usual } = testConfig()
  const events = usual.events.map((events) => ({ ...events, topic: `${prefix}.events` }))
  config = testConfig({ kafka: { ...usual, prefix, events } })
  const admin = kafka.admin()
  await admin.connect()
  await ensureTopics(admin, config, silentObserver())
  await admin.disconnect()
})
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

function stageWith(partition: number): Stage {
  const at: PartitionStatus = {
    stage: 'dispatch',
    topic: topics.dispatch,
    partition,
    position: 1,
    lag: 0,
    trouble: null,
  }
  return {
    name: 'dispatch',
    partitions: () => [at],
    lanes: () => [laneOf(`lane-${partition}`, { waiting: 1 })],
  } satisfies Partial<Stage> as unknown as Stage
}

function startProcess(partition: number, { dies = false } = {}) {
  let isDead = false
  const writer = startStatusWriter({
    kafka,
    topic: topics.status,
    codec: codecs.status,
    stages: [stageWith(partition)],
    health: { readiness: () => ({ ok: true, components: [] }) },
    memory: { deadLetters: () => 0, reload: () => null },
    configVersion: () => config.version,
    notified: () => [],
    observer: silentObserver(),
    clock,
    random: Math.random,
    everyMs: 200,
    ...(dies ? { open: () => openMortal(() => isDead) } : {}),
  })
  closers.push(() => writer.stop())
  const kill = (): void => {
    isDead = true
  }
  return { process: writer.process, kill, stop: () => writer.stop() }
}

/** After its death it says nothing, not even that it ends. */
async function openMortal(isDead: () => boolean) {
  const producer = kafka.producer()
  await producer.connect()
  return {
    async send(key: string, value: string | Buffer | null) {
      if (!isDead()) await producer.send({ topic: topics.status, messages: [{ key, value }] })
    },
    close: () => producer.disconnect(),
  }
}

async function write(
  records: { topic: string; key: string; value: string | Buffer | null }[],
): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const to = ({ topic, ...message }: (typeof records)[number]) => ({
    topic,
    messages: [{ ...message, ...(topic === topics.controls ? {} : { partition: 0 }) }],
  })
  for (const record of records) await producer.send(to(record))
  await producer.disconnect()
}

function look(): () => Overview | undefined {
  const feed = createOverviewFeed({ kafka, topics, codecs, config: () => config, clock })
  let latest: Overview | undefined
  feed.subscribe((overview) => {
    latest = overview
  })
  closers.push(() => feed.close())
  return () => latest
}

it('shows what was recorded before and what comes, of the whole group', { timeout: 30_000 }, async () => {
  const now = Date.now()
  const silence: Control = {
    kind: 'silence',
    destination: 'sales',
    why: 'a party',
    by: null,
    since: now,
    until: null,
  }
  const letter = codecs.deadLetter
  await write([
    { topic: topics.dispatch, key: 'k', value: codecs.dispatch.encode(dispatchOf('m1')) },
    {
      topic: topics.receipts,
      key: 'm1',
      value: codecs.receipt.encode(receiptOf('m1', { recorded_at: now })),
    },
    { topic: topics.receipts, key: 'x', value: 'no record of ours' },
    { topic: topics.deadLetters, key: 'k', value: letter.encode(letterOf()) },
    { topic: topics.deadLetters, key: 'k', value: letter.encode(letterOf()) },
    { topic: topics.controls, key: 'silence/sales', value: codecs.control.encode(silence) },
  ])
  startProcess(0)
  const latest = look()
  await eventually('all that was recorded is shown', () => {
    const overview = latest()
    return overview?.history.done === true && overview.processes.length === 1 && overview.stages.length === 2
  })
  expect(latest()).toMatchObject({
    prefix,
    waiting: 1,
    messages: [{ id: 'm1', outcome: 'delivered', text: 'text of m1' }],
    letters: [{ cause: 'rejected', destination: 'sales', count: 2 }],
    controls: [{ kind: 'silence', destination: 'sales' }],
    lanes: [{ destinations: ['lane-0'] }, { destinations: ['sales'], trouble: 'idle' }],
  })
  await write([
    {
      topic: topics.receipts,
      key: 'm2',
      value: codecs.receipt.encode(receiptOf('m2', { recorded_at: now + 1 })),
    },
    {
      topic: topics.deadLetters,
      key: 'replayed/0',
      value: letter.encode(letterOf({ kind: 'replayed', replays: 0 })),
    },
    { topic: topics.controls, key: 'silence/sales', value: null },
  ])
  await eventually('what has come since is shown', () => {
    const { messages = [], letters = [], controls = [] } = latest() ?? {}
    return messages[0]?.id === 'm2' && letters[0]?.count === 1 && controls.length === 0
  })
  await eventually('the lag of a partition that nobody holds is known', () => {
    const dispatch = latest()?.stages.find(({ stage }) => stage === 'dispatch')
    return dispatch?.partitions.length === 4 && dispatch.partitions[3]?.process === null
  })
  const io = { ...captureIo(), stdin: process.stdin }
  expect(await status({ config: configFile(configYaml()), json: true }, io)).toBe(0)
  expect(JSON.parse(io.out())).toMatchObject({
    prefix,
    history: { done: true },
    processes: [{ gone: false }],
    messages: [{ id: 'm2' }, { id: 'm1', text: 'text of m1' }],
    letters: [
      { count: 1, command: expect.stringMatching(/^bellhop dead replay -c .+ --destination sales$/) },
    ],
  })
})

function configYaml(): string {
  return `
kafka: { brokers: "${testBrokers().join(',')}", prefix: ${prefix}, events: [{ topic: ${prefix}.events }] }
destinations: { sales: { webhook_url: "https://hooks.slack.com/services/T0/B0/x" } }
`
}

it('tells who comes back later what is so then, not what was when it left', { timeout: 30_000 }, async () => {
  startProcess(0)
  const feed = createOverviewFeed({ kafka, topics, codecs, config: () => config, clock })
  closers.push(() => feed.close())
  const next = (): Promise<Overview> =>
    new Promise((resolve) => {
      const leave = feed.subscribe((overview) => {
        leave()
        resolve(overview)
      })
    })
  const first = await next()
  aheadMs += 10_000
  expect(await next()).not.toBe(first)
})

it('shows a process that died as gone, and one that stopped not at all', { timeout: 30_000 }, async () => {
  const dying = startProcess(0, { dies: true })
  const living = startProcess(1)
  const stopping = startProcess(2)
  const group = await openGroupStatus({ kafka, topic: topics.status, codec: codecs.status, clock })
  closers.push(() => group.close())
  const latest = look()
  await eventually('all three live', () => group.processes().length === 3)
  await stopping.stop()
  dying.kill()
  await eventually('one is gone', () => {
    aheadMs += 300
    return latest()?.processes.some(({ gone }) => gone) === true
  })
  const states = new Map(latest()?.processes.map(({ process, gone }) => [process, gone]))
  expect(states).toEqual(
    new Map([
      [dying.process, true],
      [living.process, false],
    ]),
  )
  expect(
    latest()
      ?.lanes.filter(({ waiting }) => waiting > 0)
      .map(({ process }) => process),
  ).toEqual([living.process])
  await eventually('and whoever follows the group knows', () => {
    aheadMs += 300
    return group.processes().length === 1
  })
  expect(group.processes()[0]?.process).toBe(living.process)
})
