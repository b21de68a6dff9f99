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

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeEach(async () => {
  scene = await createScene('stages')
})
afterEach(() => scene.close())

it('splits into a process that matches and one that dispatches', async () => {
  const file = configFile(laneConfig(scene, { destinations: { sales: {} } }))
  const match = await runBellhop(processes, file, ['--stages', 'match'])
  await untilReady(match)
  await scene.produce([{ value: eventFor('sales', 'hello') }])
  await eventually(
    'the event is a dispatch record',
    async () => (await scene.records('dispatch')).length === 1,
  )
  expect(scene.slack.requests()).toEqual([])
  expect((await match.get('/readyz')).body).not.toContain('dispatch')

  const dispatch = await runBellhop(processes, file, ['--stages', 'dispatch'])
  await untilReady(dispatch)
  await eventually('the message is posted', () => scene.slack.posts().length === 1)
  expect((await dispatch.get('/readyz')).body).not.toContain('match')
  await stop(match)
  await stop(dispatch)
  expect(await scene.records('receipts')).toHaveLength(1)
})

it('shares the work between processes, and one that stops hands over without loss', async () => {
  const lanes = Array.from({ length: 12 }, (_, index) => `lane-${index}`)
  const texts = ['1', '2', '3']
  const file = configFile(
    laneConfig(scene, {
      kafka: { topics: { partitions: 4 } },
      destinations: Object.fromEntries(lanes.map((lane) => [lane, {}])),
    }),
  )
  const first = await runBellhop(processes, file)
  await untilReady(first)
  const second = await runBellhop(processes, file)
  await untilReady(second)
  await eventually('each has half of the partitions', () =>
    [first, second].every((bellhop) =>
      ['match', 'dispatch'].every((stage) => partitionsOf(bellhop, stage) === 2),
    ),
  )
  await scene.produce(
    texts.flatMap((text) => lanes.map((lane, index) => ({ key: `${index}`, value: eventFor(lane, text) }))),
  )
  await eventually('half of it is posted', () => scene.slack.posts().length >= 14)
  await stop(second)
  await eventually('all of it is posted', () =>
    lanes.every((lane) => firstShown(lane).length === texts.length),
  )
  await stop(first)

  for (const lane of lanes) expect(firstShown(lane)).toEqual(texts)
  const settled = new Set((await scene.records('receipts')).map(({ key }) => key))
  expect(settled.size).toBe(lanes.length * texts.length)
  expect(scene.slack.count429).toBe(0)
})

/** What a channel shows, without what was posted again behind a message that was not complete. */
function firstShown(lane: string): (string | undefined)[] {
  return [...new Set(textsOf(scene.slack, webhookPath(lane)))]
}

/** How many partitions a stage got the last time it joined its group. */
function partitionsOf(bellhop: RunningBellhop, stage: string): unknown {
  const joins = logLines(bellhop).filter((line) => line.event === 'groupJoined' && line.stage === stage)
  return joins.at(-1)?.partitions
}

async function stop(bellhop: RunningBellhop): Promise<void> {
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
}
