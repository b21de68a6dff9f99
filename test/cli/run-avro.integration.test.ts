import avro, { type Schema } from 'avsc'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { topicNames } from '../../src/core/topic-names.ts'
import { Partitioners } from '../../src/kafka/kafkajs.ts'
import { ownSchemaText } from '../../src/kafka/record-codec-schemas.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  logLines,
  type RunningBellhop,
  runBellhop,
  type Scene,
  schemaIdOf,
  textsOf,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { readTopic } from '../support/read-topic.ts'
import { testRegistry } from '../support/registry.ts'
import { startRegistryProxy } from '../support/registry-proxy.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
const registryUrl = await testRegistry()
let scene: Scene
afterEach(() => scene.close())

async function setUp(): Promise<void> {
  scene = await createScene('avro', { registryUrl, simulator: { ratePerSecond: null } })
  await scene.createTopic('events')
}

type Config = Partial<Parameters<typeof laneConfig>[1]>

/** With the destinations `quick` and `slow`, and the registry unless it is left out. */
function fileOf(change: Config & { url?: string | null } = {}): string {
  const { url = registryUrl, ...config } = change
  const kafka = { topics: { partitions: 1 }, ...config.kafka }
  const registry = url === null ? {} : { registry: { url } }
  const destinations = { quick: { rate: 'off' }, slow: { rate: 'off' } }
  return configFile(laneConfig(scene, { destinations, ...registry, ...config, kafka }))
}

async function start(file = fileOf()): Promise<RunningBellhop> {
  const bellhop = await runBellhop(processes, file)
  await untilReady(bellhop)
  return bellhop
}

async function stop(bellhop: RunningBellhop): Promise<void> {
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
}

async function endAbruptly(bellhop: RunningBellhop): Promise<void> {
  bellhop.kill('SIGKILL')
  await bellhop.exited()
}

function texts(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, nth) => `${name} ${nth}`)
}

const queue = (destination: string, all: readonly string[]): Promise<void> =>
  scene.produce(all.map((text) => ({ value: eventFor(destination, text) })))

const posted = (destination: string): (string | undefined)[] => textsOf(scene.slack, webhookPath(destination))

async function untilReceipts(count: number): Promise<void> {
  await eventually(
    `${count} messages have their receipt`,
    async () => {
      const receipts = await scene.records('receipts')
      return receipts.filter(({ value }) => value.outcome !== null).length >= count
    },
    { withinMs: 40_000, everyMs: 250 },
  )
}

/** Under which schemas a topic's values are, null for JSON; each once, in the order they came. */
async function formsOf(topic: string): Promise<(number | null)[]> {
  const records = await readTopic(scene.kafka, topic)
  const ids = records.filter(({ value }) => value !== null).map(({ value }) => schemaIdOf(value))
  return [...new Set(ids)]
}

async function ask(path: string, options: { method?: string; body?: object } = {}): Promise<unknown> {
  const { method = 'GET', body } = options
  const response = await fetch(`${registryUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${path} is answered with ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

async function register(subject: string, schema: object): Promise<number> {
  const body = { schema: JSON.stringify(schema) }
  const { id } = (await ask(`/subjects/${subject}/versions`, { method: 'POST', body })) as { id: number }
  return id
}

describe('with a registry', () => {
  it("all three of bellhop's topics hold Avro, under the schemas of their subjects", async () => {
    await setUp()
    scene.slack.setFault(webhookPath('slow'), { kind: 'answer', status: 400, body: 'no_text' })
    const bellhop = await start()
    await queue('quick', texts('q', 3))
    await queue('slow', ['refused'])
    await scene.produce([{ value: 'no JSON' }])
    await untilReceipts(4)
    await eventually('the letters are there', async () => (await scene.records('deadLetters')).length === 2)
    await stop(bellhop)

    const { dispatch, receipts, deadLetters } = scene.topics
    const files = { [dispatch]: 'dispatch', [receipts]: 'receipt', [deadLetters]: 'deadLetter' } as const
    for (const [topic, name] of Object.entries(files)) {
      const latest = (await ask(`/subjects/${topic}-value/versions/latest`)) as { id: number; schema: string }
      expect(await formsOf(topic)).toEqual([latest.id])
      expect(JSON.parse(latest.schema)).toEqual(JSON.parse(ownSchemaText(name)))
    }
    const ids = (await scene.records('dispatch', { without: 'start/bellhop.match' })).map(
      ({ value }) => value.id,
    )
    expect(ids.map((id) => id.replace(`${scene.events}:0:`, ''))).toEqual([
      ...[0, 1, 2].map((offset) => `${offset}:to-quick:quick`),
      '3:to-slow:slow',
    ])
    const letters = (await scene.records('deadLetters')).map(({ value }) => value)
    // Two stages write them, each in its own time.
    expect(letters.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
      { kind: 'event', cause: 'not_json', event: { value: { data: 'no JSON' } } },
      { kind: 'message', cause: 'rejected', message: { id: ids[3] } },
    ])
  })

  it('a new owner reads what was done beyond the committed offset, and posts nothing twice', async () => {
    await setUp()
    scene.slack.setFault(webhookPath('slow'), { kind: 'rate_limited', retryAfterSeconds: 8 }, { times: 1 })
    const first = await start()
    await queue('slow', texts('s', 2))
    await queue('quick', texts('q', 40))
    await untilReceipts(40)
    await endAbruptly(first)
    expect(posted('slow')).toEqual([])
    await start()
    await untilReceipts(42)
    expect(posted('quick')).toEqual(texts('q', 40))
    expect(posted('slow')).toEqual(texts('s', 2))
  })

  it('records of a newer bellhop are read, and what is new in them is left alone', async () => {
    await setUp()
    const bellhop = await start()
    await queue('quick', ['of this version'])
    await untilReceipts(1)
    await produceNewer('of a newer version')
    await untilReceipts(2)
    expect(posted('quick')).toEqual(['of this version', 'of a newer version'])
    await stop(bellhop)
  })
})

describe('while the registry is away', () => {
  it('what is known goes on, a record under a new schema waits, and nothing is given up', async () => {
    await setUp()
    const proxy = await startRegistryProxy({ target: registryUrl })
    onTestFinished(() => proxy.close())
    const bellhop = await start(fileOf({ url: proxy.url }))
    proxy.mode = 'failing'
    await queue('quick', ['known'])
    await untilReceipts(1)
    await produceNewer('of a newer version')
    await eventually('it says that it waits', async () => {
      const { status, body } = await bellhop.get('/readyz')
      return status === 503 && body.includes('the schema registry does not answer')
    })
    expect(posted('quick')).toEqual(['known'])
    proxy.mode = 'on'
    await untilReceipts(2)
    expect(posted('quick')).toEqual(['known', 'of a newer version'])
    expect(await scene.records('deadLetters')).toEqual([])
    await untilReady(bellhop)
  })
})

describe('a topic that holds both JSON and Avro', () => {
  it('is read to its end when a registry is configured later', async () => {
    await setUp()
    const { slack } = scene
    slack.setFault(webhookPath('slow'), { kind: 'rate_limited', retryAfterSeconds: 5 }, { times: 1 })
    const first = await start(fileOf({ url: null }))
    await queue('slow', ['s 0'])
    await queue('quick', texts('json', 5))
    await untilReceipts(5)
    await stop(first)
    const second = await start()
    await queue('quick', texts('avro', 5))
    await untilReceipts(11)
    await stop(second)
    expect(posted('quick')).toEqual([...texts('json', 5), ...texts('avro', 5)])
    expect(posted('slow')).toEqual(['s 0'])
    expect(await formsOf(scene.topics.receipts)).toEqual([null, expect.any(Number)])
  })

  it('waits, whole, where the registry is taken away: nothing is given up or posted twice, and the log says why', async () => {
    await setUp()
    const { slack } = scene
    slack.setFault(webhookPath('slow'), { kind: 'rate_limited', retryAfterSeconds: 8 }, { times: 1 })
    const first = await start()
    await queue('slow', ['s 0'])
    await queue('quick', ['q 0'])
    await untilReceipts(1)
    await stop(first)

    const second = await runBellhop(processes, fileOf({ url: null }))
    await second.line(/in Avro \(schema \d+\).*set registry\.url/)
    await eventually('it says that it is not ready', async () => {
      const { status, body } = await second.get('/readyz')
      return status === 503 && body.includes('stands still until a person acts')
    })
    await endAbruptly(second)
    expect(await scene.records('deadLetters')).toEqual([])
    expect([posted('quick'), posted('slow')]).toEqual([['q 0'], []])

    await start()
    await untilReceipts(2)
    expect([posted('quick'), posted('slow')]).toEqual([['q 0'], ['s 0']])
  })
})

describe('at the start', () => {
  it('a subject that does not let our schema in ends it, and says where and what to do', async () => {
    await setUp()
    const subject = `${topicNames(scene.prefix).receipts}-value`
    await register(subject, {
      type: 'record',
      name: 'Receipt',
      namespace: 'bellhop',
      fields: [{ name: 'id', type: 'long' }],
    })
    await ask(`/config/${subject}`, { method: 'PUT', body: { compatibility: 'FULL' } })
    const bellhop = processes.bellhop(['run', '-c', fileOf(), '--http', '127.0.0.1:0'])
    expect(await bellhop.exited()).toEqual({ code: 1, signal: null })
    const [last] = logLines(bellhop).filter(({ level }) => level === 'fatal')
    expect(last?.msg).toContain(`refuses the schema of ${subject}`)
    expect(last?.msg).toContain('choose another kafka.prefix')
    const versions = await ask(`/subjects/${subject}/versions`)
    expect(versions).toEqual([1])
  })

  it('a registry that is away is waited for: alive, not ready, told once, and it goes on by itself', async () => {
    await setUp()
    const proxy = await startRegistryProxy({ target: registryUrl })
    onTestFinished(() => proxy.close())
    proxy.mode = 'cut'
    const bellhop = await runBellhop(processes, fileOf({ url: proxy.url }))
    await bellhop.line(
      /the schema registry at .* does not answer.*starts once its own schemas are registered/,
    )
    expect((await bellhop.get('/healthz')).status).toBe(200)
    const { status, body } = await bellhop.get('/readyz')
    expect([status, body]).toEqual([503, expect.stringContaining('the schema registry does not answer')])
    expect(body).not.toContain('127.0.0.1')
    await eventually('it was asked again', () => proxy.asked.length >= 2)
    proxy.mode = 'on'
    await untilReady(bellhop)
    expect(logLines(bellhop).filter(({ level }) => level === 'warn')).toHaveLength(1)
    await queue('quick', ['late'])
    await untilReceipts(1)
    await stop(bellhop)
  })
})

/** A message for the lane of the first one, as a process of a newer version would write it. */
async function produceNewer(text: string): Promise<void> {
  const schema = JSON.parse(ownSchemaText('dispatch'))
  schema.fields.splice(3, 0, { name: 'urgency', type: ['null', 'double'], default: null })
  const id = await register(`${scene.topics.dispatch}-value`, schema)
  const [ours] = await scene.records('dispatch', { without: 'start/bellhop.match' })
  const newer = {
    ...ours?.value,
    id: `${scene.events}:0:77:to-quick:quick`,
    message: { ...ours?.value.message, text },
    urgency: 0.75,
  }
  const body = avro.Type.forSchema(schema as Schema, { wrapUnions: false }).toBuffer(newer)
  const producer = scene.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({
    topic: scene.topics.dispatch,
    acks: -1,
    messages: [{ key: ours?.key ?? '', value: framed(id, body) }],
  })
  await producer.disconnect()
}

function framed(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, body])
}
