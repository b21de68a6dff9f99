import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../src/core/random.ts'
import type { Receipt } from '../../src/core/records.ts'
import type { ArrivedRequest } from '../../src/demo/simulator/ledger.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  type RunningBellhop,
  runBellhop,
  type Scene,
  untilReady,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import {
  Backlog,
  type BacklogMessage,
  backlogConfig,
  endsOf,
  linesOf,
  numbered,
  type Repeat,
  readReceipts,
  repeatsOf,
} from './support/backlog.ts'
import { print, seedOfRun } from './support/runs.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
afterEach(() => scene.close())

const seed = seedOfRun()

const DISPATCH_ONLY = ['--stages', 'dispatch']
const KILLS = 4
/** Of each lane; a lane holds far fewer, so that all of them pass over. */
const MESSAGES = 400
const LANE_LIMIT = 50
const FAST = ['fast0', 'fast1']
const PACED = ['paced0', 'paced1', 'slow', 'limited0', 'limited1', 'flaky']
const DELIVERED = [...FAST, ...PACED]
const GONE = ['gone']
const UNRECORDED_MS = 1_000

describe('lanes of one partition that leave every kind of hole', () => {
  it('lose nothing over kills at any moment, and repeat only what was on its way', async () => {
    print(`seed ${seed}`)
    const random = seededRandom(seed)
    scene = await createScene('holes', { simulator: { ratePerSecond: null } })
    const file = configFile(backlogConfig(scene, destinations(), { lane_limit: LANE_LIMIT }))
    switchOnFaults(random)
    const backlog = new Backlog(scene)
    let bellhop = await start(file)
    await backlog.queue(shuffledLanes([...DELIVERED, ...GONE], random))
    const kills: number[] = []
    for (let nth = 0; nth < KILLS; nth += 1) {
      const before = scene.slack.requests().length
      await eventually('it is at work', () => scene.slack.requests().length > before + 20, {
        withinMs: 30_000,
      })
      await delay(200 + random() * 2_500)
      bellhop.kill('SIGKILL')
      kills.push(Date.now())
      await bellhop.exited()
      bellhop = await start(file)
    }
    for (const id of ['limited0', 'limited1', 'flaky']) scene.slack.clearFault(webhookPath(id))
    await eventually(
      'every message came to its end',
      async () => [...endsOf(backlog.queued, await readReceipts(scene)).values()].every((times) => times > 0),
      { withinMs: 60_000, everyMs: 1_000 },
    )

    const receipts = await readReceipts(scene)
    expect([...endsOf(backlog.queued, receipts)].filter(([, times]) => times !== 1)).toEqual([])
    const endings = new Map(receipts.flatMap(({ id, outcome }) => (outcome === null ? [] : [[id, outcome]])))
    for (const { id, destination } of backlog.queued) {
      expect(endings.get(id)).toBe(GONE.includes(destination) ? 'dead_lettered' : 'delivered')
    }
    for (const id of DELIVERED) {
      expect([...new Set(linesOf(scene, id))]).toEqual(numbered(id, MESSAGES).map(({ text }) => text))
    }
    const repeats = repeatsOf(scene)
    print(`${repeats.length} messages repeated by ${KILLS} kills`)
    expect(
      repeats.filter(({ firstAtMs }) => !kills.some((at) => Math.abs(firstAtMs - at) < UNRECORDED_MS)),
    ).toEqual([])
    for (const id of PACED) {
      for (const killedAt of kills) expect(postsRepeated(repeats, id, killedAt)).toBeLessThanOrEqual(1)
    }
    const letters = await scene.records('deadLetters')
    expect(new Set(letters.map(({ value }) => value.message?.id)).size).toBe(MESSAGES * GONE.length)
    await backlog.close()
  })
})

const FAILING = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7']
/** The dead member's session ends in 6 s, so the wait must last for longer to show. */
const LONG_WAIT_MS = 10_000

describe('a lane that backs off from a failing webhook', () => {
  it('keeps its wait when the process is killed', async () => {
    scene = await createScene('backoff', { simulator: { ratePerSecond: null } })
    const file = configFile(backlogConfig(scene, Object.fromEntries(FAILING.map((id) => [id, {}]))))
    for (const id of FAILING) {
      scene.slack.setFault(webhookPath(id), { kind: 'answer', status: 503, body: 'unavailable' })
    }
    const backlog = new Backlog(scene)
    const first = await start(file)
    await backlog.queue(FAILING.flatMap((id) => numbered(id, 2)))
    const held = await eventually('a lane waits for long', longestWait, { withinMs: 60_000, everyMs: 200 })
    first.kill('SIGKILL')
    await first.exited()
    const requests = (): readonly ArrivedRequest[] => scene.slack.requests(webhookPath(held.destination))
    const before = requests().length
    for (const id of FAILING) scene.slack.clearFault(webhookPath(id))
    await start(file)
    await eventually('it posts again', () => requests().length === before + 2, { withinMs: 90_000 })
    expect(Number(requests()[before]?.arrivedAt)).toBeGreaterThanOrEqual(Number(held.held_until))
    expect(linesOf(scene, held.destination)).toEqual(numbered(held.destination, 2).map(({ text }) => text))
    await backlog.close()
  })
})

async function longestWait(): Promise<Receipt | null> {
  const longest = (await readReceipts(scene))
    .toSorted((a, b) => Number(a.held_until) - Number(b.held_until))
    .at(-1)
  return longest !== undefined && Number(longest.held_until) - Date.now() > LONG_WAIT_MS ? longest : null
}

async function start(file: string): Promise<RunningBellhop> {
  const bellhop = await runBellhop(processes, file, DISPATCH_ONLY)
  await untilReady(bellhop)
  return bellhop
}

function destinations(): Record<string, Record<string, unknown>> {
  const rates = [...FAST.map((id) => [id, 'off']), ...PACED.map((id) => [id, '10/s']), ['gone', '10/s']]
  return Object.fromEntries(rates.map(([id, rate]) => [id, { rate, coalesce: { max_messages: 5 } }]))
}

function switchOnFaults(random: Random): void {
  const { slack } = scene
  slack.setFault(webhookPath('gone'), { kind: 'gone', body: 'no_team' })
  slack.setFault(webhookPath('slow'), { kind: 'slow', ms: 250 })
  slack.setFault(webhookPath('flaky'), { kind: 'flaky', share: 0.3, seed: Math.floor(random() * 1e6) })
  slack.setFault(webhookPath('limited0'), { kind: 'rate_limited', retryAfterSeconds: 3 }, { times: 6 })
  slack.setFault(webhookPath('limited1'), { kind: 'rate_limited', retryAfterSeconds: 20 }, { times: 2 })
}

/** Each lane's messages in their order, the lanes mixed: now one by one, now in runs. */
function shuffledLanes(lanes: readonly string[], random: Random): BacklogMessage[] {
  const left = lanes.map((id) => numbered(id, MESSAGES))
  const mixed: BacklogMessage[] = []
  while (left.some(({ length }) => length > 0)) {
    const lane = left[Math.floor(random() * left.length)]
    const run = random() < 0.8 ? 1 : Math.ceil(random() * 120)
    mixed.push(...(lane?.splice(0, run) ?? []))
  }
  return mixed
}

/** Posts of a destination that were repeated after a kill; the lines of one came together. */
function postsRepeated(repeats: readonly Repeat[], id: string, killedAt: number): number {
  const mine = repeats.filter(
    ({ destination, firstAtMs }) => destination === id && Math.abs(firstAtMs - killedAt) < UNRECORDED_MS,
  )
  return new Set(mine.map(({ firstAtMs }) => firstAtMs)).size
}
