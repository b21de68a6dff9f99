import { afterEach, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/core/records.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  type ProducedEvent,
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

const EVENTS_A_REQUEST = 1_000

/** One partition: whatever holds a lane back lies beside all others. */
async function start(config: Omit<Parameters<typeof laneConfig>[1], 'kafka'>): Promise<RunningBellhop> {
  scene = await createScene('backlog', { simulator: { ratePerSecond: null } })
  await scene.createTopic('events')
  const kafka = { topics: { partitions: 1 } }
  const bellhop = await runBellhop(processes, configFile(laneConfig(scene, { ...config, kafka })))
  await untilReady(bellhop)
  return bellhop
}

function texts(destination: string, count: number, length = 0): string[] {
  return Array.from({ length: count }, (_, nth) => `${destination} ${nth} `.padEnd(length, 'x').trim())
}

async function queue(destination: string, all: readonly string[]): Promise<void> {
  const events: ProducedEvent[] = all.map((text) => ({ value: eventFor(destination, text) }))
  for (let from = 0; from < events.length; from += EVENTS_A_REQUEST) {
    await scene.produce(events.slice(from, from + EVENTS_A_REQUEST))
  }
}

async function finalReceipts(): Promise<Receipt[]> {
  const receipts = await scene.records('receipts')
  return receipts.map(({ value }) => value).filter(({ outcome }) => outcome !== null)
}

async function settled(count: number, withinMs: number): Promise<Receipt[]> {
  return eventually(
    `${count} messages have their receipt`,
    async () => {
      const { high } = (await scene.admin.fetchTopicOffsets(scene.topics.receipts))[0] ?? { high: 0 }
      if (Number(high) < count) return null
      const receipts = await finalReceipts()
      return receipts.length >= count ? receipts : null
    },
    { withinMs, everyMs: 250 },
  )
}

function lines(destination: string): (string | undefined)[] {
  return textsOf(scene.slack, webhookPath(destination)).flatMap((text) => text?.split('\n'))
}

describe('10,000 messages for one webhook', () => {
  it('arrive in order, joined into posts that a person can read', async () => {
    await start({ destinations: { burst: { rate: '100/s' } }, slack: { coalesce: 'on' } })
    const all = texts('burst', 10_000, 150)
    await queue('burst', all)
    const receipts = await settled(all.length, 40_000)
    expect(lines('burst')).toEqual(all)
    const posts = textsOf(scene.slack, webhookPath('burst'))
    expect(Math.max(...posts.map((text) => text?.length ?? 0))).toBeLessThanOrEqual(3_500)
    // A fifth more than 20 a post would take, since those that come first go out before there is more to join.
    expect(posts.length).toBeLessThan(600)
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(all.length)
    expect(receipts.filter(({ outcome }) => outcome !== 'delivered')).toEqual([])
  })
})

describe('lanes that wait beside others in one partition', () => {
  it('hold up nobody, keep their order beyond what they hold, and give up what has expired', async () => {
    const bellhop = await start({
      destinations: {
        expiring: { expire_after: '3s' },
        held: {},
        long: { rate: '50/s', lane_limit: 100, coalesce: 'on' },
        other: { rate: 'off' },
      },
    })
    for (const id of ['expiring', 'held']) {
      scene.slack.setFault(webhookPath(id), { kind: 'rate_limited', retryAfterSeconds: 60 })
    }
    const heldAt = (id: string) =>
      eventually(`${id} waits`, () => scene.slack.requests(webhookPath(id)).length === 1)
    await queue('held', texts('held', 2))
    await queue('expiring', texts('expiring', 5))
    await Promise.all([heldAt('held'), heldAt('expiring')])
    await queue('long', texts('long', 2_000))
    await queue('other', texts('other', 500))
    const receipts = await settled(2_505, 20_000)
    expect(lines('other')).toEqual(texts('other', 500))
    expect(lines('long')).toEqual(texts('long', 2_000))
    // The other lane's messages lay behind all of the long one's, and did not wait for them.
    const lastOther = scene.slack.posts(webhookPath('other')).at(-1)
    const lastLong = scene.slack.posts(webhookPath('long')).at(-1)
    expect(Number(lastOther?.seq)).toBeLessThan(Number(lastLong?.seq))
    expect((await bellhop.get('/metrics')).body).toMatch(/^bellhop_rewinds_total [1-9]/m)

    const expired = receipts.filter(({ destination }) => destination === 'expiring')
    expect(expired.map(({ outcome, cause, attempts }) => [outcome, cause, attempts])).toEqual([
      ['expired', 'expired', 1],
      ...Array(4).fill(['expired', 'expired', 0]),
    ])
    for (const { recorded_at, queued_at } of expired)
      expect(recorded_at - queued_at).toBeGreaterThanOrEqual(3_000)
    const letters = (await scene.records('deadLetters')).map(({ value }) => value)
    expect(letters.map(({ cause, message }) => [cause, message?.message.text])).toEqual(
      texts('expiring', 5).map((text) => ['expired', text]),
    )
    for (const id of ['expiring', 'held']) expect(scene.slack.requests(webhookPath(id))).toHaveLength(1)
    const waits = (await scene.records('receipts')).filter(({ value }) => value.outcome === null)
    const held = waits.find(({ value }) => value.destination === 'held')
    const committed = await scene.committed(scene.topics.dispatchGroup, scene.topics.dispatch)
    expect(committed.get(0)).toBe(held?.value.dispatch_offset)
  })
})
