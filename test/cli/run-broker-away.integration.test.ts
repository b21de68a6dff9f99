import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalKafka } from '../../src/local/local-kafka.ts'
import { startLocalKafka } from '../../src/local/start-local-kafka.ts'
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
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { type ProcessExit, useProcesses } from '../support/processes.ts'

const LANES = ['sales', 'support', 'alerts']
const TEXTS = ['1', '2', '3', '4', '5', '6']
/** Posting stops when a receipt is 1 s old; a lane posts once a second, and one post may be on its way. */
const POSTS_A_LANE_WHILE_AWAY = 2

/** A process gives up after twelve seconds whatever is away; kafkajs alone would hold it for thirty. */
const STOP_MS = 20_000

const processes = useProcesses()
const configFile = useConfigFiles()
let broker: LocalKafka
let scene: Scene
let bellhop: RunningBellhop
let exit: ProcessExit
let healthWhileAway: number
let postsWhileAway: number
let stopMs: number
let pausedFor: { before: number; after: number }

beforeAll(async () => {
  broker = await startLocalKafka({ progress: () => {} })
  scene = await createScene('away', { brokers: [broker.brokers] })
  const file = configFile(
    laneConfig(scene, {
      kafka: { brokers: broker.brokers },
      destinations: Object.fromEntries(LANES.map((lane) => [lane, {}])),
    }),
  )
  bellhop = await runBellhop(processes, file)
  await untilReady(bellhop)
  await scene.produce(TEXTS.flatMap((text) => LANES.map((lane) => ({ value: eventFor(lane, text) }))))
  await eventually('each lane has posted twice', () => scene.slack.posts().length >= 2 * LANES.length)

  const postsBefore = scene.slack.posts().length
  await broker.kill()
  await eventually('it is not ready', async () => (await bellhop.get('/readyz')).status === 503)
  healthWhileAway = (await bellhop.get('/healthz')).status
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  const before = scene.slack.posts().length
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  pausedFor = { before, after: scene.slack.posts().length }
  postsWhileAway = pausedFor.after - postsBefore
  await broker.restart()

  await untilReady(bellhop, 30_000)
  await eventually('all is posted', () => LANES.every((lane) => shown(lane).size === TEXTS.length), {
    withinMs: 30_000,
  })
  await eventually('every message has its receipt', async () => (await settled()).size === total(), {
    everyMs: 250,
  })
  await broker.kill()
  const stoppedAtMs = performance.now()
  bellhop.kill('SIGTERM')
  exit = await bellhop.exited()
  stopMs = performance.now() - stoppedAtMs
}, 120_000)
afterAll(async () => {
  await scene.close()
  await broker.stop()
})

function shown(lane: string): Set<string | undefined> {
  return new Set(textsOf(scene.slack, webhookPath(lane)))
}

function total(): number {
  return LANES.length * TEXTS.length
}

async function settled(): Promise<Set<string | null>> {
  const receipts = await scene.records('receipts')
  return new Set(receipts.filter(({ value }) => value.outcome === 'delivered').map(({ key }) => key))
}

describe('a broker that goes away in the middle', () => {
  it('makes the process not ready, and leaves it alive', () => {
    expect(healthWhileAway).toBe(200)
  })

  it('stops posting, since nothing would remember it', () => {
    expect(pausedFor.after).toBe(pausedFor.before)
    expect(postsWhileAway).toBeLessThanOrEqual(POSTS_A_LANE_WHILE_AWAY * LANES.length)
  })

  it('loses nothing and keeps the order', () => {
    for (const lane of LANES) expect([...shown(lane)]).toEqual(TEXTS)
  })

  it('repeats at most what was not on record', () => {
    expect(scene.slack.posts().length - total()).toBeLessThanOrEqual(POSTS_A_LANE_WHILE_AWAY * LANES.length)
  })

  it('is told in few words', () => {
    const told = logLines(bellhop).filter(({ level }) => level === 'warn' || level === 'error')
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThan(20)
  })

  it('is no reason to stay when the process is told to stop', () => {
    expect(exit).toEqual({ code: 0, signal: null })
    expect(stopMs).toBeLessThan(STOP_MS)
  })
})
