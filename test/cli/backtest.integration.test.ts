import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtestAction } from '../../src/author/backtest.ts'
import { backtest } from '../../src/cli/backtest.ts'
import { withSession } from '../../src/cli/session.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, type ProducedEvent, type Scene } from '../support/bellhop-scene.ts'
import { testBrokers } from '../support/kafka.ts'
import { useProcesses } from '../support/processes.ts'
import { deleteRecordsBelow } from '../support/topic-admin.ts'
import { captureIo } from './support/captured-io.ts'

const HOUR_MS = 3_600_000
/** The start of an hour, not the present one: what is produced lies in whole hours. */
const THIS_HOUR_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
const writeConfig = useConfigFiles()
const processes = useProcesses()
let scene: Scene

beforeAll(async () => {
  scene = await createScene('backtest')
})
afterAll(() => scene.close())

function order(minutesAgo: number, more: Record<string, unknown> = {}): ProducedEvent {
  const value = {
    type: 'track',
    event: 'Order Completed',
    userId: 'u-1',
    properties: { name: 'tea' },
    ...more,
  }
  return { value, timestamp: THIS_HOUR_MS - minutesAgo * 60_000, partition: minutesAgo % 2 }
}

const OTHER: ProducedEvent = { value: { type: 'page' }, timestamp: THIS_HOUR_MS - 90 * 60_000 }

function configFor(topic: string, change: { destination?: object; action?: object } = {}): string {
  return writeConfig(
    JSON.stringify({
      kafka: { brokers: testBrokers(), prefix: scene.prefix, events: [{ topic }] },
      destinations: { sales: { webhook_url: '${BELLHOP_NOT_SET}', rate: '1/m', ...change.destination } },
      actions: [
        {
          id: 'order-completed',
          trigger: 'type = "track" and event = "Order Completed"',
          message: '{{ $.properties.name }} for {{ $.userId }}',
          ...change.action,
        },
        { id: 'every-page', trigger: 'type = "page"', message: 'page' },
      ],
    }),
  )
}

async function backtestOf(config: string, options: { action?: string; since?: string } = {}) {
  const io = captureIo()
  const code = await backtest({ config, action: 'order-completed', since: '24h', ...options }, io)
  return { code, out: io.out(), err: io.err() }
}

async function topicWith(name: string, events: readonly ProducedEvent[]): Promise<string> {
  const topic = await scene.createTopic(name, { partitions: 2 })
  await produceOnce(topic, events)
  return topic
}

/** What is retried is not there twice: the numbers are exact. */
async function produceOnce(topic: string, events: readonly ProducedEvent[]): Promise<void> {
  const producer = scene.kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = events.map(({ value, timestamp, partition = 0 }) => ({
    value: value === null || typeof value === 'string' ? value : JSON.stringify(value),
    partition,
    timestamp: String(timestamp),
  }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

describe('bellhop backtest', () => {
  it('tells how often, when, for whom, in how many posts, and shows three of them', async () => {
    const topic = await topicWith('whole', [
      order(150, { userId: 'u-2', properties: { name: 'first' } }),
      OTHER,
      order(90),
      order(90, { userId: undefined, anonymousId: 'anon-3' }),
      order(90),
      order(80, { integrations: { Slack: false } }),
      order(30, { properties: { name: '\u001b[31mlast\nline two' } }),
      order(20, { properties: null }),
      { value: 'no json', partition: 0, timestamp: THIS_HOUR_MS - 60_000 },
      { value: null, partition: 0, timestamp: THIS_HOUR_MS - 60_000 },
    ])
    const { code, out } = await backtestOf(
      configFor(topic, { action: { message: "{{ $.properties.name | default: '' }}" } }),
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^order-completed: 10 events since .+Z, read in .+ s \(.+\/s\)$/m)
    const minute = new Date(THIS_HOUR_MS - 90 * 60_000).toISOString().slice(0, 16).replace('T', ' ')
    expect(out).toContain(`would have fired 6 times (60 % of the events); busiest minute ${minute}:00Z, 3\n`)
    const hour = (ago: number): string =>
      new Date(THIS_HOUR_MS - ago * HOUR_MS).toISOString().slice(0, 16).replace('T', ' ')
    expect(out).toContain(`  ${hour(3)}  1  ██████████▋\n  ${hour(2)}  3  ${'█'.repeat(32)}\n`)
    expect(out).toContain(
      'sales: 5 messages in 4 posts (one in 1 min, up to 20 messages a post); the longest wait is 1 min',
    )
    expect(out).toContain('top users\n  3  u-1\n  1  anon-3\n  1  u-2\n')
    expect(out).toMatch(/first {3}.+Z {2}\S+:0:0:order-completed:sales\n {4}\| first\n/)
    expect(out).toMatch(/middle {2}.+:order-completed:sales\n {4}\| tea\n/)
    expect(out).toMatch(/last {4}.+:order-completed:sales\n {4}\| +\[31mlast\n {4}\| line two\n/)
    expect(out).not.toContain('\u001b')
    expect(out).toContain("  1 withheld by the events' own integrations\n")
    expect(out).toMatch(/ {2}empty_message: 1 message, the first at \S+:0:\d\n/)
    expect(out).toMatch(/ {2}not_json: 1 event, the first at \S+:0:\d: .+\n/)
  })

  it('sends nothing, writes nothing and joins no group', async () => {
    const topic = await topicWith('silent', [order(10)])
    const { code } = await backtestOf(
      configFor(topic, { destination: { webhook_url: 'https://hooks.slack.com/services/T/B/x' } }),
    )
    expect(code).toBe(0)
    const topics = await scene.admin.listTopics()
    expect(
      topics.filter((name) => name.startsWith(scene.prefix) && /dispatch|receipts|dead/.test(name)),
    ).toEqual([])
    const { groups } = await scene.admin.listGroups()
    expect(groups.filter(({ groupId }) => groupId.startsWith(scene.prefix))).toEqual([])
  })

  it('coalesces what waits for its turn', async () => {
    const topic = await topicWith(
      'burst',
      Array.from({ length: 45 }, () => order(10)),
    )
    const { out } = await backtestOf(configFor(topic))
    expect(out).toContain(
      'sales: 45 messages in 4 posts (one in 1 min, up to 20 messages a post); the longest wait is 3 min',
    )
  })

  it('looks back no further than it is told to', async () => {
    const topic = await topicWith('since', [order(600), order(130), order(10)])
    const { out } = await backtestOf(configFor(topic), { since: '5h' })
    expect(out).toContain('would have fired 2 times')
  })

  it('says where the log begins, if that is later', async () => {
    const topic = await topicWith('cut', [order(300), order(200), order(100)])
    await deleteRecordsBelow(scene.admin, { topic, partition: 0, offset: 2 })
    const { out } = await backtestOf(configFor(topic))
    const began = new Date(THIS_HOUR_MS - 100 * 60_000).toISOString().slice(0, 19).replace('T', ' ')
    expect(out).toContain(`the log begins at ${began}Z: what was asked for before is not there to be read`)
    expect(out).toContain('would have fired 1 time ')
  })

  it('takes a disabled action, and says so', async () => {
    const topic = await topicWith('disabled', [order(10)])
    const { out } = await backtestOf(configFor(topic, { action: { enabled: false } }))
    expect(out).toContain('the action is disabled: this is what it would do if it were enabled')
    expect(out).toContain('would have fired 1 time ')
  })

  it('says what posts nothing', async () => {
    const topic = await topicWith('nowhere', [order(10)])
    const disabled = await backtestOf(configFor(topic, { destination: { enabled: false } }))
    expect(disabled.out).toContain('sales: none, the destination is disabled')
  })

  it('says that an action would not have fired', async () => {
    const { code, out } = await backtestOf(configFor(await topicWith('never', [OTHER])))
    expect(code).toBe(0)
    expect(out.trimEnd().split('\n').slice(-1)).toEqual(['would not have fired'])
  })

  it('knows no action of another name, and no time to come', async () => {
    const config = configFor(`${scene.prefix}.none`)
    await expect(backtestOf(config, { action: 'order-complete' })).rejects.toThrow(
      '--action order-complete: there is no such action; did you mean "order-completed"?',
    )
    await expect(backtestOf(config, { since: 'yesterday' })).rejects.toThrow(
      '--since yesterday: write a duration',
    )
    await expect(backtestOf(config, { since: '2999-01-01' })).rejects.toThrow('that is still to come')
    await expect(backtestOf(config)).rejects.toThrow('does not exist')
  })

  it('ends with what it has found when it is stopped', async () => {
    const topic = await topicWith('stopped', [order(11), order(10)])
    const stopped = new AbortController()
    const io = captureIo()
    await withSession({ config: configFor(topic), secrets: 'optional' }, io, async (session) => {
      const [action] = session.config.actions
      if (action === undefined) throw new Error('there is an action')
      const findings = await backtestAction({
        config: { ...session.config, destinations: new Map() },
        action,
        source: session,
        schemas: session.schemas,
        span: { sinceMs: 0, untilMs: Date.now() },
        signal: stopped.signal,
        progressed: () => stopped.abort(),
      })
      expect(findings).toMatchObject({ size: 2, passed: 1, fired: 1 })
      return 0
    })
    expect(io.err()).toMatch(/^warning: .+ the environment variable BELLHOP_NOT_SET is not set\n$/)
  })

  it('is a command', async () => {
    const topic = await topicWith('command', [order(10)])
    const child = processes.bellhop([
      'backtest',
      '-c',
      configFor(topic),
      '--action',
      'order-completed',
      '--since',
      '2d',
    ])
    expect(await child.exited()).toEqual({ code: 0, signal: null })
    expect(child.stdout).toContain('would have fired 1 time ')
  })
})
