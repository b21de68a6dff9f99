import { renameSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DispatchRecord, Receipt } from '../../src/core/records.ts'
import type { ArrivedRequest } from '../../src/demo/simulator/ledger.ts'
import { Partitioners } from '../../src/kafka/kafkajs.ts'
import { systemClock } from '../../src/system.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  logLines,
  type RunningBellhop,
  runBellhop,
  type Scene,
  untilReady,
  type Written,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { type ProcessExit, useProcesses } from '../support/processes.ts'

const RELOADS = 100
/** So that most configurations see an event. */
const RELOAD_EVERY_MS = 40
const EVENT_EVERY_MS = 25
const PACED_INTERVAL_MS = 100
const ROTATED_INTERVAL_MS = 40
const PACED_MESSAGES = 60
/** On a machine that is busy with other things; a reload that held a lane up would show as its lane's interval, 100 times. */
const AT_ONCE_MS = 3_000

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeAll(async () => {
  scene = await createScene('reload', { simulator: { ratePerSecond: null, latencyMs: () => 5 } })
  await scene.createTopic('events')
})
afterAll(() => scene.close())

/** How far the configuration has come. */
interface Stage {
  nth: number
  /** How often the webhook of `rotated` has been changed. */
  rotations: number
  added: readonly string[]
}

function configuration({ nth, rotations, added }: Stage): string {
  const config = JSON.parse(
    laneConfig(scene, {
      destinations: {
        steady: { rate: 'off' },
        paced: { rate: '10/s' },
        changing: { rate: nth % 2 === 0 ? '30/s' : 'off', username: `bellhop ${nth}` },
        rotated: { rate: '25/s', webhook_url: `${scene.slack.origin}${webhookPath(`rotated-${rotations}`)}` },
        ...Object.fromEntries(added.map((id) => [id, {}])),
      },
    }),
  )
  for (const action of config.actions) action.message = `{{ $.properties.text }} v${nth}`
  return JSON.stringify(config)
}

/** A configuration that must be refused, each time for another reason. */
function badConfiguration(stage: Stage): string {
  const good = JSON.parse(configuration(stage))
  switch (stage.nth % 3) {
    case 0:
      return JSON.stringify({ ...good, kafka: { ...good.kafka, prefix: 'other' } })
    case 1:
      return JSON.stringify({ ...good, actions: [{ ...good.actions[0], trigger: 'type =' }] })
    default:
      return configuration(stage).slice(0, -40)
  }
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

const ENDING =
  /"event":"(configApplied|configUnchanged|configInvalid|configNeedsRestart|configReloadFailed)"/g

/** How the reloads so far ended. */
function endingsOf(bellhop: RunningBellhop): string[] {
  return [...bellhop.stderr.matchAll(ENDING)].map(([, event = '']) => event)
}

/** Writes a configuration, asks for a reload, and waits for its end. */
async function reload(bellhop: RunningBellhop, file: string, text: string): Promise<string> {
  const before = endingsOf(bellhop).length
  replaceFile(file, text)
  bellhop.kill('SIGHUP')
  return eventually('the reload has ended', () => endingsOf(bellhop)[before], { everyMs: 10 })
}

/** Sends events in order, as fast as told, until it is stopped; gives how many each destination got. */
async function startLoad(destinations: readonly string[]) {
  const producer = scene.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  let sentEach = 0
  let isOver = false
  const send = (texts: [string, number][]) =>
    producer.send({
      topic: scene.events,
      messages: texts.map(([to, nth]) => ({
        key: 'someone',
        value: JSON.stringify(eventFor(to, `${to} ${nth}`)),
      })),
    })
  const running = (async () => {
    while (!isOver) {
      sentEach += 1
      await send(destinations.map((id) => [id, sentEach]))
      await delay(EVENT_EVERY_MS)
    }
  })()
  return {
    send,
    async stop(): Promise<number> {
      isOver = true
      await running
      await producer.disconnect()
      return sentEach
    },
  }
}

/** `steady 12 v7`: what an event said, and by which configuration. */
function parseText(text: string | undefined): { what: string; to: string; version: number } {
  const [, what = '', to = '', version = ''] = /^((\S+) \d+) v(\d+)$/.exec(text ?? '') ?? []
  return { what, to, version: Number(version) }
}

describe('a hundred reloads under load', () => {
  const expected: string[] = []
  const refused: string[] = []
  /** When each webhook of `rotated` was replaced, on the clock of its arrivals. */
  const replacedMs: number[] = []
  let bellhop: RunningBellhop
  let posts: readonly ArrivedRequest[]
  let dispatched: Written<DispatchRecord>[]
  let receipts: Receipt[]
  let metrics: string
  let exit: ProcessExit

  beforeAll(async () => {
    const stage = { nth: 0, rotations: 0, added: [] as string[] }
    const file = configFile(configuration(stage))
    bellhop = await runBellhop(processes, file)
    await untilReady(bellhop)
    const load = await startLoad(['steady', 'changing', 'rotated'])
    await load.send(Array.from({ length: PACED_MESSAGES }, (_, nth): [string, number] => ['paced', nth + 1]))
    for (stage.nth = 1; stage.nth <= RELOADS; stage.nth += 1) {
      await delay(RELOAD_EVERY_MS)
      if (stage.nth % 5 === 0) {
        refused.push(await reload(bellhop, file, badConfiguration(stage)))
        continue
      }
      const isRotation = stage.nth % 9 === 0
      if (isRotation) stage.rotations += 1
      const id = `added-${stage.nth}`
      if (stage.nth % 10 === 1) stage.added.push(id)
      expect(await reload(bellhop, file, configuration(stage))).toBe('configApplied')
      if (isRotation) replacedMs.push(systemClock.monotonicMs())
      if (stage.added.at(-1) !== id) continue
      await load.send([[id, 1]])
      expected.push(`${id} 1`)
    }
    const sentEach = await load.stop()
    for (let nth = 1; nth <= sentEach; nth += 1) {
      for (const id of ['steady', 'changing', 'rotated']) expected.push(`${id} ${nth}`)
    }
    for (let nth = 1; nth <= PACED_MESSAGES; nth += 1) expected.push(`paced ${nth}`)
    const arrived = (): boolean => scene.slack.posts().length >= expected.length
    await eventually('all messages arrive', arrived, { withinMs: 15_000 })
    metrics = (await bellhop.get('/metrics')).body
    bellhop.kill('SIGTERM')
    exit = await bellhop.exited()
    posts = scene.slack.posts()
    dispatched = await scene.records('dispatch')
    receipts = (await scene.records('receipts')).map(({ value }) => value)
  }, 60_000)
  afterAll(() => void bellhop.kill('SIGKILL'))

  const gapsOf = (webhook: string): number[] => {
    const arrivedMs = posts
      .filter(({ target }) => target === webhookPath(webhook))
      .map((post) => post.arrivedMs)
    return arrivedMs.slice(1).map((atMs, nth) => atMs - (arrivedMs[nth] ?? 0))
  }

  it('deliver each message once, and stop in order', () => {
    const arrived = posts.map(({ payload }) => parseText(payload?.text).what)
    expect(arrived.toSorted()).toEqual(expected.toSorted())
    const outcomes = Map.groupBy(receipts, ({ outcome }) => outcome)
    expect(outcomes.get('delivered')).toHaveLength(expected.length)
    expect(outcomes.get('moved')?.length).toBeGreaterThan(0)
    expect([...outcomes.keys()].toSorted()).toEqual(['delivered', 'moved'])
    expect(exit).toEqual({ code: 0, signal: null })
  })

  it('take what waits to the new webhook: the old one gets no more than what was in flight', () => {
    expect(replacedMs).toHaveLength(9)
    for (const [nth, atMs] of replacedMs.entries()) {
      const late = posts.filter(({ target, arrivedMs }) => {
        return target === webhookPath(`rotated-${nth}`) && arrivedMs > atMs
      })
      expect(late.length).toBeLessThanOrEqual(1)
    }
    // Two lanes of one webhook would know nothing of each other's pace.
    for (let nth = 0; nth <= replacedMs.length; nth += 1) {
      expect(Math.min(...gapsOf(`rotated-${nth}`))).toBeGreaterThanOrEqual(ROTATED_INTERVAL_MS)
    }
  })

  it('keep the order of every lane', () => {
    const seqOf = new Map(posts.map(({ payload, seq }) => [parseText(payload?.text).what, seq]))
    const whatOf = new Map(dispatched.map(({ value }) => [value.id, parseText(value.message.text).what]))
    const delivered = receipts.filter(({ outcome }) => outcome === 'delivered')
    const lanes = Map.groupBy(delivered, ({ lane }) => lane)
    expect(lanes.size).toBeGreaterThan(10)
    for (const [, ofLane] of lanes) {
      const inOrder = ofLane.toSorted((a, b) => a.dispatch_offset - b.dispatch_offset)
      const seqs = inOrder.map(({ id }) => seqOf.get(whatOf.get(id) ?? '') ?? Number.NaN)
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    }
  })

  it('delay nothing: what has no pace arrives at once, and a pace is kept as if nothing happened', () => {
    const sentAt = new Map(
      dispatched.map(({ value }) => [parseText(value.message.text).what, value.event.timestamp]),
    )
    const latencies = posts
      .map(({ payload, arrivedAt }) => ({ ...parseText(payload?.text), arrivedAt }))
      .filter(({ to }) => to === 'steady' || to.startsWith('added'))
      .map(({ what, arrivedAt }) => arrivedAt - (sentAt.get(what) ?? 0))
    expect(Math.max(...latencies)).toBeLessThan(AT_ONCE_MS)

    const gaps = gapsOf('paced')
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(PACED_INTERVAL_MS)
    const tookMs = gaps.reduce((sum, gap) => sum + gap, 0)
    expect(tookMs).toBeLessThan(2 * PACED_INTERVAL_MS * PACED_MESSAGES)
  })

  it('name the configuration that made it in every record, and never an older one after a newer', () => {
    const applied = logLines(bellhop).filter(({ event }) => event === 'configApplied')
    const versions = [applied[0]?.previous, ...applied.map(({ config_version: version }) => version)]
    const fresh = dispatched
      .filter(({ value: { moves } }) => moves === 0)
      .toSorted((a, b) => a.value.event.offset - b.value.event.offset)
    const order = fresh.map(({ value }) => versions.indexOf(value.config_version))
    expect(order).not.toContain(-1)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(new Set(order).size).toBeGreaterThan(RELOADS / 2)
    const texts = fresh.map(({ value }) => parseText(value.message.text).version)
    const written = texts.map((version) => version - Math.floor(version / 5))
    expect(written).toEqual(order)
  })

  it('refuse what cannot be used, say why, and are counted', () => {
    expect(new Set(refused)).toEqual(new Set(['configInvalid', 'configNeedsRestart']))
    const said = logLines(bellhop)
    expect(said.find(({ event }) => event === 'configNeedsRestart')?.msg).toContain('to change kafka.prefix')
    expect(said.find(({ event }) => event === 'configProblem')?.msg).toMatch(/bellhop\.yaml:\d+:\d+: /)
    expect(metrics).toContain(`bellhop_config_reloads_total{result="refused"} ${RELOADS / 5}\n`)
    expect(metrics).toContain(`bellhop_config_reloads_total{result="applied"} ${RELOADS - RELOADS / 5}\n`)
    expect(metrics).toContain('bellhop_config_last_reload_successful 0\n')
    expect(metrics).toMatch(/bellhop_messages_delivered_total\{destination="added-91"\} 1\n/)
    expect(metrics.match(/bellhop_config_info\{/g)).toHaveLength(1)
  })
})
