import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DeadLetter, DispatchRecord } from '../../src/core/records.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  runBellhop,
  type Scene,
  textsOf,
  untilReady,
  type Written,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const KIB = 1_024
/** An event that the broker just takes, and whose dispatch record it would not take with the whole id in it. */
const LONG_ID_LENGTH = 1_048_300

const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
let deadLetters: Written<DeadLetter>[]
let dispatched: Written<DispatchRecord>[]

beforeAll(async () => {
  scene = await createScene('large')
  await scene.createTopic('events')
  const bellhop = await runBellhop(processes, configFile(laneConfig(scene, { destinations: { sales: {} } })))
  await untilReady(bellhop)
  await producePoison()
  await scene.produce([{ value: eventFor('sales', 'long id', { userId: 'x'.repeat(LONG_ID_LENGTH) }) }])
  await scene.produce([{ value: eventFor('sales', 'after') }])
  await eventually('what lies behind is posted', () => {
    return textsOf(scene.slack, webhookPath('sales')).includes('after')
  })
  bellhop.kill('SIGTERM')
  await bellhop.exited()
  deadLetters = await scene.records('deadLetters')
  dispatched = await scene.records('dispatch')
})
afterAll(() => scene.close())

/** NUL bytes are valid UTF-8, and JSON writes each of them as six characters. */
async function producePoison(): Promise<void> {
  const headers = Array.from({ length: 32 }, (_, nth) => [`header-${nth}`, Buffer.alloc(4 * KIB)])
  const poison = {
    key: Buffer.alloc(10 * KIB),
    value: Buffer.alloc(70_000),
    headers: Object.fromEntries(headers),
  }
  const producer = scene.kafka.producer()
  await producer.connect()
  await producer.send({ topic: scene.events, acks: -1, messages: [poison] })
  await producer.disconnect()
}

it('makes a dead letter of poison that is six times its size as JSON, with all that it keeps of it', () => {
  expect(deadLetters).toHaveLength(1)
  const { key, value } = deadLetters[0] ?? {}
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(value?.cause).toBe('not_json')
  const base64 = (bytes: number) => ({ encoding: 'base64', data: Buffer.alloc(bytes).toString('base64') })
  expect(value?.event).toMatchObject({ key: base64(4 * KIB), value: base64(64 * KIB), value_bytes: 70_000 })
  expect(value?.event?.headers).toHaveLength(32)
  expect(value?.event?.headers[31]).toEqual({ name: 'header-31', value: base64(4 * KIB) })
})

it('goes on behind it, and behind an event whose id alone nearly fills a record', () => {
  expect(textsOf(scene.slack, webhookPath('sales'))).toEqual(['long id', 'after'])
  const record = dispatched.find(({ value }) => value.message.text === 'long id')
  expect(record?.value.userId).toBe('x'.repeat(512))
})
