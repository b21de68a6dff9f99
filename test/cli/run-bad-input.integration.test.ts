import { createServer } from 'node:net'
import kafkajs from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../src/local/ports.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  logLines,
  runBellhop,
  type Scene,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { type RunningProcess, useProcesses } from '../support/processes.ts'

const { PartitionAssigners } = kafkajs

/** Half of the time that a process gives what is in flight, and a sixth of what kafkajs would hold its sockets open. */
const AT_ONCE_MS = 5_000

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeEach(async () => {
  scene = await createScene('bad-input')
})
afterEach(() => scene.close())

describe('a broker that is not there', () => {
  it('is named in one line and waited for: alive, not ready, and gone on SIGTERM', async () => {
    const [port = 0] = await freePorts(1)
    const file = configFile(
      laneConfig(scene, { destinations: { sales: {} }, kafka: { brokers: `127.0.0.1:${port}` } }),
    )
    const bellhop = await runBellhop(processes, file)
    await bellhop.line(/cannot be reached/)
    expect((await bellhop.get('/healthz')).status).toBe(200)
    expect((await bellhop.get('/readyz')).status).toBe(503)
    await eventually('it has tried again', async () => {
      const failures = /^bellhop_broker_failures_total(?:\{\})? (\d+)/m.exec(
        (await bellhop.get('/metrics')).body,
      )
      return Number(failures?.[1]) >= 2
    })
    const said = logLines(bellhop).filter(({ level }) => level !== 'info')
    expect(said).toHaveLength(1)
    expect(said[0]?.msg).toContain(`127.0.0.1:${port}`)
    await expectStop(bellhop)
  })

  it('is no reason to stay when it accepts and never answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await eventually('it listens', () => silent.listening)
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : null
    const file = configFile(
      laneConfig(scene, { destinations: { sales: {} }, kafka: { brokers: `127.0.0.1:${port}` } }),
    )
    const bellhop = await runBellhop(processes, file)
    expect((await bellhop.get('/readyz')).status).toBe(503)
    await expectStop(bellhop)
    silent.close()
  })
})

describe('what a person has to mend ends it', () => {
  it('with exit code 1 where the port is taken', async () => {
    const taken = new URL(scene.slack.origin).host
    const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
    const bellhop = processes.bellhop(['run', '-c', file, '--http', taken])
    expect(await bellhop.exited()).toEqual({ code: 1, signal: null })
    expect(bellhop.stderr).toContain(`another process has port ${taken.split(':')[1]}`)
    expect(bellhop.stderr).not.toMatch(/\n\s+at /)
  })

  it('with exit code 2, file, line and column where the configuration is wrong', async () => {
    const file = configFile('kafka:\n  brokers: localhost:9092\n  event: [a]\ndestinations: {}\n')
    const bellhop = processes.bellhop(['run', '-c', file])
    expect(await bellhop.exited()).toEqual({ code: 2, signal: null })
    expect(bellhop.stderr).toContain(`${file}:3:3`)
    expect(bellhop.stderr).toContain('"events"')
  })

  it.each([
    [['run', '--stages', 'mach'], /match/],
    [['run', '--http', 'foo'], /HOST:PORT/],
    [['run', '--start', 'yesterday'], /earliest/],
    [['run', '--log-level', 'loud'], /debug/],
    [['run', '--stage', 'match'], /--stages/],
    [['rum'], /run/],
  ])('with exit code 2 and what is right: bellhop %j', async (args, right) => {
    const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
    const bellhop = processes.bellhop(args[0] === 'run' ? [...args, '-c', file] : args)
    expect(await bellhop.exited()).toEqual({ code: 2, signal: null })
    expect(bellhop.stderr).toMatch(right)
    expect(bellhop.stderr).not.toMatch(/\n\s+at /)
  })

  it.each([
    {
      what: 'a topic is missing and may not be created',
      prepare: async () => undefined,
      topics: { create: false },
      says: /dispatch does not exist.*create/,
    },
    {
      what: 'the dispatch topic is compacted',
      prepare: () => scene.createTopic('dispatch', { config: { 'cleanup.policy': 'compact' } }),
      topics: { partitions: 1 },
      says: /cleanup\.policy=compact.*kafka-configs\.sh/,
    },
    {
      what: 'receipts have another partition count',
      prepare: () => scene.createTopic('receipts', { partitions: 3 }),
      topics: { partitions: 2 },
      says: /3 partitions.*kafka-topics\.sh/,
    },
  ])('with exit code 1 and what to do where $what', async ({ prepare, topics, says }) => {
    await prepare()
    const file = configFile(laneConfig(scene, { destinations: { sales: {} }, kafka: { topics } }))
    const bellhop = processes.bellhop(['run', '-c', file, '--http', '127.0.0.1:0'])
    expect(await bellhop.exited()).toEqual({ code: 1, signal: null })
    const fatal = logLines(bellhop).filter(({ level }) => level === 'fatal')
    expect(fatal).toHaveLength(1)
    expect(fatal[0]?.msg).toMatch(says)
  })
})

it('ends with exit code 1 when a consumer ends for good, and never lives on without it', async () => {
  await scene.createTopic('dispatch', { partitions: 2 })
  const foreign = scene.kafka.consumer({
    groupId: scene.topics.dispatchGroup,
    partitionAssigners: [(group) => ({ ...PartitionAssigners.roundRobin(group), name: 'foreign' })],
  })
  const joined = new Promise((resolve) => foreign.on(foreign.events.GROUP_JOIN, resolve))
  await foreign.connect()
  await foreign.subscribe({ topic: scene.topics.dispatch })
  await foreign.run({ eachBatch: async () => {} })
  await joined
  const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
  const bellhop = await runBellhop(processes, file)
  expect(await bellhop.exited()).toEqual({ code: 1, signal: null })
  const fatal = logLines(bellhop).find(({ level }) => level === 'fatal')
  expect(fatal?.msg).toMatch(/^the dispatch consumer ended: /)
  await foreign.disconnect()
})

it('exits at once on a second SIGTERM, whatever is in flight', async () => {
  const file = configFile(laneConfig(scene, { destinations: { hanging: {} } }))
  scene.slack.setFault(webhookPath('hanging'), { kind: 'hang' })
  const bellhop = await runBellhop(processes, file)
  await untilReady(bellhop)
  await scene.produce([{ value: eventFor('hanging', 'unanswered') }])
  await eventually('the post is in flight', () => scene.slack.requests().length === 1)
  bellhop.kill('SIGTERM')
  await bellhop.line(/stopping on SIGTERM/)
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited(AT_ONCE_MS)).toEqual({ code: 143, signal: null })
})

async function expectStop(bellhop: RunningProcess): Promise<void> {
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited(AT_ONCE_MS)).toEqual({ code: 0, signal: null })
}
