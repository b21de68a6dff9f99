import { afterEach, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/core/records.ts'
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

async function setUp(options: Parameters<typeof createScene>[1] = {}): Promise<void> {
  scene = await createScene('waits', options)
  await scene.createTopic('events')
}

async function start(file: string): Promise<RunningBellhop> {
  const bellhop = await runBellhop(processes, file)
  await untilReady(bellhop)
  return bellhop
}

async function stop(bellhop: RunningBellhop): Promise<void> {
  bellhop.kill('SIGTERM')
  expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
}

function texts(destination: string, count: number): string[] {
  return Array.from({ length: count }, (_, nth) => `${destination} ${nth}`)
}

function queue(destination: string, count: number): Promise<void> {
  return scene.produce(texts(destination, count).map((text) => ({ value: eventFor(destination, text) })))
}

async function receipts(): Promise<Receipt[]> {
  return (await scene.records('receipts')).map(({ value }) => value)
}

/** The final receipts, in the order of the dispatch records. */
async function ends(destination: string): Promise<Receipt[]> {
  return (await receipts())
    .filter((receipt) => receipt.destination === destination && receipt.outcome !== null)
    .sort((a, b) => a.dispatch_offset - b.dispatch_offset)
}

async function settled(count: number, withinMs = 30_000): Promise<void> {
  await eventually(
    `${count} messages have their receipt`,
    async () => (await receipts()).filter(({ outcome }) => outcome !== null).length === count,
    { withinMs, everyMs: 250 },
  )
}

const FAILING = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5']

describe('lanes that back off from a failing webhook', () => {
  it('keep their wait over a restart', async () => {
    await setUp()
    const file = configFile(
      laneConfig(scene, { destinations: Object.fromEntries(FAILING.map((id) => [id, {}])) }),
    )
    for (const id of FAILING) {
      scene.slack.setFault(webhookPath(id), { kind: 'answer', status: 503, body: 'unavailable' })
    }
    const first = await start(file)
    for (const id of FAILING) await queue(id, 1)
    const held = await eventually('a lane waits for long', async () => await longestWait(4_000), {
      withinMs: 20_000,
      everyMs: 100,
    })
    await stop(first)
    const before = scene.slack.requests(webhookPath(held.destination)).length
    for (const id of FAILING) scene.slack.clearFault(webhookPath(id))
    await start(file)
    await settled(FAILING.length)
    const requests = scene.slack.requests(webhookPath(held.destination))
    expect(requests).toHaveLength(before + 1)
    expect(Number(requests.at(-1)?.arrivedAt)).toBeGreaterThanOrEqual(Number(held.held_until))
    const [end] = await ends(held.destination)
    expect(end).toMatchObject({ outcome: 'delivered', attempts: held.attempts + 1 })
  })
})

/** The hold, if any lane has one, that still has so long to go. */
async function longestWait(leastMs: number): Promise<Receipt | undefined> {
  const longest = (await receipts()).toSorted((a, b) => Number(a.held_until) - Number(b.held_until)).at(-1)
  return Number(longest?.held_until) - Date.now() >= leastMs ? longest : undefined
}

describe('a post that may have arrived', () => {
  it('is resent as it was and at most twice, a restart in between', async () => {
    await setUp()
    const file = configFile(
      laneConfig(scene, { destinations: { maybe: {} }, slack: { coalesce: { max_messages: 3 } } }),
    )
    scene.slack.setFault(webhookPath('maybe'), { kind: 'reset', when: 'after_record' }, { times: 3 })
    const first = await start(file)
    await queue('maybe', 4)
    await eventually('the wait is on record', async () => (await receipts()).length >= 1, { everyMs: 20 })
    await stop(first)
    await start(file)
    await settled(4)
    const posts = scene.slack.posts(webhookPath('maybe')).map(({ payload }) => payload?.text)
    const joint = texts('maybe', 3).join('\n')
    expect(posts).toEqual([joint, joint, joint, 'maybe 3'])
    const fates = (await ends('maybe')).map(({ outcome, cause, ambiguous }) => [outcome, cause, ambiguous])
    expect(fates).toEqual([...Array(3).fill(['dead_lettered', 'ambiguous', 3]), ['delivered', null, 0]])
  })
})

describe('a lane that Slack told to wait', () => {
  it('keeps its wait when it goes to a process that was running all along', async () => {
    await setUp()
    const file = configFile(
      laneConfig(scene, { destinations: { told: {} }, kafka: { topics: { partitions: 1 } } }),
    )
    scene.slack.setFault(webhookPath('told'), { kind: 'rate_limited', retryAfterSeconds: 6 }, { times: 1 })
    const owner = await start(file)
    await queue('told', 3)
    await eventually('the wait is on record', async () => (await receipts()).length === 1)
    const other = await start(file)
    // Sticky: the newcomer has nothing until the owner leaves.
    expect((await other.get('/metrics')).body).not.toMatch(
      /partitions_assigned\{stage="dispatch"[^}]*\} [1-9]/,
    )
    await stop(owner)
    await settled(3)
    const [first, second] = scene.slack.requests(webhookPath('told'))
    expect(Number(second?.arrivedMs) - Number(first?.arrivedMs)).toBeGreaterThanOrEqual(6_000)
    expect(textsOf(scene.slack, webhookPath('told'))).toEqual(texts('told', 3))
    expect(scene.slack.count429).toBe(1)
  })
})

describe('bursts and refusals, each lane at one post a second', () => {
  it('coalesces, splits what is refused, and opens the breaker of what is gone', async () => {
    await setUp({
      simulator: { refuse: ({ text }) => (text.includes('poison 7') ? 'invalid_payload' : null) },
    })
    const destinations = { burst: {}, poison: {}, gone: {} }
    const bellhop = await start(configFile(laneConfig(scene, { destinations, slack: { coalesce: 'on' } })))
    scene.slack.setFault(webhookPath('gone'), { kind: 'gone', body: 'no_team' })
    await queue('gone', 1)
    await settled(1)
    await Promise.all([queue('burst', 200), queue('poison', 20), queue('gone', 30)])
    await settled(251)

    const posts = scene.slack.posts(webhookPath('burst')).map(({ payload }) => payload?.text ?? '')
    expect(posts.length).toBeLessThanOrEqual(12)
    expect(posts.flatMap((text) => text.split('\n'))).toEqual(texts('burst', 200))
    expect((await ends('burst')).map(({ outcome }) => outcome)).toEqual(Array(200).fill('delivered'))
    expect(scene.slack.count429).toBe(0)

    const refused = (await ends('poison')).filter(({ outcome }) => outcome !== 'delivered')
    expect(refused).toMatchObject([
      { outcome: 'dead_lettered', cause: 'rejected', detail: 'invalid_payload' },
    ])
    const lines = scene.slack.posts(webhookPath('poison')).flatMap(({ payload }) => payload?.text.split('\n'))
    expect(lines).toEqual(texts('poison', 20).filter((text) => text !== 'poison 7'))

    expect(scene.slack.requests(webhookPath('gone'))).toHaveLength(1)
    const given = await ends('gone')
    expect(given.map(({ cause, detail, breaker }) => [cause, detail, breaker])).toEqual(
      Array(31).fill(['destination_down', 'no_team', 'open']),
    )
    expect(given.map(({ attempts }) => attempts)).toEqual([1, ...Array(30).fill(0)])
    expect((await bellhop.get('/metrics')).body).toMatch(/^bellhop_breakers_open\{destination="gone"\} 1$/m)
    const letters = await scene.records('deadLetters')
    expect(letters.map(({ value }) => value.message?.destination).sort()).toEqual([
      ...Array(31).fill('gone'),
      'poison',
    ])
  })
})
