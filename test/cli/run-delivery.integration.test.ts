import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeadLetter, DispatchRecord, Receipt } from '../../src/core/records.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  logLines,
  type RunningBellhop,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  type Written,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { type ProcessExit, useProcesses } from '../support/processes.ts'
import { createRecordingWebhook, type RecordingWebhook } from '../support/recording-webhook.ts'

const HOSTILE = 'a<!channel>\nbellhop_posts_total{x="1"} 9\r\n{"level":"fatal"}\u0000\u001b[31m\u2028<@U1>&'
const TOO_LARGE = 2_048

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
let raw: RecordingWebhook
let bellhop: RunningBellhop
let exit: ProcessExit
let metrics: string
let other: string
let dispatched: Written<DispatchRecord>[]
let receipts: Written<Receipt>[]
let deadLetters: Written<DeadLetter>[]

beforeAll(async () => {
  scene = await createScene('delivery')
  raw = await createRecordingWebhook()
  other = await scene.createTopic('other')
  await scene.createTopic('events')
  bellhop = await runBellhop(processes, configFile(configuration()))
  await untilReady(bellhop)
  await scene.produce([{ key: 'foreign', value: 'no record of ours', partition: 1 }], scene.topics.dispatch)
  await scene.produce([{ value: eventFor('elsewhere', 'of another topic') }], other)
  await scene.produce([
    { value: eventFor('sales', 'first') },
    { value: 'not JSON' },
    { value: '["a list"]' },
    { value: null },
    { value: eventFor('sales', 'x'.repeat(TOO_LARGE)) },
    { value: eventFor('sales', ' ') },
    { value: eventFor('sales-too', 'second') },
    { value: eventFor('sales', 'third') },
    { value: eventFor('alerts', 'to the API') },
    { value: eventFor('raw', HOSTILE, { event: 'to raw', userId: HOSTILE, messageId: HOSTILE }) },
    { value: eventFor('disabled', 'never') },
    { value: eventFor('off', 'never') },
    { value: eventFor('raw', 'unwanted', { integrations: { Slack: false } }) },
    { value: eventFor('raw', 'unwanted', { integrations: { All: false } }) },
    { value: eventFor('raw', 'wanted', { integrations: { All: false, Slack: true } }) },
  ])
  await eventually('all messages are posted', () => {
    return scene.slack.posts().length === 5 && raw.posts.length === 2
  })
  metrics = (await bellhop.get('/metrics')).body
  bellhop.kill('SIGTERM')
  exit = await bellhop.exited()
  dispatched = await scene.records('dispatch', { without: 'foreign' })
  receipts = await scene.records('receipts')
  deadLetters = await scene.records('deadLetters')
})
afterAll(async () => {
  raw.close()
  await scene.close()
})

function configuration(): string {
  return laneConfig(scene, {
    kafka: {
      events: [
        { topic: scene.events, start: 'earliest' },
        { topic: other, start: 'earliest' },
      ],
      max_event_bytes: TOO_LARGE,
    },
    slack: { allow_origins: [scene.slack.origin, raw.origin] },
    destinations: {
      sales: { username: 'Sales', icon_emoji: ':moneybag:' },
      'sales-too': { webhook_url: `${scene.slack.origin}${webhookPath('sales')}` },
      alerts: { token: 'xoxb-test-token', channel: '#alerts', username: 'Alerts' },
      raw: { webhook_url: `${raw.origin}/hook`, icon_url: 'https://example.com/icon.png' },
      disabled: { enabled: false },
    },
    actions: [
      {
        id: 'off',
        enabled: false,
        trigger: 'event = "to off"',
        destination: 'sales',
        message: 'never',
      },
      {
        id: 'of-other',
        topics: [other],
        trigger: 'type = "track"',
        destination: 'alerts',
        message: 'other: {{ $.properties.text }}',
      },
    ],
  })
}

describe('events in, messages in channels', () => {
  it('ends with exit code 0', () => expect(exit).toEqual({ code: 0, signal: null }))

  it('posts the messages of one webhook in the order of their events, whichever destination named it', () => {
    const sales = textsOf(scene.slack, webhookPath('sales'))
    expect(sales).toEqual(['first', 'second', 'third'])
  })

  it('shows what each destination is configured to show', () => {
    const [first] = scene.slack.posts(webhookPath('sales'))
    expect(first?.payload).toMatchObject({ username: 'Sales', icon_emoji: ':moneybag:', channel: null })
    const second = scene.slack.posts(webhookPath('sales')).find(({ payload }) => payload?.text === 'second')
    expect(second?.payload).toMatchObject({ username: 'Customer.io Data Pipelines', icon_emoji: null })
    for (const { payload } of scene.slack.posts('alerts'))
      expect(payload).toMatchObject({ username: 'Alerts', icon_url: null, icon_emoji: null })
  })

  it('sends JSON that unfurls nothing', () => {
    const [post] = raw.posts
    expect(post?.headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      unfurl_links: false,
      username: 'Customer.io Data Pipelines',
      icon_url: 'https://example.com/icon.png',
    })
  })

  it('keeps a second between the posts of one webhook, by the receiver’s clock, and meets no 429', () => {
    const arrivals = scene.slack.requests(webhookPath('sales')).map(({ arrivedMs }) => arrivedMs)
    const gaps = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? 0))
    expect(gaps).toHaveLength(2)
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000)
    expect(scene.slack.count429).toBe(0)
  })

  it('gives destinations that share a webhook one lane, so one key and one partition', () => {
    const ofSales = dispatched.filter(({ value }) => value.destination.startsWith('sales'))
    expect(new Set(ofSales.map(({ key }) => key)).size).toBe(1)
    expect(new Set(ofSales.map(({ partition }) => partition)).size).toBe(1)
    expect(new Set(ofSales.map(({ value }) => value.destination))).toEqual(new Set(['sales', 'sales-too']))
  })

  it('posts for an action only what came from its topics', () => {
    expect(textsOf(scene.slack, 'alerts').sort()).toEqual(['other: of another topic', 'to the API'])
  })

  it('posts nothing for what is disabled or what the event itself forbids', () => {
    const texts = [...textsOf(scene.slack, webhookPath('disabled')), ...raw.posts.map(({ body }) => body)]
    expect(texts.filter((text) => text?.includes('never') || text?.includes('unwanted'))).toEqual([])
    expect(raw.posts.filter(({ body }) => body.includes('"wanted"'))).toHaveLength(1)
  })

  it('keeps the ts of a posted message in its receipt', () => {
    const receipt = receipts.find(({ value }) => value.action === 'to-alerts')
    expect(receipt?.value.answer).toMatchObject({ status: 200, ts: expect.stringMatching(/^\d+\.\d{6}$/) })
    expect(receipt?.value.answer?.channel).toMatch(/^C0/)
  })
})

describe('what cannot become a message', () => {
  it.each([
    ['is not JSON', 'not_json', 1],
    ['is a list', 'not_an_object', 2],
    ['is too large', 'too_large', 4],
    ['renders to nothing', 'empty_message', 5],
  ])('is a dead letter with cause and coordinates: an event that %s', (_what, cause, offset) => {
    const letters = deadLetters.map(({ value }) => value).filter((letter) => letter.cause === cause)
    expect(letters).toHaveLength(1)
    expect(letters[0]).toMatchObject({
      kind: 'event',
      message: null,
      event: { topic: scene.events, partition: 0, offset },
    })
  })

  it('holds the poison’s own bytes', () => {
    const letter = deadLetters.find(({ value }) => value.cause === 'not_json')
    expect(letter?.value.event?.value).toEqual({ encoding: 'utf8', data: 'not JSON' })
    expect(letter?.value.event?.key).toEqual({ encoding: 'utf8', data: 'someone' })
    expect(letter?.key).toBe('someone')
  })

  it('makes a dead letter of a foreign record in the dispatch topic and goes on behind it', async () => {
    const letter = deadLetters.find(({ value }) => value.cause === 'malformed_record')
    expect(letter?.value.event).toMatchObject({ topic: scene.topics.dispatch, partition: 1 })
    const committed = await scene.committed(scene.topics.dispatchGroup, scene.topics.dispatch)
    expect(committed.get(1)).toBeGreaterThan(letter?.value.event?.offset ?? Infinity)
  })

  it('is nothing else: no dead letter for a null value or for what was posted', () => {
    expect(deadLetters).toHaveLength(5)
  })
})

describe('event data', () => {
  it('says in the channel what it says, and mentions nobody', () => {
    const text = raw.posts.map(({ body }) => JSON.parse(body).text).find((posted) => posted !== 'wanted')
    expect(text).toContain('a&lt;!channel&gt;')
    expect(text).toContain('&lt;@U1&gt;&amp;')
    expect(text).not.toMatch(/[\p{Cc}--\n]/v)
  })

  it('cannot forge a log line', () => {
    const lines = logLines(bellhop)
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.filter(({ level }) => level === 'fatal')).toEqual([])
    expect(bellhop.stderr).not.toMatch(/[\p{Cc}--\n]/v)
  })

  it('appears nowhere in the metrics', () => {
    expect(metrics).toContain('bellhop_')
    for (const ofUsers of ['channel>', 'user-1', 'bellhop_posts_total{x', 'to sales', 'someone'])
      expect(metrics).not.toContain(ofUsers)
  })
})

it('leaves one receipt a message, in the partition number of its dispatch record', () => {
  const ours = receipts.filter(({ value }) => value.cause !== 'malformed_record')
  expect(ours).toHaveLength(dispatched.length)
  for (const { partition, key, value } of ours) {
    const record = dispatched.find((candidate) => candidate.value.id === key)
    expect(value).toMatchObject({
      id: key,
      outcome: 'delivered',
      attempts: 1,
      dispatch_partition: record?.partition,
      dispatch_offset: record?.offset,
    })
    expect(partition).toBe(record?.partition)
  }
})

it('leaves a receipt of a record that is none of ours too, so that nobody looks at it again', () => {
  const foreign = receipts.filter(({ value }) => value.cause === 'malformed_record')
  expect(foreign).toHaveLength(1)
  for (const { partition, key, value } of foreign) {
    expect(partition).toBe(1)
    expect(value).toMatchObject({ outcome: 'dead_lettered', dispatch_partition: 1 })
    expect(key).toBe(`${scene.topics.dispatch}:1:${value.dispatch_offset}`)
  }
})
