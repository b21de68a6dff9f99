import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeadLetter, DispatchRecord, Receipt } from '../../src/core/records.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  type Written,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { type ProcessExit, useProcesses } from '../support/processes.ts'

/** Each lane meets one kind of answer; the second message of each shows that the lane goes on. */
const LANES = [
  'healthy',
  'limited',
  'limited-api',
  'refused',
  'gone',
  'forbidden',
  'left',
  'reset',
  'reset-once',
  'broken',
  'flaky',
]
const GONE = ['gone', 'forbidden', 'left']
const RETRY_AFTER_MS = 3_000
/** Of a healthy lane: the pace of one post a second, and room for a busy machine, but not for another lane's wait. */
const GAP_MS = { least: 1_000, most: 2_500 }

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
let exit: ProcessExit
let heldBeforeRetry: Receipt[]
let dispatched: Written<DispatchRecord>[]
let receipts: Written<Receipt>[]
let deadLetters: Written<DeadLetter>[]

beforeAll(async () => {
  scene = await createScene('outcomes')
  const { slack } = scene
  slack.setFault(
    webhookPath('limited'),
    { kind: 'rate_limited', retryAfterSeconds: RETRY_AFTER_MS / 1_000 },
    { times: 1 },
  )
  slack.setFault(
    'limited-api',
    { kind: 'rate_limited', retryAfterSeconds: RETRY_AFTER_MS / 1_000 },
    { times: 1 },
  )
  const refusal = { kind: 'answer', status: 400, body: 'invalid_payload' } as const
  slack.setFault(webhookPath('refused'), refusal, { times: 1 })
  slack.setFault(webhookPath('gone'), { kind: 'gone', body: 'channel_not_found' }, { times: 1 })
  slack.setFault(webhookPath('forbidden'), { kind: 'gone', status: 403, body: 'invalid_token' }, { times: 1 })
  slack.setFault('left', { kind: 'gone' }, { times: 1 })
  slack.setFault(webhookPath('reset'), { kind: 'reset', when: 'after_body' }, { times: 3 })
  slack.setFault(webhookPath('reset-once'), { kind: 'reset', when: 'after_record' }, { times: 1 })
  slack.setFault(webhookPath('broken'), { kind: 'flaky', share: 1, seed: 1 })
  slack.setFault(webhookPath('flaky'), { kind: 'flaky', share: 1, seed: 1 }, { times: 1 })
  const bellhop = await runBellhop(processes, configFile(configuration()))
  await untilReady(bellhop)
  await scene.produce(['1', '2'].flatMap((text) => LANES.map((lane) => ({ value: eventFor(lane, text) }))))
  await eventually('both 429 are answered', () => slack.count429 === 2)
  heldBeforeRetry = await eventually(
    'the waits are on record',
    async () => {
      const held = (await scene.records('receipts')).map(({ value }) => value).filter(isHeldFor429)
      return held.length === 2 && held
    },
    { withinMs: RETRY_AFTER_MS - 500 },
  )
  await eventually('every message has its final receipt', async () => (await finals()).length === 22, {
    withinMs: 25_000,
    everyMs: 500,
  })
  bellhop.kill('SIGTERM')
  exit = await bellhop.exited()
  dispatched = await scene.records('dispatch')
  receipts = await scene.records('receipts')
  deadLetters = await scene.records('deadLetters')
})
afterAll(() => scene.close())

function configuration(): string {
  const webhooks = LANES.filter((lane) => !['limited-api', 'left'].includes(lane))
  return laneConfig(scene, {
    destinations: {
      ...Object.fromEntries(webhooks.map((lane) => [lane, {}])),
      'limited-api': { token: 'xoxb-test', channel: 'limited-api' },
      left: { token: 'xoxb-test', channel: 'left' },
      'reset-once': { on_ambiguous: 'dead_letter' },
      broken: { retry_for: '1s' },
    },
  })
}

async function finals(): Promise<Written<Receipt>[]> {
  return (await scene.records('receipts')).filter(({ value }) => value.outcome !== null)
}

function isHeldFor429(receipt: Receipt): boolean {
  return receipt.outcome === null && receipt.answer?.status === 429
}

/** The final receipts of a lane, in the order of its messages. */
function fatesOf(lane: string): Receipt[] {
  const ofLane = receipts.map(({ value }) => value).filter(({ destination }) => destination === lane)
  return ofLane
    .filter(({ outcome }) => outcome !== null)
    .sort((a, b) => a.dispatch_offset - b.dispatch_offset)
}

function targetOf(lane: string): string {
  return ['limited-api', 'left'].includes(lane) ? lane : webhookPath(lane)
}

describe('what an answer makes of a message', () => {
  const delivered = { outcome: 'delivered', cause: null, detail: null }
  const deadLettered = { outcome: 'dead_lettered' }
  it.each([
    ['a 200', 'healthy', { ...delivered, attempts: 1, answer: { status: 200, body: 'ok' } }],
    ['a 429, then a 200', 'limited', { ...delivered, attempts: 2 }],
    ['a 429 of chat.postMessage, then a 200', 'limited-api', { ...delivered, attempts: 2 }],
    [
      '400 invalid_payload',
      'refused',
      { ...deadLettered, cause: 'rejected', detail: 'invalid_payload', attempts: 1, answer: { status: 400 } },
    ],
    [
      '404 channel_not_found',
      'gone',
      { ...deadLettered, cause: 'destination_down', detail: 'channel_not_found', attempts: 1 },
    ],
    [
      '403 invalid_token',
      'forbidden',
      { ...deadLettered, cause: 'destination_down', detail: 'invalid_token', attempts: 1 },
    ],
    [
      'ok:false channel_not_found',
      'left',
      { ...deadLettered, cause: 'destination_down', detail: 'channel_not_found', attempts: 1 },
    ],
    [
      'a reset after the request was written, three times',
      'reset',
      { ...deadLettered, cause: 'ambiguous', attempts: 3, answer: null },
    ],
    [
      'a reset with on_ambiguous: dead_letter',
      'reset-once',
      { ...deadLettered, cause: 'ambiguous', attempts: 1, answer: null },
    ],
    [
      '500 for longer than retry_for',
      'broken',
      { ...deadLettered, cause: 'retries_exhausted', answer: { status: 500 } },
    ],
    ['a 500, then a 200', 'flaky', { ...delivered, attempts: 2 }],
  ])('stands in its receipt: %s', (_what, lane, receipt) => {
    expect(fatesOf(lane)[0]).toMatchObject(receipt)
  })

  it.each(LANES)('is one final receipt a message, and the lane goes on: %s', (lane) => {
    const [first, second, ...more] = fatesOf(lane)
    expect([first, second]).toMatchObject([{ held_until: null }, { held_until: null }])
    expect(more).toEqual([])
    if (GONE.includes(lane)) {
      expect(second).toMatchObject({
        outcome: 'dead_lettered',
        cause: 'destination_down',
        attempts: 0,
        breaker: 'open',
      })
    } else if (lane !== 'broken') {
      expect(second).toMatchObject({ outcome: 'delivered', attempts: 1 })
    }
    const takesNone = lane === 'broken' || GONE.includes(lane)
    const texts = takesNone ? [] : first?.outcome === 'delivered' ? ['1', '2'] : ['2']
    const shown = lane === 'reset-once' ? ['1', '2'] : texts
    expect(textsOf(scene.slack, targetOf(lane))).toEqual(shown)
  })

  it('lies in the partition number of the dispatch record, under the message’s id', () => {
    expect(dispatched).toHaveLength(2 * LANES.length)
    for (const { partition, key, value } of receipts) {
      const record = dispatched.find((candidate) => candidate.value.id === value.id)
      expect({ partition, key, offset: value.dispatch_offset }).toEqual({
        partition: record?.partition,
        key: record?.value.id,
        offset: record?.offset,
      })
    }
  })

  it('has a dead letter for each message that was given up, with all it takes to replay it', () => {
    const given = receipts.filter(({ value }) => value.outcome === 'dead_lettered')
    expect(deadLetters).toHaveLength(given.length)
    for (const { key, value } of deadLetters) {
      const record = dispatched.find((candidate) => candidate.value.id === value.message?.id)
      const receipt = given.find((candidate) => candidate.key === value.message?.id)?.value
      expect(value).toMatchObject({ kind: 'message', message: record?.value, cause: receipt?.cause })
      expect(value).toMatchObject({ attempts: receipt?.attempts, answer: receipt?.answer })
      expect(key).toBe(record?.key)
    }
  })
})

describe('a lane that is rate limited', () => {
  it('has its wait on record while it waits', () => {
    for (const { held_until, recorded_at, destination, attempts } of heldBeforeRetry) {
      expect({ destination, attempts }).toMatchObject({ attempts: 1 })
      expect((held_until ?? 0) - recorded_at).toBeGreaterThanOrEqual(RETRY_AFTER_MS - 1)
    }
  })

  it.each(['limited', 'limited-api'])('waits for no less than Retry-After: %s', (lane) => {
    const [refused, retried] = scene.slack.requests(targetOf(lane))
    const waited = (retried?.arrivedMs ?? 0) - (refused?.arrivedMs ?? 0)
    expect(waited).toBeGreaterThanOrEqual(RETRY_AFTER_MS)
    expect(retried?.payload?.text).toBe('1')
  })
})

describe('lanes', () => {
  it('do not notice each other: a healthy one keeps its pace', () => {
    const [first, second] = scene.slack.posts(webhookPath('healthy'))
    const gap = (second?.arrivedMs ?? 0) - (first?.arrivedMs ?? 0)
    expect(gap).toBeGreaterThanOrEqual(GAP_MS.least)
    expect(gap).toBeLessThan(GAP_MS.most)
  })

  it('meet no 429 but those that were switched on', () => expect(scene.slack.count429).toBe(2))

  it('leave nothing behind when all is done', async () => {
    expect(exit).toEqual({ code: 0, signal: null })
    const committed = await scene.committed(scene.topics.dispatchGroup, scene.topics.dispatch)
    for (const { partition, high } of await scene.admin.fetchTopicOffsets(scene.topics.dispatch))
      expect(committed.get(partition) ?? 0).toBe(Number(high))
  })
})
