import { afterEach, describe, expect, it } from 'vitest'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, runBellhop, type Scene, untilReady, webhookPath } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import {
  Backlog,
  type BacklogMessage,
  backlogConfig,
  countReceipts,
  interleaved,
  linesOf,
  metricValue,
  numbered,
  quantile,
  watchMemory,
} from './support/backlog.ts'
import { print } from './support/runs.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
afterEach(() => scene.close())

const DISPATCH_ONLY = ['--stages', 'dispatch']
const LANES = Array.from({ length: 50 }, (_, nth) => `lane${nth}`)
const MESSAGES = 5_000
const ALL = LANES.length * MESSAGES
const A_POST = 20
const PACE_PER_SECOND = 5
const WINDOW_MS = 10_000

/** Any slower and the machine, not the pace, decides; lanes are held against each other for the rest. */
const SLOWEST_MS = (2 * (MESSAGES / A_POST) * 1_000) / PACE_PER_SECOND

describe('50 lanes with 5,000 messages each in one partition', () => {
  it('drain at their pace, and the partition is read again no more than once in 10 s', async () => {
    scene = await createScene('pace', { simulator: { ratePerSecond: null } })
    const options = { rate: `${PACE_PER_SECOND}/s`, coalesce: 'on' }
    const file = configFile(backlogConfig(scene, Object.fromEntries(LANES.map((id) => [id, options]))))
    await scene.admin.createTopics({ topics: [{ topic: scene.topics.dispatch, numPartitions: 1 }] })
    const backlog = new Backlog(scene)
    await backlog.queue(halfMixedHalfInBlocks())
    const bellhop = await runBellhop(processes, file, DISPATCH_ONLY)
    await untilReady(bellhop)
    const memory = watchMemory(bellhop.pid)
    const reread: Sample[] = []
    await eventually(
      'all is delivered',
      async () => {
        const { body } = await bellhop.get('/metrics')
        reread.push({ atMs: performance.now(), records: metricValue(body, 'bellhop_records_reread_total') })
        return (await countReceipts(scene)) >= ALL
      },
      { withinMs: SLOWEST_MS, everyMs: 250 },
    )
    memory.stop()
    const rewinds = metricValue((await bellhop.get('/metrics')).body, 'bellhop_rewinds_total')
    print(
      `${rewinds} rewinds, ${reread.at(-1)?.records} of ${ALL} records read again; ${Math.round(averageIn(reread))} in 10 s on average, at most ${mostIn(reread)}`,
    )
    const posts = LANES.map((id) => scene.slack.posts(webhookPath(id)))
    const took = posts.map((ofLane) => Number(ofLane.at(-1)?.arrivedMs) - Number(ofLane[0]?.arrivedMs))
    print(
      `lanes took ${Math.round(Math.min(...took))} to ${Math.round(Math.max(...took))} ms; ${memory.peakMegabytes()} MB`,
    )

    for (const id of LANES) expect(linesOf(scene, id)).toEqual(numbered(id, MESSAGES).map(({ text }) => text))
    // A lane that runs dry while more of it waits in the partition posts fewer at once, or pauses.
    const short = posts.map(
      (ofLane) =>
        ofLane.slice(0, -1).filter(({ payload }) => payload?.text.split('\n').length !== A_POST).length,
    )
    print(`posts that were not full: ${short.reduce((sum, count) => sum + count)}`)
    expect(Math.max(...short)).toBeLessThanOrEqual(5)
    for (const counts of countsByWindow(posts.map((ofLane) => ofLane.map(({ arrivedMs }) => arrivedMs)))) {
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(0.85 * quantile(counts, 0.5))
    }
    expect(rewinds).toBeGreaterThan(2)
    // Re-reading is paid for afterwards: a part of a pass may be followed by a whole one within ten seconds.
    expect(averageIn(reread)).toBeLessThan(ALL)
    expect(mostIn(reread)).toBeLessThan(2 * ALL)
    // 50,000 messages in the lanes and as much garbage; all 250,000 in memory would be far beyond it.
    expect(memory.peakMegabytes()).toBeLessThan(700)
    await backlog.close()
  })
})

function halfMixedHalfInBlocks(): BacklogMessage[] {
  const all = LANES.map((id) => numbered(id, MESSAGES))
  return [...interleaved(all.slice(0, all.length / 2)), ...all.slice(all.length / 2).flat()]
}

interface Sample {
  atMs: number
  /** Records that were read again so far. */
  records: number
}

/** The most records that were read again in any 10 s. */
function mostIn(samples: readonly Sample[]): number {
  const grown = samples.map(({ atMs, records }) => {
    const first = samples.find((sample) => sample.atMs > atMs - WINDOW_MS)
    return records - (first?.records ?? 0)
  })
  return Math.max(...grown)
}

/** The records that were read again in ten seconds, on average. */
function averageIn(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) throw new Error('nothing was sampled')
  return ((last.records - first.records) / (last.atMs - first.atMs)) * WINDOW_MS
}

/** How many posts each lane made in each 10 s, for as long as all were at work. */
function countsByWindow(lanes: readonly (readonly number[])[]): number[][] {
  const beginMs = Math.max(...lanes.map((times) => times[0] ?? 0))
  const endMs = Math.min(...lanes.map((times) => times.at(-1) ?? 0))
  return Array.from({ length: Math.floor((endMs - beginMs) / WINDOW_MS) }, (_, nth) => {
    const fromMs = beginMs + nth * WINDOW_MS
    return lanes.map((times) => times.filter((at) => at >= fromMs && at < fromMs + WINDOW_MS).length)
  })
}
