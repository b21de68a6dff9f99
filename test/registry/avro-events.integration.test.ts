import avro, { type Schema } from 'avsc'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSchemaRegistry } from '../../src/registry/schema-registry.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  laneConfig,
  logLines,
  type RunningBellhop,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { readPem } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { testRegistry } from '../support/registry.ts'
import {
  type RegistryProxy,
  type RegistryProxyOptions,
  startRegistryProxy,
} from '../support/registry-proxy.ts'

const processes = useProcesses()
const configFile = useConfigFiles()

let url: string
beforeAll(async () => {
  url = await testRegistry()
})

let scene: Scene
const open: { close(): Promise<void> }[] = []
beforeEach(async () => {
  scene = await createScene('avro-events', { registryUrl: url, simulator: { ratePerSecond: null } })
  await scene.createTopic('events')
})
afterEach(async () => {
  for (const each of [...open.splice(0), scene]) await each.close()
})

const WRITERS: Record<'old' | 'new' | 'foreign', Schema> = {
  old: record([
    { name: 'type', type: 'string' },
    { name: 'event', type: 'string' },
    { name: 'properties', type: record([{ name: 'total', type: decimal() }], 'Old') },
  ]),
  new: record([
    { name: 'event', type: 'string' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'type', type: { type: 'enum', name: 'Kind', symbols: ['identify', 'track'] } },
    {
      name: 'properties',
      type: record(
        [
          { name: 'total', type: decimal() },
          { name: 'at', type: timestamp() },
        ],
        'New',
      ),
    },
  ]),
  foreign: record([
    { name: 'eventName', type: 'string' },
    { name: 'customer', type: record([{ name: 'id', type: 'long' }], 'Customer') },
  ]),
}

interface FieldSchema {
  name: string
  type: unknown
  default?: unknown
}

function record(fields: FieldSchema[], name = 'Event'): Schema {
  return { type: 'record', name, namespace: 'test', fields } as Schema
}

function decimal(): Schema {
  return { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }
}

function timestamp(): Schema {
  return { type: 'long', logicalType: 'timestamp-micros' }
}

/** 12.50 as a decimal with two digits behind the point. */
const TOTAL = Buffer.from([0x04, 0xe2])

/** Registers a writer's schema, and gives what it writes. */
async function writer(name: keyof typeof WRITERS): Promise<(value: unknown) => Buffer> {
  const registry = createSchemaRegistry({
    url,
    auth: null,
    ca: null,
    timeoutMs: 5_000,
    unknownSchemaWaitMs: 0,
  })
  const id = await registry.register(`${scene.events}-${name}`, JSON.stringify(WRITERS[name]))
  await registry.close()
  const type = avro.Type.forSchema(WRITERS[name])
  return (value) => inWireFormat(id, type.toBuffer(value))
}

function inWireFormat(id: number, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.writeInt32BE(id, 1)
  return Buffer.concat([header, body])
}

async function proxy(options: Omit<RegistryProxyOptions, 'target'> = {}): Promise<RegistryProxy> {
  const started = await startRegistryProxy({ target: url, ...options })
  open.push(started)
  return started
}

interface Change {
  registry?: Record<string, unknown>
  events?: Record<string, unknown>[]
}

async function start({ registry = {}, events = [] }: Change = {}): Promise<RunningBellhop> {
  const topic = { topic: scene.events, format: 'avro', start: 'earliest' }
  const config = laneConfig(scene, {
    destinations: { sales: { rate: 'off' } },
    kafka: { topics: { partitions: 1 }, events: events.length === 0 ? [topic] : events },
    registry: { url, unknown_schema_wait: '1s', ...registry },
    actions: [
      {
        id: 'orders',
        trigger: 'type = "track" and event = "Order Completed" and properties.total >= 12',
        destination: 'sales',
        message: '{{ $.properties.total | money: "EUR" }} {{ $.properties.at }}{{ $.userId }}',
      },
      { id: 'plain', trigger: 'event = "Plain"', destination: 'sales', message: 'plain' },
    ],
  })
  const bellhop = await runBellhop(processes, configFile(config))
  await untilReady(bellhop)
  return bellhop
}

function posted(): (string | undefined)[] {
  return textsOf(scene.slack, webhookPath('sales'))
}

async function untilPosted(texts: readonly string[]): Promise<void> {
  await eventually('all is posted', () => posted().length >= texts.length, { withinMs: 30_000 })
  expect(posted()).toEqual(texts)
}

const AT_MICROS = Date.UTC(2026, 0, 31, 8) * 1_000 + 5

describe('events in Avro', () => {
  it('come from old and new writers of one topic', async () => {
    const [oldWriter, newWriter] = [await writer('old'), await writer('new')]
    const old = { type: 'track', event: 'Order Completed', properties: { total: TOTAL } }
    const recent = { ...old, note: 'x', properties: { total: TOTAL, at: AT_MICROS } }
    await scene.produce([
      { value: oldWriter(old) },
      { value: newWriter(recent) },
      { value: oldWriter({ ...old, event: 'Else' }) },
      { value: oldWriter(old) },
    ])
    await start()

    await untilPosted(['€12.50', '€12.50 2026-01-31T08:00:00.000005Z', '€12.50'])
  })

  it('are made of records that a map says how to read, JSON beside Avro', async () => {
    const topic = await scene.createTopic('json')
    const write = await writer('foreign')
    const map = { event: '$.eventName', userId: '$.customer.id' }
    await scene.produce([{ value: write({ eventName: 'Plain', customer: { id: 7 } }) }])
    await scene.produce([{ value: { eventName: 'Plain', customer: { id: 'eight' } } }], topic)
    await start({
      events: [
        { topic: scene.events, format: 'avro', start: 'earliest', map },
        { topic, start: 'earliest', map },
      ],
    })

    await untilPosted(['plain', 'plain'])
    const sent = await scene.records('dispatch')
    expect(sent.map(({ value }) => value.userId).sort()).toEqual(['7', 'eight'])
  })
})

describe('what is no event', () => {
  it('goes to dead letters, and what lies behind goes on', async () => {
    const write = await writer('old')
    const good = write({ type: 'track', event: 'Plain', properties: { total: TOTAL } })
    const id = good.readInt32BE(1)
    await scene.produce([
      { value: Buffer.from([0, 0, 1]) },
      { value: '{"event":"Plain"}' },
      { value: good.subarray(0, good.length - 1) },
      { value: Buffer.concat([good, Buffer.from([1])]) },
      { value: inWireFormat(2_000_000_000, Buffer.from([1, 2])) },
      { value: good },
    ])
    const bellhop = await start()

    await untilPosted(['plain'])
    const letters = await scene.records('deadLetters')
    expect(letters.map(({ value: { cause, detail } }) => ({ cause, detail }))).toEqual([
      { cause: 'bad_avro', detail: '3 bytes, where the Confluent wire format begins with 5' },
      {
        cause: 'bad_avro',
        detail: 'begins with the byte 0x7b, where the Confluent wire format begins with 0x00',
      },
      { cause: 'bad_avro', detail: expect.stringContaining(`it does not fit its schema ${id}: `) },
      { cause: 'bad_avro', detail: `it does not fit its schema ${id}: 1 bytes are left over` },
      { cause: 'unknown_schema', detail: 'schema 2000000000 is not in the registry' },
    ])
    expect(bellhop.stderr).toContain('does not know schema 2000000000; it is asked again for 1 s in all')
  })
})

describe('a registry that goes away', () => {
  it('holds its events back, loses none, and other topics go on', async () => {
    const json = await scene.createTopic('json')
    const behind = await proxy()
    const write = await writer('old')
    const bellhop = await start({
      registry: { url: behind.url, timeout: '500ms' },
      events: [
        { topic: scene.events, format: 'avro', start: 'earliest' },
        { topic: json, start: 'earliest' },
      ],
    })
    behind.mode = 'silent'
    const silentSinceMs = performance.now()
    const askedWhileThere = behind.asked.length
    const event = { type: 'track', event: 'Plain', properties: { total: TOTAL } }
    await scene.produce([{ value: write(event) }, { value: write(event) }])
    await eventually('it says so', async () =>
      (await bellhop.get('/readyz')).body.includes('the schema registry does not answer'),
    )
    expect((await bellhop.get('/healthz')).status).toBe(200)

    await scene.produce([{ value: { event: 'Plain' } }], json)
    await untilPosted(['plain'])

    behind.mode = 'cut'
    const askedBefore = behind.asked.length
    await eventually('it asks again', () => behind.asked.length > askedBefore + 1, { withinMs: 30_000 })
    const questions = behind.asked.length - askedWhileThere
    expect(questions).toBeLessThan((2 * (performance.now() - silentSinceMs)) / 1_000 + 2)
    behind.mode = 'on'
    await untilPosted(['plain', 'plain', 'plain'])
    await untilReady(bellhop)
    expect(await scene.records('deadLetters')).toEqual([])
    expect(logLines(bellhop).filter(({ level }) => level === 'error')).toEqual([])
  })

  it('is told from one that does not know a schema yet: that one is waited for', async () => {
    const behind = await proxy()
    const write = await writer('old')
    const bellhop = await start({ registry: { url: behind.url, unknown_schema_wait: '1m' } })
    behind.mode = 'ignorant'
    const value = write({ type: 'track', event: 'Plain', properties: { total: TOTAL } })
    await scene.produce([{ value }])
    await eventually('it says so', async () =>
      (await bellhop.get('/readyz')).body.includes(`events wait for schema ${value.readInt32BE(1)}`),
    )
    behind.mode = 'on'

    await untilPosted(['plain'])
    expect(await scene.records('deadLetters')).toEqual([])
  })

  it('may want a login and an own authority', async () => {
    const behind = await proxy({
      login: 'bellhop:open: sesame',
      tls: { cert: readPem('server'), key: readPem('server-key') },
    })
    const write = await writer('old')
    await scene.produce([{ value: write({ type: 'track', event: 'Plain', properties: { total: TOTAL } }) }])
    const bellhop = await start({
      registry: { url: behind.url, username: 'bellhop', password: 'open: sesame', ca: readPem('ca') },
    })

    await untilPosted(['plain'])
    expect(bellhop.stderr).not.toContain('sesame')
  })
})
