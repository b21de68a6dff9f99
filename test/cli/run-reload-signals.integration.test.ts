import { renameSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
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
import { startHeldDoor } from '../support/held-door.ts'
import { testBrokers } from '../support/kafka.ts'
import { useProcesses } from '../support/processes.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeEach(async () => {
  scene = await createScene('reload')
  await scene.createTopic('events')
})
afterEach(() => scene.close())

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

it('a reload before it is ready, several at once, and one while it stops: none does harm', async () => {
  // It cannot become ready before it has been told to reload.
  const broker = await startHeldDoor(testBrokers()[0] ?? '')
  onTestFinished(broker.close)
  const kafka = { brokers: broker.address }
  const config = (username: string) => laneConfig(scene, { destinations: { sales: { username } }, kafka })
  const file = configFile(config('first'))
  const bellhop = await runBellhop(processes, file)
  replaceFile(file, config('second'))
  bellhop.kill('SIGHUP')
  await bellhop.line(/"event":"configApplied"/)
  expect(bellhop.stderr).not.toContain('"event":"started"')
  broker.open()
  await untilReady(bellhop)
  await scene.produce([{ value: eventFor('sales', 'early') }])
  const [post] = await eventually('it is posted', () => {
    const posts = scene.slack.posts(webhookPath('sales'))
    return posts.length > 0 && posts
  })
  expect(post?.payload?.username).toBe('second')

  for (let nth = 0; nth < 5; nth += 1) bellhop.kill('SIGHUP')
  await bellhop.line(/"event":"configUnchanged"/)
  bellhop.kill('SIGTERM')
  bellhop.kill('SIGHUP')
  expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
  expect(bellhop.stderr).toContain(
    'SIGHUP: reading the configuration again (SIGTERM or SIGINT stops bellhop)',
  )
})

it('with --watch a change of a secret is enough: messages go to the new webhook, those that waited first', async () => {
  const webhook = (name: string): string => `${scene.slack.origin}${webhookPath(name)}`
  const secret = configFile(`${webhook('the-first-one')}\n`)
  const config = laneConfig(scene, { destinations: { sales: { webhook_url: `\${file:${secret}}` } } })
  const bellhop = await runBellhop(processes, configFile(config), ['--watch'])
  await untilReady(bellhop)
  scene.slack.setFault(webhookPath('the-first-one'), { kind: 'answer', status: 503, body: 'no' })
  const waiting = ['one', 'two', 'three']
  await scene.produce(waiting.map((text) => ({ value: eventFor('sales', text) })))
  await eventually('a post has failed', () => scene.slack.requests().length > 0)
  replaceFile(secret, `${webhook('the-second-one')}\n`)
  await bellhop.line(/"event":"configApplied"/)
  await eventually('all arrive', () => {
    return textsOf(scene.slack, webhookPath('the-second-one')).length === waiting.length
  })
  expect(textsOf(scene.slack, webhookPath('the-second-one'))).toEqual(waiting)
  expect(logLines(bellhop).find(({ event }) => event === 'configApplied')).toMatchObject({
    destinations: { added: 0, changed: 1, removed: 0 },
  })
  expect(bellhop.stderr).not.toMatch(/the-(first|second)-one/)
})
