import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../src/local/ports.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, laneConfig, runBellhop, type Scene } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeAll(async () => {
  scene = await createScene('registry-away')
  await scene.createTopic('events')
})
afterAll(() => scene.close())

it('a registry that is away at the start is what readiness blames, and not the broker', async () => {
  const [port = 0] = await freePorts(1)
  const registry = { url: `http://127.0.0.1:${port}` }
  const bellhop = await runBellhop(
    processes,
    configFile(laneConfig(scene, { destinations: { sales: {} }, registry })),
  )
  const components = await eventually('it says that the registry is away', async () => {
    const { body } = await bellhop.get('/readyz')
    return body.includes('the schema registry does not answer') && JSON.parse(body).components
  })
  expect(components).toContainEqual({ name: 'broker', state: 'ready', reason: null })
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited()).toMatchObject({ code: 0 })
})
