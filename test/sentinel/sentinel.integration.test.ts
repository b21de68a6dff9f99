import { afterEach, beforeEach, expect, it } from 'vitest'
import { newestEvents } from '../../src/author/topic-events.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
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
  scene = await createScene('sentinel')
})
afterEach(() => scene.close())

it('the canary goes all the way unseen by any rule, and ops is told of a webhook that is gone', async () => {
  const every = { id: 'every-call', trigger: 'type = "track"', destination: 'all', message: '{{ $.event }}' }
  const config = laneConfig(scene, {
    destinations: { gone: {}, ops: {}, all: { type: 'blackhole' }, nowhere: { type: 'blackhole' } },
    actions: [every],
  })
  const own = { canary: { destination: 'nowhere', every: '5s' }, notify: { destination: 'ops' } }
  const bellhop = await runBellhop(processes, configFile(JSON.stringify({ ...JSON.parse(config), ...own })))
  await untilReady(bellhop)
  scene.slack.setFault(webhookPath('gone'), { kind: 'gone', status: 404, body: 'channel_is_archived' })
  await scene.produce([{ value: eventFor('gone', 'hello') }])

  const canary = await eventually(
    'the canary has arrived',
    async () => (await scene.records('receipts')).find(({ value }) => value.action === 'bellhop.canary'),
    { withinMs: 15_000, everyMs: 250 },
  )
  expect(canary.value).toMatchObject({ outcome: 'delivered', destination: 'nowhere' })
  await eventually('ops is told', () => textsOf(scene.slack, webhookPath('ops')).length > 0)
  expect(textsOf(scene.slack, webhookPath('ops'))).toEqual([
    expect.stringMatching(
      /: gone takes nothing \("channel_is_archived"\)\..*dead replay --destination gone`$/,
    ),
  ])

  const messages = (await scene.records('dispatch')).map(({ value }) => value)
  const seen = messages.filter(({ action }) => action === 'every-call')
  expect(seen.map(({ message }) => message.text)).toEqual(['to gone'])
  expect(await newestEvents(scene, { topic: scene.events, last: 10 })).toHaveLength(1)
  expect(messages.filter(({ action }) => action === 'bellhop.notify')).toHaveLength(1)
  expect(await scene.records('deadLetters')).toHaveLength(1)
  expect((await bellhop.get('/metrics')).body).toMatch(/^bellhop_canary_round_trip_seconds_count [1-9]/m)
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
})
