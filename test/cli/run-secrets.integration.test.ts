import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../src/local/ports.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  type RunningBellhop,
  runBellhop,
  type Scene,
  untilReady,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { testBrokers } from '../support/kafka.ts'
import { useProcesses } from '../support/processes.ts'
import { readTopic } from '../support/read-topic.ts'

const MARKER = 'zQ7markerX1vB9'
/** As SASL PLAIN writes it (RFC 4616), in base64. */
const LOGIN = Buffer.from(`\0bellhop\0${MARKER}`).toString('base64')
const TRACE = ['--log-level', 'trace']
/** Each webhook meets one kind of fault, whose answer tells as much of the secret as it can. */
const WEBHOOKS = ['healthy', 'limited', 'broken', 'echoing', 'refusing', 'gone', 'reset', 'hello', 'closed']

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
/** Everything that was printed, served and written, by where. */
const seen = new Map<string, string>()

beforeAll(async () => {
  scene = await createScene('secrets')
  const [closedPort = 0] = await freePorts(1)
  const pathOf = (id: string): string => `/services/T0/B0/${MARKER}${id}`
  const echoOf = (id: string): string =>
    `cannot POST ${scene.slack.origin}${pathOf(id)}: ${pathOf(id).toUpperCase()} ${encodeURIComponent(pathOf(id))}`
  const faults = {
    limited: { status: 429, body: echoOf('limited'), headers: { 'retry-after': '1' } },
    broken: { status: 500, body: echoOf('broken') },
    echoing: { status: 200, body: echoOf('echoing') },
    refusing: { status: 400, body: `invalid_payload ${echoOf('refusing')}` },
    hello: { status: 302, body: echoOf('hello'), headers: { location: `/elsewhere/${MARKER}` } },
  }
  for (const [id, answer] of Object.entries(faults))
    scene.slack.setFault(pathOf(id), { kind: 'answer', ...answer })
  scene.slack.setFault(pathOf('gone'), { kind: 'gone', status: 403, body: `invalid_token ${echoOf('gone')}` })
  scene.slack.setFault(pathOf('reset'), { kind: 'reset', when: 'after_body' })
  scene.slack.setFault('alerts', { kind: 'answer', status: 500, body: `what of xoxb-${MARKER}?` })

  const origins = { closed: `http://127.0.0.1:${closedPort}` }
  const webhooks = WEBHOOKS.map((id) => {
    const origin = id === 'closed' ? origins.closed : scene.slack.origin
    return [id, { webhook_url: `${origin}${pathOf(id)}` }]
  })
  const destinations = {
    ...Object.fromEntries(webhooks),
    alerts: { token: `xoxb-${MARKER}`, channel: 'alerts' },
  }
  const slack = {
    allow_origins: [scene.slack.origin, origins.closed],
    retry_for: '1s',
    on_ambiguous: 'dead_letter',
  }
  const bellhop = await runBellhop(processes, configFile(laneConfig(scene, { slack, destinations })), TRACE)
  await untilReady(bellhop)
  const everywhere = Object.keys(destinations)
  await scene.produce(everywhere.map((id) => ({ value: eventFor(id, 'hello') })))
  await eventually('all but the limited one have their receipt', async () => {
    const finals = (await scene.records('receipts')).filter(({ value }) => value.outcome !== null)
    return finals.length === everywhere.length - 1
  })
  await keep('run', bellhop)
  const { dispatch, receipts, deadLetters } = scene.topics
  for (const topic of [scene.events, dispatch, receipts, deadLetters]) await keepTopic(topic)
})
afterAll(() => scene.close())

/** What a process serves, then stops it, and what it has printed. */
async function keep(name: string, bellhop: RunningBellhop): Promise<void> {
  for (const path of ['/metrics', '/healthz', '/readyz'])
    seen.set(`${path} of ${name}`, (await bellhop.get(path)).body)
  bellhop.kill('SIGTERM')
  await bellhop.exited()
  seen.set(`output of ${name}`, bellhop.stdout + bellhop.stderr)
}

async function keepTopic(topic: string): Promise<void> {
  const records = await readTopic(scene.kafka, topic, { uncommitted: true })
  const bytes = records.map(({ key, value, headers }) => `${key} ${value} ${JSON.stringify(headers)}`)
  seen.set(`topic ${topic}`, bytes.join('\n'))
}

function expectNoMarker(ofWhat: (where: string) => boolean): void {
  const texts = [...seen].filter(([where]) => ofWhat(where))
  expect(texts.length).toBeGreaterThan(0)
  for (const [where, text] of texts) {
    expect(text.length, where).toBeGreaterThan(0)
    const at = text.toLowerCase().indexOf(MARKER.toLowerCase())
    expect(text, where).not.toContain(LOGIN)
    expect(at < 0 ? null : `${where}: ${text.slice(Math.max(0, at - 200), at + 40)}`).toBeNull()
  }
}

it('tells no webhook and no token, whatever goes wrong and however much is logged', () => {
  expect(seen.get('output of run')).toContain('postAnswered')
  expect([...seen.keys()].filter((where) => where.startsWith('topic'))).toHaveLength(4)
  expectNoMarker(() => true)
})

it.each([
  ['a broker that is not there', async () => `127.0.0.1:${(await freePorts(1))[0]}`],
  ['a broker that knows no login', async () => testBrokers()],
])('tells no Kafka password: %s', async (what, brokers) => {
  const sasl = { mechanism: 'plain', username: 'bellhop', password: MARKER }
  const config = laneConfig(scene, {
    destinations: { nowhere: { type: 'blackhole' } },
    kafka: { brokers: await brokers(), sasl, connection_timeout: '2s' },
  })
  const bellhop = await runBellhop(processes, configFile(config), TRACE)
  await bellhop.line(/cannot be reached/)
  await keep(what, bellhop)
  expectNoMarker((where) => where.endsWith(what))
})

it.each([
  ['a webhook elsewhere', { destinations: { a: { webhook_url: `https://example.com/services/${MARKER}` } } }],
  ['a webhook that is none', { destinations: { a: { webhook_url: `services/${MARKER}` } } }],
  ['a token without a channel', { destinations: { a: { token: `xoxb-${MARKER}` } } }],
  [
    'an unknown option beside a password',
    {
      destinations: { a: { type: 'blackhole' } },
      kafka: { sasl: { mechanism: 'plain', user: 'x', password: MARKER } },
    },
  ],
])('tells no secret of a configuration that is wrong: %s', async (what, config) => {
  const bellhop = processes.bellhop(['run', '-c', configFile(laneConfig(scene, config))])
  expect((await bellhop.exited()).code).toBe(2)
  seen.set(what, bellhop.stdout + bellhop.stderr)
  expectNoMarker((where) => where === what)
})
