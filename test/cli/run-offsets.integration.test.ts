import { afterEach, beforeEach, expect, it } from 'vitest'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  logLines,
  type RunningBellhop,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { deleteRecordsBelow } from '../support/topic-admin.ts'

/** What is in flight is given ten seconds; where there is nothing, a busy machine may take some of them. */
const IDLE_STOP_MS = 5_000
const STOP_MS = 20_000
const CLEAN = { code: 0, signal: null }

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeEach(async () => {
  scene = await createScene('offsets')
  await scene.createTopic('events')
})
afterEach(() => scene.close())

it('goes on where it stopped: nothing twice, nothing lost, and a new partition from its beginning', async () => {
  const file = configFile(
    laneConfig(scene, {
      kafka: { events: [{ topic: scene.events, start: 'latest' }], topics: { partitions: 1 } },
      destinations: { sales: {}, slow: {}, hanging: {} },
    }),
  )
  await scene.produce([{ value: eventFor('sales', 'before the first start') }])
  const first = await startReady(file)
  await scene.produce([{ value: eventFor('sales', 'first run') }])
  await untilShown('sales', ['first run'])
  expect(await stop(first)).toBeLessThan(IDLE_STOP_MS)

  await scene.admin.createPartitions({ topicPartitions: [{ topic: scene.events, count: 2 }] })
  await scene.produce([
    { value: eventFor('sales', 'while stopped'), partition: 0 },
    { value: eventFor('slow', 'in a new partition'), partition: 1 },
  ])
  scene.slack.setFault(webhookPath('slow'), { kind: 'slow', ms: 2_000 })
  scene.slack.setFault(webhookPath('hanging'), { kind: 'hang' })
  const second = await startReady(file)
  await untilShown('sales', ['first run', 'while stopped'])
  await scene.produce([
    { value: eventFor('hanging', 'unanswered'), partition: 1 },
    { value: eventFor('hanging', 'behind it'), partition: 1 },
  ])
  await eventually('both posts are in flight', () => {
    return ['slow', 'hanging'].every((id) => scene.slack.requests(webhookPath(id)).length === 1)
  })
  expect(await stop(second)).toBeLessThan(STOP_MS)

  scene.slack.clearFault(webhookPath('hanging'))
  const third = await startReady(file)
  await untilShown('hanging', ['unanswered', 'behind it'])
  await eventually('all is committed', isAllCommitted)
  await stop(third)
  expect(textsOf(scene.slack, webhookPath('sales'))).toEqual(['first run', 'while stopped'])
  expect(textsOf(scene.slack, webhookPath('slow'))).toEqual(['in a new partition'])
  expect(textsOf(scene.slack, webhookPath('hanging'))).toEqual(['unanswered', 'behind it'])
})

it('asks where to go on when its offsets are gone, and goes there', async () => {
  const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
  const first = await startReady(file)
  await scene.produce([{ value: eventFor('sales', 'old') }])
  await untilShown('sales', ['old'])
  await stop(first)
  await scene.admin.deleteGroups([scene.topics.matchGroup])

  const second = processes.bellhop(['run', '-c', file, '--http', '127.0.0.1:0'])
  expect(await second.exited()).toEqual({ code: 1, signal: null })
  const said = logLines(second).find(({ level }) => level === 'fatal')
  expect(said?.msg).toContain('--start earliest')
  expect(said?.msg).toContain(scene.topics.matchGroup)
  expect(second.stderr).not.toMatch(/\n\s+at /)

  const third = await startReady(file, ['--start', 'earliest'])
  await untilShown('sales', ['old', 'old'])
  await stop(third)
})

it('stops a partition whose records were deleted unread, and says so; others go on', async () => {
  await scene.admin.createPartitions({ topicPartitions: [{ topic: scene.events, count: 2 }] })
  const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
  const first = await startReady(file)
  await scene.produce([
    { value: eventFor('sales', 'read'), partition: 0 },
    { value: null, partition: 1 },
  ])
  await untilShown('sales', ['read'])
  await stop(first)
  await scene.produce([
    { value: eventFor('sales', 'deleted unread'), partition: 0 },
    { value: eventFor('sales', 'behind the gap'), partition: 0 },
    { value: eventFor('sales', 'of another partition'), partition: 1 },
  ])
  await deleteRecordsBelow(scene.admin, { topic: scene.events, partition: 0, offset: 2 })

  const second = await runBellhop(processes, file)
  await untilShown('sales', ['read', 'of another partition'])
  const failed = await eventually('the partition has failed', () =>
    logLines(second).find(({ event }) => event === 'partitionFailed'),
  )
  expect(failed).toMatchObject({ level: 'error', stage: 'match', topic: scene.events, partition: 0 })
  expect(JSON.stringify(failed)).toContain('deleted before they were read')
  expect(JSON.stringify(failed)).toContain('--reset-offsets')
  const { body } = await second.get('/metrics')
  expect(body).toMatch(/^bellhop_partitions_stopped\{.*stage="match".*\} 1$/m)
  await stop(second)
})

async function startReady(file: string, args: readonly string[] = []): Promise<RunningBellhop> {
  const bellhop = await runBellhop(processes, file, args)
  await untilReady(bellhop)
  return bellhop
}

/** Gives how long it took. */
async function stop(bellhop: RunningBellhop): Promise<number> {
  const startedMs = performance.now()
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited()).toEqual(CLEAN)
  return performance.now() - startedMs
}

async function untilShown(destination: string, texts: readonly string[]): Promise<void> {
  await eventually(`${destination} shows ${texts}`, () => {
    return textsOf(scene.slack, webhookPath(destination)).length >= texts.length
  })
  expect(textsOf(scene.slack, webhookPath(destination))).toEqual(texts)
}

async function isAllCommitted(): Promise<boolean> {
  const { dispatch, dispatchGroup } = scene.topics
  const committed = await scene.committed(dispatchGroup, dispatch)
  const ends = await scene.admin.fetchTopicOffsets(dispatch)
  return ends.every(({ partition, high }) => (committed.get(partition) ?? 0) === Number(high))
}
