import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import avro, { type Schema } from 'avsc'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { check } from '../../src/cli/check.ts'
import { init } from '../../src/cli/init.ts'
import { test as runTests } from '../../src/cli/test.ts'
import { createSchemaRegistry } from '../../src/registry/schema-registry.ts'
import { freePort } from '../slack/support/servers.ts'
import { createScene, type ProducedEvent, type Scene } from '../support/bellhop-scene.ts'
import { testBrokers } from '../support/kafka.ts'
import { testRegistry } from '../support/registry.ts'
import { captureIo } from './support/captured-io.ts'

let scene: Scene
beforeAll(async () => {
  scene = await createScene('init')
})
afterAll(() => scene.close())

async function topicWith(suffix: string, values: readonly ProducedEvent['value'][]): Promise<string> {
  const topic = await scene.createTopic(suffix, { partitions: 3 })
  if (values.length > 0)
    await scene.produce(
      values.map((value, index) => ({ key: String(index), value })),
      topic,
    )
  return topic
}

async function run(topic: string, more: { registry?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-init-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const io = captureIo()
  const running = init({ into: folder, topic, brokers: testBrokers().join(','), ...more }, io)
  return { folder, io, running }
}

const order = (total: number) => ({
  type: 'track',
  event: 'Order "Paid"',
  userId: 'u-1',
  properties: { total, name: 'Real Person' },
})

describe('from a topic', () => {
  it('writes what check and test find right, and leaves no group behind', async () => {
    const values = [
      order(1),
      { type: 'page', userId: 'u', properties: { path: '/' } },
      order(2.5),
      'no json',
      null,
    ]
    const topic = await topicWith('good', values)
    const { folder, io, running } = await run(topic)
    expect(await running).toBe(0)
    expect(io.out()).toContain(
      `Read the 3 newest events of ${topic}: 2 different ones.\n1 further records could not be read`,
    )
    const path = join(folder, 'bellhop.yaml')
    const config = readFileSync(path, 'utf8')
    expect(config).toContain(`topic: "${topic}"`)
    expect(config).toContain(`trigger: >-\n      type = "track" and event = 'Order "Paid"'\n`)
    expect(config + readFileSync(join(folder, 'bellhop_test.yaml'), 'utf8')).not.toContain('Real Person')
    const [checked, tested] = [captureIo(), captureIo()]
    expect([await check({ config: path }, checked), await runTests({ config: path }, tested)]).toEqual([0, 0])
    expect(checked.out()).toMatch(/\n1 warning\n.*SLACK_WEBHOOK_URL is not set/)
    expect(tested.out()).toContain('2 passed, 0 failed')
    const { groups } = await scene.admin.listGroups()
    expect(groups.filter(({ groupId }) => groupId.includes(scene.prefix))).toEqual([])
  })

  it('looks at the newest events alone', async () => {
    const old = Array.from({ length: 600 }, () => ({ type: 'track', event: 'Old' }))
    const topic = await scene.createTopic('newest', { partitions: 1 })
    await scene.produce(
      old.map((value) => ({ value })),
      topic,
    )
    await scene.produce(
      Array.from({ length: 1_000 }, () => ({ value: { type: 'track', event: 'New' } })),
      topic,
    )
    const { folder, running } = await run(topic)
    expect(await running).toBe(0)
    const config = readFileSync(join(folder, 'bellhop.yaml'), 'utf8')
    expect(config).toContain('New: 1000 of the 1000 newest events')
    expect(config).not.toContain('Old')
  })

  it('says where records are no events of the spec', async () => {
    const { folder, io, running } = await run(await topicWith('foreign', [{ eventName: 'paid' }]))
    expect(await running).toBe(0)
    expect(io.out()).toContain('None of them has a type of the Segment spec')
    expect(readFileSync(join(folder, 'bellhop.yaml'), 'utf8')).toContain('#   event: $.eventName\n')
  })
})

describe('from a topic in Avro', () => {
  const schema = {
    type: 'record',
    name: 'Event',
    fields: [
      { name: 'type', type: { type: 'enum', name: 'Kind', symbols: ['track', 'page'] } },
      { name: 'event', type: ['null', 'string'] },
      { name: 'properties', type: { type: 'map', values: 'long' } },
    ],
  }
  const bytesOf = (id: number, event: string): Buffer => {
    const head = Buffer.alloc(5)
    head.writeInt32BE(id, 1)
    const type = avro.Type.forSchema(structuredClone(schema) as unknown as Schema)
    return Buffer.concat([head, type.toBuffer({ type: 'track', event, properties: { total: 12 } })])
  }

  it('reads it with the registry, and names both in the configuration', async () => {
    const url = await testRegistry()
    const registry = createSchemaRegistry({
      url,
      auth: null,
      ca: null,
      timeoutMs: 5_000,
      unknownSchemaWaitMs: 1_000,
    })
    const id = await registry.register(`${scene.prefix}-init-value`, JSON.stringify(schema))
    await registry.close()
    const topic = await topicWith('in-avro', [
      bytesOf(id, 'Order Paid'),
      bytesOf(id, 'Order Paid'),
      '{"type":"track"}',
    ])
    const { folder, io, running } = await run(topic, { registry: url })
    expect(await running).toBe(0)
    expect(io.out()).toContain(
      `Read the 2 newest events of ${topic}: 1 different ones.\n1 further records could not be read`,
    )
    const path = join(folder, 'bellhop.yaml')
    const config = readFileSync(path, 'utf8')
    expect(config).toContain('      format: avro\n')
    expect(config).toContain(`  url: \${SCHEMA_REGISTRY_URL:-${url}}\n`)
    expect(config).toContain('  #   properties.total: number, always\n')
    const [checked, tested] = [captureIo(), captureIo()]
    expect([await check({ config: path }, checked), await runTests({ config: path }, tested)]).toEqual([0, 0])
  })

  it('says so where the registry knows none of the schemas, or does not answer', async () => {
    const topic = await topicWith('unknown-schema', [bytesOf(2_000_000_000, 'A')])
    const unknown = await run(topic, { registry: await testRegistry() })
    await expect(unknown.running).rejects.toMatchObject({
      code: 'topic_unsuitable',
      message: expect.stringContaining('is Avro that the registry knows'),
    })
    const away = await run(topic, { registry: `http://127.0.0.1:${await freePort()}` })
    await expect(away.running).rejects.toMatchObject({ message: expect.stringContaining('schema registry') })
    expect([...readdirSync(unknown.folder), ...readdirSync(away.folder)]).toEqual([])
  })
})

describe('refuses', () => {
  it('a topic that does not exist, and names the nearest', async () => {
    const topic = await topicWith('missing', [])
    const { folder, running } = await run(`${topic}s`)
    await expect(running).rejects.toMatchObject({
      code: 'topic_missing',
      message: expect.stringContaining(`there is no topic "${topic}s"; did you mean "${topic}"?`),
    })
    expect(readdirSync(folder)).toEqual([])
    expect(await scene.admin.listTopics()).not.toContain(`${topic}s`)
  })

  it.each([
    ['empty', [], 'holds no events yet: produce some, or leave --topic out'],
    ['deleted', [null, null], 'holds no events yet'],
    ['text', ['hello', 'there'], 'is a JSON object: bellhop reads events as JSON objects, or as Avro'],
    [
      'avro',
      [Buffer.from([0, 0, 0, 0, 7, 2, 65])],
      'they look like Avro: name the schema registry with --registry URL',
    ],
  ])('a topic that is %s', async (suffix, values, message) => {
    const { folder, running } = await run(await topicWith(suffix, values))
    await expect(running).rejects.toMatchObject({
      code: 'topic_unsuitable',
      message: expect.stringContaining(message),
    })
    expect(readdirSync(folder)).toEqual([])
  })
})
