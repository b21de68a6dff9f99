import avro from 'avsc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backtest } from '../../src/cli/backtest.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, laneConfig, logLines, type Scene } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { testRegistry } from '../support/registry.ts'
import { startRegistryProxy } from '../support/registry-proxy.ts'
import { captureIo } from './support/captured-io.ts'

const configFile = useConfigFiles()
const processes = useProcesses()
const registryUrl = await testRegistry()
const TYPE = avro.Type.forSchema({
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'type', type: 'string' },
    { name: 'event', type: 'string' },
    { name: 'userId', type: 'string' },
    { name: 'properties', type: { type: 'map', values: 'string' } },
    { name: 'integrations', type: { type: 'map', values: 'boolean' } },
  ],
})
let scene: Scene
let schemaId: number

beforeEach(async () => {
  scene = await createScene('authoring-avro')
  await scene.createTopic('events', { partitions: 2 })
  const response = await fetch(`${registryUrl}/subjects/${scene.prefix}.events-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(TYPE.schema()) }),
  })
  schemaId = ((await response.json()) as { id: number }).id
})
afterEach(() => scene.close())

function encoded(text: string, more: { integrations?: object; schema?: number } = {}): Buffer {
  const { integrations = {}, schema = schemaId } = more
  const header = Buffer.alloc(5)
  header.writeUInt32BE(schema, 1)
  const event = { type: 'track', event: 'to team', userId: 'u-1', properties: { text }, integrations }
  return Buffer.concat([header, TYPE.toBuffer(event)])
}

function fileOf(url = registryUrl): string {
  return configFile(
    laneConfig(scene, {
      destinations: { team: { webhook_url: '${BELLHOP_NOT_SET}' } },
      kafka: { events: [{ topic: scene.events, format: 'avro' }] },
      registry: { url },
    }),
  )
}

describe('events in Avro', () => {
  it('are what a backtest reads, those withheld and those that cannot be read counted', async () => {
    await scene.produce([
      { value: encoded('hello'), partition: 0 },
      { value: encoded('withheld', { integrations: { Slack: false } }), partition: 0 },
      { value: '{"type":"track"}', partition: 1 },
    ])
    const io = captureIo()
    expect(await backtest({ config: fileOf(), action: 'to-team', since: '1h' }, io)).toBe(0)
    expect(io.out()).toContain('would have fired 1 time ')
    expect(io.out()).toContain('    | hello\n')
    expect(io.out()).toContain("  1 withheld by the events' own integrations\n")
    expect(io.out()).toMatch(/ {2}bad_avro: 1 event, the first at \S+:1:0/)
  })

  it('are what a dry run follows, and a registry that is away is waited for', async () => {
    const proxy = await startRegistryProxy({ target: registryUrl })
    try {
      proxy.mode = 'failing'
      const dry = processes.bellhop(['run', '--dry-run', '-c', fileOf(proxy.url)])
      await dry.line(/"dry run: what would be posted is told/)
      await scene.produce([{ value: encoded('hello') }])
      await dry.line(/the schema registry does not answer: waiting/)
      proxy.mode = 'on'
      await dry.line(/the schema registry answers again/)
      await eventually('it is told', () => logLines(dry).some(({ text }) => text === 'hello'))
      dry.kill('SIGTERM')
      expect(await dry.exited()).toEqual({ code: 0, signal: null })
      expect(dry.stdout).toContain('dry run: 1 event read, 1 message would have been posted')
    } finally {
      await proxy.close()
    }
  })
})
