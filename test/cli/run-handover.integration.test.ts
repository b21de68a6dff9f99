import { afterEach, describe, expect, it } from 'vitest'
import { webhookKey } from '../../src/core/ids.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  type RunningBellhop,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
afterEach(() => scene.close())

async function setUp(ratePerSecond: number | null): Promise<void> {
  scene = await createScene('handover', { simulator: { ratePerSecond } })
  await scene.createTopic('events', { partitions: 2 })
}

const BUSY = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const OFTEN = { rate: '20/s' }

function configuration(destinations: Record<string, Record<string, unknown>>, partitions = 4): string {
  return configFile(laneConfig(scene, { destinations, kafka: { topics: { partitions } } }))
}

function numbered(destination: string, count: number): { value: object }[] {
  return Array.from({ length: count }, (_, nth) => ({
    value: eventFor(destination, `${destination} ${nth}`),
  }))
}

function textsOfNumbered(destination: string, count: number): string[] {
  return Array.from({ length: count }, (_, nth) => `${destination} ${nth}`)
}

/** Waits until so many messages have come to their end; gives how many did so more than once. */
async function settled(count: number): Promise<number> {
  const ended = async (): Promise<string[]> => {
    const receipts = await scene.records('receipts')
    const final = receipts.filter(({ value }) => value.outcome !== null && value.outcome !== 'moved')
    return final.map(({ value }) => value.id)
  }
  const isSettled = async (): Promise<boolean> => new Set(await ended()).size === count
  await eventually(`${count} messages have their receipt`, isSettled, { withinMs: 30_000, everyMs: 250 })
  return (await ended()).length - count
}

async function start(file: string): Promise<RunningBellhop> {
  const bellhop = await runBellhop(processes, file)
  await untilReady(bellhop)
  return bellhop
}

describe('what was delivered above the committed offset', () => {
  it.each([
    'SIGTERM',
    'SIGKILL',
  ] as const)('is not posted again after %s, and the wait that held the offset back is kept', async (signal) => {
    await setUp(null)
    // One partition: the held lane's message lies before all others.
    const file = configuration(
      { held: {}, ...Object.fromEntries(BUSY.map((id) => [id, { rate: 'off' }])) },
      1,
    )
    scene.slack.setFault(webhookPath('held'), { kind: 'rate_limited', retryAfterSeconds: 6 }, { times: 1 })
    const first = await start(file)
    await scene.produce(numbered('held', 2))
    await eventually('the lane is told to wait', () => scene.slack.requests(webhookPath('held')).length === 1)
    await scene.produce(BUSY.flatMap((id) => numbered(id, 20)))
    await settled(BUSY.length * 20)
    first.kill(signal)
    await first.exited()
    const told = scene.slack.requests(webhookPath('held'))[0]

    await start(file)
    await settled(BUSY.length * 20 + 2)
    for (const id of BUSY) expect(textsOf(scene.slack, webhookPath(id))).toEqual(textsOfNumbered(id, 20))
    expect(textsOf(scene.slack, webhookPath('held'))).toEqual(textsOfNumbered('held', 2))
    const next = scene.slack.requests(webhookPath('held'))[1]
    expect(Number(next?.arrivedMs) - Number(told?.arrivedMs)).toBeGreaterThanOrEqual(6_000)
  })
})

describe('planned changes of the fleet', () => {
  it('repeat nothing, lose nothing, and keep order and pace, with posts in flight all along', async () => {
    await setUp(20)
    const file = configuration(Object.fromEntries(BUSY.map((id) => [id, OFTEN])))
    for (const id of BUSY) scene.slack.setFault(webhookPath(id), { kind: 'slow', ms: 150 })
    const first = await start(file)
    await scene.produce(BUSY.flatMap((id) => numbered(id, 50)))
    const [second, third] = await Promise.all([start(file), start(file)])
    await eventually('half is posted', () => scene.slack.posts().length > 200, { withinMs: 20_000 })
    first.kill('SIGTERM')
    expect(await first.exited()).toEqual({ code: 0, signal: null })
    expect(await settled(BUSY.length * 50)).toBe(0)
    for (const id of BUSY) expect(textsOf(scene.slack, webhookPath(id))).toEqual(textsOfNumbered(id, 50))
    expect(scene.slack.counts().get(429)).toBe(undefined)
    for (const bellhop of [second, third]) {
      bellhop.kill('SIGTERM')
      expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
    }
  })
})

describe('a process that was frozen for longer than the session timeout', () => {
  it('posts nothing of what others have taken over, and loses nothing', async () => {
    await setUp(2)
    const file = configuration(Object.fromEntries(BUSY.map((id) => [id, { rate: '2/s' }])))
    const frozen = await start(file)
    await scene.produce(BUSY.flatMap((id) => numbered(id, 16)))
    await eventually('it posts', () => scene.slack.posts().length > 16)
    frozen.kill('SIGSTOP')
    await start(file)
    const before = scene.slack.posts().length
    await eventually('the other has taken over', () => scene.slack.posts().length > before + 40, {
      withinMs: 30_000,
    })
    frozen.kill('SIGCONT')
    await settled(BUSY.length * 16)
    for (const id of BUSY) {
      const texts = textsOf(scene.slack, webhookPath(id))
      // At most the post in flight, or one whose receipt was not acknowledged, at the moment of the freeze.
      const repeated = texts.length - new Set(texts).size
      expect(repeated).toBeLessThanOrEqual(1)
      expect([...new Set(texts)]).toEqual(textsOfNumbered(id, 16))
    }
  })
})

describe('a webhook whose address has changed', () => {
  it('gets what was queued under the old one, in order, each once', async () => {
    await setUp(20)
    const old = configuration({ sales: { rate: '20/s' }, other: {} })
    scene.slack.setFault(webhookPath('sales'), { kind: 'rate_limited', retryAfterSeconds: 60 })
    const first = await start(old)
    await scene.produce(numbered('sales', 40))
    await eventually('the lane waits', () => scene.slack.requests(webhookPath('sales')).length === 1)
    first.kill('SIGTERM')
    await first.exited()
    const rotated = `${scene.slack.origin}${webhookPath('rotated')}`
    await start(configuration({ sales: { rate: '20/s', webhook_url: rotated }, other: {} }))
    expect(await settled(40)).toBe(0)
    expect(textsOf(scene.slack, webhookPath('rotated'))).toEqual(textsOfNumbered('sales', 40))
    const moved = (await scene.records('receipts')).filter(({ value }) => value.outcome === 'moved')
    expect(moved).toHaveLength(40)

    // A process of the old configuration may still be at work: what it queues moves too, and nothing stands still.
    const { value: template } = (await scene.records('dispatch'))[0] ?? {}
    const key = webhookKey(`${scene.slack.origin}${webhookPath('sales')}`)
    const late = textsOfNumbered('late', 20).map((text, nth) => ({
      key,
      value: {
        ...template,
        id: `late:0:${nth}:to-sales:sales`,
        message: { ...template?.message, text },
        moves: 0,
        moved_at: null,
      },
    }))
    await scene.produce(late, scene.topics.dispatch)
    await scene.produce(numbered('other', 3))
    const arrived = (): boolean => textsOf(scene.slack, webhookPath('rotated')).length === 60
    await eventually('they have moved', arrived, { withinMs: 8_000 })
    expect(textsOf(scene.slack, webhookPath('rotated')).slice(40)).toEqual(textsOfNumbered('late', 20))
    await eventually('the others have arrived', () => textsOf(scene.slack, webhookPath('other')).length === 3)
  })
})
