import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  logLines,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { deleteRecordsBelow } from '../support/topic-admin.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeEach(async () => {
  scene = await createScene('stop')
  await scene.createTopic('events', { partitions: 2 })
})
afterEach(() => scene.close())

it('a post in flight at SIGTERM is on record when the process has ended: it is not posted again', async () => {
  const file = configFile(laneConfig(scene, { destinations: { slow: {} } }))
  scene.slack.setFault(webhookPath('slow'), { kind: 'slow', ms: 1_500 })
  const first = await runBellhop(processes, file)
  await untilReady(first)
  await scene.produce([{ value: eventFor('slow', 'in flight') }])
  await eventually('the post is in flight', () => scene.slack.requests(webhookPath('slow')).length === 1)
  first.kill('SIGTERM')
  expect(await first.exited()).toEqual({ code: 0, signal: null })

  scene.slack.clearFault(webhookPath('slow'))
  const second = await runBellhop(processes, file)
  await untilReady(second)
  await scene.produce([{ value: eventFor('slow', 'afterwards') }])
  await eventually('the next message arrives', () =>
    textsOf(scene.slack, webhookPath('slow')).includes('afterwards'),
  )
  expect(textsOf(scene.slack, webhookPath('slow'))).toEqual(['in flight', 'afterwards'])
})

it('a partition whose position is deleted under it stops with a clear error, and its offset is kept', async () => {
  const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
  const bellhop = await runBellhop(processes, file)
  await untilReady(bellhop)
  await scene.produce([{ value: eventFor('sales', 'before'), partition: 0 }])
  await eventually('it is committed', async () => {
    return (await scene.committed(scene.topics.matchGroup, scene.events)).get(0) === 1
  })
  bellhop.kill('SIGSTOP')
  // The fetch that is under way must come back empty: it waits for records for a quarter of a second.
  await delay(1_000)
  await scene.produce(
    ['lost', 'lost too', 'kept'].map((text) => ({ value: eventFor('sales', text), partition: 0 })),
  )
  await deleteRecordsBelow(scene.admin, { topic: scene.events, partition: 0, offset: 3 })
  bellhop.kill('SIGCONT')

  const failed = (): unknown =>
    logLines(bellhop).find(({ event, level }) => event === 'partitionFailed' && level === 'error')
  await eventually('the partition says what is wrong', failed, { withinMs: 20_000 })
  expect(JSON.stringify(failed())).toContain('records 1 to 2 were deleted before they were read')
  expect((await scene.committed(scene.topics.matchGroup, scene.events)).get(0)).toBe(1)
  const said = expect.stringContaining('stands still until a person acts')
  await eventually('readiness says so', async () => (await bellhop.get('/readyz')).status === 503)
  expect(await bellhop.get('/readyz')).toEqual({ status: 503, body: said })

  await scene.produce([{ value: eventFor('sales', 'the other partition'), partition: 1 }])
  await eventually('the other partition goes on', () =>
    textsOf(scene.slack, webhookPath('sales')).includes('the other partition'),
  )
})
