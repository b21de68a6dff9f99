import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pause } from '../../src/cli/pause.ts'
import { resume } from '../../src/cli/resume.ts'
import { silenceAdd } from '../../src/cli/silence/add.ts'
import { silenceEnd } from '../../src/cli/silence/end.ts'
import { silenceList } from '../../src/cli/silence/list.ts'
import type { Receipt } from '../../src/core/records.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
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
import { readTopic } from '../support/read-topic.ts'
import { testRegistry } from '../support/registry.ts'
import { captureIo } from './support/captured-io.ts'

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
beforeAll(async () => {
  scene = await createScene('silence', { simulator: { ratePerSecond: null } })
})
afterAll(() => scene.close())

/** As many lanes as let both of two processes have some. */
const LANES = ['sales', 'ops', 'c', 'd', 'e', 'f', 'g', 'h']

function configuration(): string {
  const destinations = Object.fromEntries(LANES.map((id) => [id, { rate: 'off' }]))
  return configFile(laneConfig(scene, { destinations, kafka: { topics: { partitions: 4 } } }))
}

async function said(command: (io: ReturnType<typeof captureIo>) => Promise<number>): Promise<string> {
  const io = captureIo()
  expect(await command(io)).toBe(0)
  expect(io.err()).toBe('')
  return io.out()
}

function queue(destination: string, texts: readonly string[]): Promise<void> {
  return scene.produce(texts.map((text) => ({ value: eventFor(destination, text) })))
}

async function receiptsOf(destination: string): Promise<Receipt[]> {
  return (await scene.records('receipts'))
    .map(({ value }) => value)
    .filter((receipt) => receipt.destination === destination)
    .sort((a, b) => a.dispatch_offset - b.dispatch_offset)
}

function posts(destination: string): (string | undefined)[] {
  return textsOf(scene.slack, webhookPath(destination))
}

/** What every process says of itself, once it has heard of the latest change. */
async function heard(running: readonly RunningBellhop[], pattern: RegExp): Promise<void> {
  await Promise.all(running.map((bellhop) => bellhop.line(pattern)))
}

describe('what a person says of destinations', () => {
  it('is obeyed by all processes, and outlasts them', { timeout: 120_000 }, async () => {
    const config = configuration()
    const running = await Promise.all([runBellhop(processes, config), runBellhop(processes, config)])
    await Promise.all(running.map((bellhop) => untilReady(bellhop)))

    expect(await said((io) => pause('sales', { config, why: 'moving house' }, io))).toContain(
      'sales is paused until a person ends it',
    )
    await heard(running, /"paused":\["sales"\]/)
    await said((io) => silenceAdd({ config, destination: 'ops', for: '2h', why: 'launch day' }, io))
    await heard(running, /"silenced":\["ops"\]/)
    await queue('sales', ['one', 'two', 'three'])
    await Promise.all([queue('ops', ['noise 1', 'noise 2']), ...LANES.slice(2).map((id) => queue(id, [id]))])

    await eventually('what is silenced is on record', async () => (await receiptsOf('ops')).length === 2)
    expect(await receiptsOf('ops')).toMatchObject(
      Array(2).fill({ outcome: 'silenced', cause: null, detail: 'launch day', attempts: 0, answer: null }),
    )
    for (const id of LANES.slice(2)) await eventually(`${id} is posted to`, () => posts(id).length === 1)
    expect([posts('sales'), posts('ops')]).toEqual([[], []])
    expect((await receiptsOf('sales')).length).toBe(0)

    for (const bellhop of running) bellhop.kill('SIGTERM')
    for (const bellhop of running) expect(await bellhop.exited()).toEqual({ code: 0, signal: null })
    const next = await runBellhop(processes, config)
    await untilReady(next)
    await queue('c', ['sign of life'])
    await eventually('the next process posts', () => posts('c').length === 2)
    expect([posts('sales'), posts('ops')]).toEqual([[], []])

    expect(await said((io) => resume('sales', { config }, io))).toContain('sales goes on')
    await eventually('what waited is posted', () => posts('sales').length === 3)
    expect(posts('sales')).toEqual(['one', 'two', 'three'])
    await said((io) => silenceEnd('ops', { config }, io))
    await heard([next], /"paused":\[\],"silenced":\[\]/)
    await queue('ops', ['news'])
    await eventually('what is silenced no more is posted', () => posts('ops').length === 1)
    expect(posts('ops')).toEqual(['news'])
    expect(await scene.records('deadLetters')).toEqual([])
  })

  it('is listed, ended though its destination is gone, and ended once', async () => {
    const config = configuration()
    const control = {
      kind: 'silence',
      destination: 'gone\u001b[31m',
      why: 'old',
      by: null,
      since: 0,
      until: null,
    } as const
    const value = Buffer.from(createRecordCodecs().control.encode(control))
    await scene.produce([{ key: `silence/${control.destination}`, value }], scene.topics.controls)
    await said((io) => pause('sales', { config, for: '1h' }, io))
    await said((io) => silenceAdd({ config, destination: 'sales', for: '30m', why: 'x' }, io))
    const table = (await said((io) => silenceList({ config }, io))).split('\n')
    expect(table[0]).toMatch(/^WHAT +DESTINATION +SINCE +UNTIL +BY +WHY$/)
    expect(table[1]).toMatch(/^silenced +gone \[31m +1970-01-01 00:00:00Z +it is ended +- +old$/)
    expect(table[2]).toMatch(/^paused +sales .*\((1 h|59 min 5\d s)\) +\S+@\S+ +-$/)
    expect(table[3]).toMatch(/^silenced +sales .*\((30 min|29 min 5\d s)\) +\S+@\S+ +x$/)
    const listed = (await said((io) => silenceList({ config, json: true }, io))).trim().split('\n')
    expect(listed).toHaveLength(3)
    expect(JSON.parse(listed[0] ?? '')).toEqual(control)

    expect(await said((io) => silenceEnd(control.destination, { config }, io))).toContain(
      'not silenced any more',
    )
    expect(await said((io) => resume('sales', { config }, io))).toContain('but silenced until')
    expect(await said((io) => resume('sales', { config }, io))).toContain('nothing to resume')
    await said((io) => silenceEnd('sales', { config }, io))
    expect(await said((io) => silenceEnd('sales', { config }, io))).toContain('nothing to end')
    expect(await said((io) => silenceList({ config }, io))).toBe('Nothing is silenced or paused.\n')
  })

  it.each<[string, (config: string, io: ReturnType<typeof captureIo>) => Promise<number>]>([
    ['silenced', (config, io) => silenceAdd({ config, destination: 'sale', for: '1h', why: 'x' }, io)],
    ['paused', (config, io) => pause('sale', { config }, io)],
    ['resumed', (config, io) => resume('sale', { config }, io)],
    ['said to be silenced no more', (config, io) => silenceEnd('sale', { config }, io)],
  ])('is no name that the configuration has not: it is not %s', async (_, command) => {
    const failed = await command(configuration(), captureIo()).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'usage', message: expect.stringContaining('did you mean "sales"?') })
  })

  it('is in Avro where a registry is configured, and read so', async () => {
    const [other, url] = await Promise.all([createScene('silence-avro'), testRegistry()])
    await other.createTopic('controls', { config: { 'cleanup.policy': 'compact' } })
    const config = configFile(laneConfig(other, { destinations: { sales: {} }, registry: { url } }))
    await said((io) => silenceAdd({ config, destination: 'sales', for: '1h', why: 'x' }, io))
    await said((io) => pause('sales', { config }, io))
    const written = await readTopic(other.kafka, other.topics.controls)
    expect(written.map(({ key, value }) => [key?.toString(), value?.[0]])).toEqual([
      ['silence/sales', 0],
      ['pause/sales', 0],
    ])
    const listed = await said((io) => silenceList({ config, json: true }, io))
    expect(listed.match(/"kind":"\w+"/g)).toEqual(['"kind":"pause"', '"kind":"silence"'])
    await other.close()
  })

  it('needs a cluster that bellhop has run on', async () => {
    const config = configFile(
      laneConfig(scene, { destinations: { sales: {} }, kafka: { prefix: `${scene.prefix}-other` } }),
    )
    await expect(pause('sales', { config }, captureIo())).rejects.toMatchObject({
      code: 'topic_missing',
      message: expect.stringContaining('bellhop has not run on this cluster yet'),
    })
    expect(await scene.admin.listTopics()).not.toContain(`${scene.prefix}-other.controls`)
  })
})
