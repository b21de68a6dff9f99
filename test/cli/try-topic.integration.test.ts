import avro, { type Schema } from 'avsc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tryEvents } from '../../src/cli/try.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, type Scene } from '../support/bellhop-scene.ts'
import { testBrokers } from '../support/kafka.ts'
import { testRegistry } from '../support/registry.ts'
import { captureIo } from './support/captured-io.ts'

const configFile = useConfigFiles()
let scene: Scene
beforeEach(async () => {
  scene = await createScene('try')
})
afterEach(() => scene.close())

function configOf(topic: string): string {
  return configFile(`
kafka: { brokers: "${testBrokers().join(',')}", prefix: ${scene.prefix}, events: [${topic}] }
destinations: { sales: { webhook_url: "\${UNSET_WEBHOOK}" } }
actions:
  - { id: order, trigger: type = "track" and properties.total > 100, message: "paid {{ properties.total }}" }
  - { id: page, trigger: type = "page", message: "page" }
`)
}

const UNSET = 'warning: FILE:3:40: the environment variable UNSET_WEBHOOK is not set\n'

async function run(config: string, options: { topic?: string; last?: string; action?: string }) {
  const io = captureIo()
  const code = await tryEvents(undefined, { config, last: '100', ...options }, io)
  return {
    code,
    out: io.out().replaceAll(scene.prefix, 'PREFIX'),
    err: io.err().replaceAll(scene.prefix, 'PREFIX').replaceAll(config, 'FILE'),
  }
}

describe('bellhop try with a topic', () => {
  it('takes the newest of all its partitions, and says of each what becomes of it; poison and nothing included', async () => {
    const topic = await scene.createTopic('events', { partitions: 2 })
    const at = (second: number) => Date.UTC(2026, 0, 2, 3, 4, second)
    await scene.produce([
      { partition: 0, timestamp: at(0), value: { type: 'track', properties: { total: 500 } } },
      { partition: 0, timestamp: at(2), value: { type: 'track', properties: { total: 42 } } },
      { partition: 1, timestamp: at(1), value: { type: 'track', properties: { total: 142 } } },
      { partition: 1, timestamp: at(3), value: '{' },
      { partition: 1, timestamp: at(4), value: null },
    ])
    expect(await run(configOf(topic), { topic, last: '4' })).toEqual({
      code: 0,
      out: `2026-01-02 03:04:01Z  PREFIX.events:1:0  track  1 message
  order -> sales: paid 142
2026-01-02 03:04:02Z  PREFIX.events:0:1  track  nothing
  nearest order: properties.total > 100: properties.total is 42
2026-01-02 03:04:03Z  PREFIX.events:1:1  a dead letter: not_json (not valid JSON)
2026-01-02 03:04:04Z  PREFIX.events:1:2  no value, skipped

4 events: 1 message for 1 event; 1 event would be a dead letter

ACTION  EVENTS  FIRED  MESSAGES  MOST OFTEN FALSE FIRST
order   2       1      1         1 x properties.total > 100
page    0       0      0
`,
      err: UNSET,
    })
  })

  it('says that a topic is empty', async () => {
    const topic = await scene.createTopic('events')
    expect(await run(configOf(topic), { topic })).toMatchObject({
      code: 0,
      err: `${UNSET}PREFIX.events holds no events\n`,
    })
  })

  it('refuses a topic that the configuration does not read, and one that is not there', async () => {
    const config = configOf(`${scene.prefix}.nowhere`)
    await expect(run(config, { topic: 'other' })).rejects.toMatchObject({
      code: 'usage',
      message: `the configuration does not read other; kafka.events names ${scene.prefix}.nowhere`,
    })
    await expect(run(config, { topic: `${scene.prefix}.nowhere` })).rejects.toMatchObject({
      code: 'topic_missing',
    })
  })

  it('reads Avro with the schemas of the registry', async () => {
    const topic = await scene.createTopic('events')
    const registryUrl = await testRegistry()
    const schema: Schema = {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'type', type: 'string' },
        { name: 'total', type: 'long' },
      ],
    }
    const response = await fetch(`${registryUrl}/subjects/${topic}-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: JSON.stringify(schema) }),
    })
    const { id } = (await response.json()) as { id: number }
    const head = Buffer.alloc(5)
    head.writeUInt32BE(id, 1)
    const body = avro.Type.forSchema(schema).toBuffer({ type: 'track', total: 42 })
    await scene.produce([{ value: Buffer.concat([head, body]), timestamp: Date.UTC(2026, 0, 2) }])
    const config = configFile(`
registry: { url: "${registryUrl}" }
kafka: { brokers: "${testBrokers().join(',')}", events: [{ topic: ${topic}, format: avro }] }
destinations: { sales: { type: blackhole } }
actions:
  - { id: order, trigger: type = "track" and total = 42, message: "paid {{ total }}" }
  - { id: big, trigger: total > 100, message: "big" }
`)
    expect(await run(config, { topic })).toEqual({
      code: 0,
      out: `PREFIX.events:0:0: track, in PREFIX.events at 2026-01-02 00:00:00Z

order -> sales
    paid 42

not sent:
  big: total > 100: total is 42
`,
      err: '',
    })
  })
})
