import { afterEach, describe, expect, it } from 'vitest'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, runBellhop, type Scene, untilReady, webhookPath } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import {
  Backlog,
  backlogConfig,
  committedOffset,
  countReceipts,
  endsOf,
  interleaved,
  linesOf,
  numbered,
  readReceipts,
  watchMemory,
} from './support/backlog.ts'
import { print } from './support/runs.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
afterEach(() => scene.close())

const DISPATCH_ONLY = ['--stages', 'dispatch']
const HOLD_MS = 60_000
const BLACKHOLES = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7']
const WEBHOOKS = ['w0', 'w1', 'w2', 'w3']
const OF_EACH_BLACKHOLE = 10_000
const OF_EACH_WEBHOOK = 5_000
const OTHERS = 100_000
const WAVES = 4
const HELD = 50
/** In megabytes. 100,000 messages do not fit: were more than bits left of those that are done, the process would end. */
const HEAP_MB = 96
const SMALL_HEAP = { env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } }

describe('a lane that Slack told to wait, at the head of its partition', () => {
  it('keeps nothing else waiting, and costs no repeat of 100,000 messages when the process is killed', async () => {
    scene = await createScene('held', { simulator: { ratePerSecond: null } })
    const file = configFile(
      backlogConfig(scene, {
        held: { rate: '20/s' },
        ...Object.fromEntries(BLACKHOLES.map((id) => [id, { type: 'blackhole' }])),
        ...Object.fromEntries(WEBHOOKS.map((id) => [id, { rate: 'off', coalesce: 'on' }])),
      }),
    )
    scene.slack.setFault(
      webhookPath('held'),
      { kind: 'rate_limited', retryAfterSeconds: HOLD_MS / 1_000 },
      { times: 1 },
    )
    const backlog = new Backlog(scene, { blackholes: BLACKHOLES })
    const first = await runBellhop(processes, file, DISPATCH_ONLY, SMALL_HEAP)
    await untilReady(first)
    await backlog.queue(numbered('held', 1))
    await eventually('the lane is told to wait', async () => (await countReceipts(scene)) === 1)
    const memory = watchMemory(first.pid)
    const peaks: number[] = []
    await backlog.queue(numbered('held', HELD - 1, 1))
    for (let wave = 0; wave < WAVES; wave += 1) {
      const nth = (count: number): number => (wave * count) / WAVES
      const slice = (count: number) => (id: string) => numbered(id, count / WAVES, nth(count))
      await backlog.queue(
        interleaved([...BLACKHOLES.map(slice(OF_EACH_BLACKHOLE)), ...WEBHOOKS.map(slice(OF_EACH_WEBHOOK))]),
      )
      const receipts = 1 + nth(OTHERS) + OTHERS / WAVES
      await eventually('all others are done', async () => (await countReceipts(scene)) === receipts, {
        withinMs: 40_000,
        everyMs: 250,
      })
      peaks.push(memory.peakMegabytes())
    }
    memory.stop()
    print(`memory after each ${OTHERS / WAVES} messages: ${peaks.join(', ')} MB`)
    expect(scene.slack.requests(webhookPath('held'))).toHaveLength(1)
    expect(await committedOffset(scene)).toBe(0)

    first.kill('SIGKILL')
    await first.exited()
    const again = watchMemory((await runBellhop(processes, file, DISPATCH_ONLY)).pid)
    await eventually(
      'the held lane is done',
      async () => (await countReceipts(scene)) === OTHERS + HELD + 1,
      {
        withinMs: HOLD_MS + 30_000,
        everyMs: 250,
      },
    )
    again.stop()
    print(`memory after the restart: ${again.peakMegabytes()} MB`)
    const ends = endsOf(backlog.queued, await readReceipts(scene))
    expect([...ends].filter(([, times]) => times !== 1)).toEqual([])
    const texts = (id: string, count: number): string[] => numbered(id, count).map(({ text }) => text)
    for (const id of WEBHOOKS) expect(linesOf(scene, id)).toEqual(texts(id, OF_EACH_WEBHOOK))
    expect(linesOf(scene, 'held')).toEqual(texts('held', HELD))
    const [told, next] = scene.slack.requests(webhookPath('held'))
    expect(Number(next?.arrivedMs) - Number(told?.arrivedMs)).toBeGreaterThanOrEqual(HOLD_MS)
    await backlog.close()
  })
})
