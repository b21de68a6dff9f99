import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CanaryConfig, Config, EventsTopic } from '../../src/config/config.ts'
import type { ProducedRecord } from '../../src/kafka/event-producer.ts'
import { CanarySender } from '../../src/sentinel/canary-sender.ts'
import { systemClock } from '../../src/system.ts'
import { testConfig } from '../support/config.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'
import { NOON } from './support/group.ts'

const EVERY_MINUTE: CanaryConfig = { destination: 'ops', everyMs: 60_000 }

function createBench(canary: CanaryConfig | null = EVERY_MINUTE) {
  const { observer, eventsOf } = createRecordingObserver()
  const world = {
    config: testConfig({ canary }),
    leads: true,
    sent: [] as { at: string; topic: string; record: ProducedRecord | undefined }[],
    open: [] as string[],
    send: async (): Promise<void> => undefined,
  }
  const sender = new CanarySender({
    config: (): Config => world.config,
    leads: () => world.leads,
    async openProducer(topic) {
      world.open.push(topic)
      return {
        async send(records) {
          await world.send()
          world.sent.push({ at: new Date().toISOString().slice(11, 19), topic, record: records[0] })
        },
        async close() {
          world.open.splice(world.open.indexOf(topic), 1)
        },
      }
    },
    observer,
    clock: systemClock,
  })
  return { world, sender, eventsOf, times: () => world.sent.map(({ at }) => at) }
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000)

beforeEach(() => {
  vi.useFakeTimers({ now: NOON + 20_300 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the canary is sent', () => {
  it('at full minutes while this process leads, and told', async () => {
    const { sender, times, eventsOf } = createBench()
    await seconds(150)

    expect(times()).toEqual(['12:01:00', '12:02:00'])
    expect(eventsOf('canarySent')).toEqual([{ topic: 'events' }, { topic: 'events' }])
    await sender.stop()
  })

  it('as an event of nobody, with its header and the time it was due', async () => {
    const { sender, world } = createBench()
    await seconds(60)

    expect(world.sent[0]?.record).toEqual({
      key: expect.stringMatching(/^bellhop-canary-\d+$/),
      value: expect.any(String),
      headers: { 'bellhop-canary': 'bellhop' },
      timestampMs: NOON + 60_000,
    })
    expect(JSON.parse(String(world.sent[0]?.record?.value))).toMatchObject({
      type: 'track',
      event: 'bellhop canary',
      integrations: { All: false },
    })
    await sender.stop()
  })

  const topic = (name: string, format: 'json' | 'avro'): EventsTopic => ({
    ...{ topic: name, format, map: null },
    start: { at: 'latest' },
  })
  it.each<[string, EventsTopic[], string, unknown]>([
    [
      'the first topic in JSON',
      [topic('a', 'avro'), topic('b', 'json'), topic('c', 'json')],
      'b',
      expect.any(String),
    ],
    ['the first where all are in Avro, without a value', [topic('a', 'avro'), topic('b', 'avro')], 'a', null],
  ])('to %s', async (_, events, name, value) => {
    const { sender, world } = createBench()
    world.config = { ...world.config, kafka: { ...world.config.kafka, events } }
    await seconds(60)

    expect(world.sent).toMatchObject([{ topic: name, record: { value } }])
    await sender.stop()
  })

  it('by no process that does not lead, from one second to the next, and its connection is closed', async () => {
    const { sender, world, times } = createBench()
    await seconds(45)
    world.leads = false
    await seconds(60)
    expect(world.open).toEqual([])
    world.leads = true
    await seconds(60)

    expect(times()).toEqual(['12:01:00', '12:03:00'])
    await sender.stop()
  })

  it('by nobody where none is configured, and as soon as one is', async () => {
    const { sender, world, times } = createBench(null)
    await seconds(200)
    world.config = testConfig({ canary: { destination: 'ops', everyMs: 5_000 } })
    await seconds(12)

    expect(times()).toEqual(['12:03:45', '12:03:50'])
    await sender.stop()
  })

  it('at another pace after a reload', async () => {
    const { sender, world, times } = createBench()
    await seconds(45)
    world.config = testConfig({ canary: { destination: 'ops', everyMs: 30_000 } })
    await seconds(60)

    expect(times()).toEqual(['12:01:00', '12:01:30', '12:02:00'])
    await sender.stop()
  })
})

describe('while the broker is away', () => {
  it('no canary piles up behind one that is on its way', async () => {
    const { sender, world, times } = createBench()
    const answer = Promise.withResolvers<void>()
    world.send = () => answer.promise
    await seconds(300)
    answer.resolve()
    world.send = async () => undefined
    await seconds(60)

    expect(times()).toEqual(['12:05:20', '12:06:00'])
    await sender.stop()
  })

  it('a failure is told, and the next goes out over a new connection', async () => {
    const { sender, world, eventsOf, times } = createBench()
    world.send = () => Promise.reject(new Error('away'))
    await seconds(60)
    expect(eventsOf('canaryFailed')).toEqual([{ error: new Error('away') }])
    expect(world.open).toEqual([])
    world.send = async () => undefined
    await seconds(60)

    expect(times()).toEqual(['12:02:00'])
    await sender.stop()
  })

  it('a stop waits half a second for it', async () => {
    const { sender, world, eventsOf } = createBench()
    world.send = () => new Promise(() => undefined)
    await seconds(60)
    let stopped = false
    void sender.stop().then(() => {
      stopped = true
    })
    await vi.advanceTimersByTimeAsync(500)

    expect(stopped).toBe(true)
    expect(eventsOf('canaryFailed')).toEqual([])
  })
})

it('nothing is sent after a stop, and no connection is left', async () => {
  const { sender, world, times } = createBench()
  await seconds(60)
  await sender.stop()
  await seconds(300)

  expect(times()).toEqual(['12:01:00'])
  expect(world.open).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})
