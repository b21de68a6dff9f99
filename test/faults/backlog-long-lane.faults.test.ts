import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
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
  backlogConfig,
  endsOf,
  latenciesOf,
  linesOf,
  metricValue,
  numbered,
  quantile,
  readReceipts,
  repeatsOf,
  watchMemory,
} from './support/backlog.ts'
import { print, seedOfRun } from './support/runs.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
afterEach(() => scene.close())

const seed = seedOfRun()

const DISPATCH_ONLY = ['--stages', 'dispatch']
const LONG = 50_000
const BUSY = ['busy0', 'busy1', 'busy2', 'busy3', 'busy4']
const BUSY_EVERY_MS = 100
/** Posts leave while the oldest receipt is younger than this; and what a killed process has sent arrives a little later. */
const UNRECORDED_MS = 1_000

describe('50,000 messages for one lane that holds 1,000', () => {
  it('arrive in order beside lanes that notice nothing of them, and survive two kills', async () => {
    print(`seed ${seed}`)
    const random = seededRandom(seed)
    scene = await createScene('long-lane', { simulator: { ratePerSecond: null } })
    const lanes = { long: { rate: '100/s', coalesce: 'on' } }
    const busy = Object.fromEntries(BUSY.map((id) => [id, { rate: '50/s' }]))
    const file = configFile(backlogConfig(scene, { ...lanes, ...busy }))
    const backlog = new Backlog(scene)
    const start = async (): Promise<RunningBellhop> => {
      const bellhop = await runBellhop(processes, file, DISPATCH_ONLY)
      await untilReady(bellhop)
      return bellhop
    }
    let bellhop = await start()
    const memory = watchMemory(bellhop.pid)
    await backlog.queue(numbered('long', LONG))
    const feeding = feed(backlog)
    const posted = (): number => scene.slack.posts(webhookPath('long')).length * 20
    const undisturbedMs: number[] = []
    const kills: number[] = []
    for (const share of [0.15 + random() * 0.25, 0.55 + random() * 0.3]) {
      // What was queued while nobody owned the partition has waited for that, not for the long lane.
      await caughtUp(backlog)
      const fromMs = Date.now()
      await eventually('the long lane has come far enough', () => posted() > share * LONG, {
        withinMs: 60_000,
      })
      undisturbedMs.push(...latenciesOf(scene, backlog, { destinations: BUSY, fromMs }))
      if (kills.length === 0) {
        print(`memory ${memory.peakMegabytes()} MB, ${await rewindsOf(bellhop)} rewinds`)
      }
      bellhop.kill('SIGKILL')
      kills.push(Date.now())
      await bellhop.exited()
      bellhop = await start()
    }
    const last = watchMemory(bellhop.pid)
    await eventually('the long lane is done', () => posted() >= LONG, { withinMs: 90_000 })
    await feeding.stop()
    await eventually(
      'every message has its receipt',
      async () => [...endsOf(backlog.queued, await readReceipts(scene)).values()].every((times) => times > 0),
      { withinMs: 20_000, everyMs: 500 },
    )
    print(`memory of the last process ${last.peakMegabytes()} MB, ${await rewindsOf(bellhop)} rewinds`)
    for (const watch of [memory, last]) watch.stop()

    const ends = endsOf(backlog.queued, await readReceipts(scene))
    expect([...ends].filter(([, times]) => times !== 1)).toEqual([])
    const repeats = repeatsOf(scene)
    print(`${repeats.length} messages repeated by ${kills.length} kills`)
    for (const { firstAtMs } of repeats) {
      expect(kills.some((killedAt) => Math.abs(firstAtMs - killedAt) < UNRECORDED_MS)).toBe(true)
    }
    for (const id of ['long', ...BUSY]) {
      const wanted = backlog.queued.filter(({ destination }) => destination === id).map(({ text }) => text)
      expect([...new Set(linesOf(scene, id))]).toEqual(wanted)
    }
    print(
      `latency of the others: p50 ${quantile(undisturbedMs, 0.5)} ms, p99 ${quantile(undisturbedMs, 0.99)} ms`,
    )
    expect(undisturbedMs.length).toBeGreaterThan(100)
    expect(quantile(undisturbedMs, 0.99)).toBeLessThan(2_000)
    // 150 MB when idle; the lanes hold 1,000 small messages each, and the rest is the heap's slack: 50,000 would be more.
    expect(memory.peakMegabytes()).toBeLessThan(400)
    expect(last.peakMegabytes()).toBeLessThan(400)
    await backlog.close()
  })
})

/** Queues one message for each of the busy lanes, again and again. */
function feed(backlog: Backlog): { stop(): Promise<void> } {
  let fed = 0
  let stopped = false
  const feeding = (async () => {
    while (!stopped) {
      await backlog.queue(BUSY.flatMap((id) => numbered(id, 1, fed)))
      fed += 1
      await delay(BUSY_EVERY_MS)
    }
  })()
  return {
    stop() {
      stopped = true
      return feeding
    },
  }
}

/** All that was queued for the busy lanes until now has arrived. */
async function caughtUp(backlog: Backlog): Promise<void> {
  let newest: string | undefined
  await eventually(
    'the busy lanes have caught up',
    () => {
      newest ??= backlog.queued.findLast(({ destination }) => destination === BUSY[0])?.text
      return newest !== undefined && linesOf(scene, 'busy0').includes(newest)
    },
    { withinMs: 40_000 },
  )
}

async function rewindsOf(bellhop: RunningBellhop): Promise<number> {
  return metricValue((await bellhop.get('/metrics')).body, 'bellhop_rewinds_total')
}
