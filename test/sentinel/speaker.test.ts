import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseMessageId } from '../../src/core/ids.ts'
import type { ProcessStatus } from '../../src/core/records.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { Speaker } from '../../src/sentinel/speaker.ts'
import { systemClock } from '../../src/system.ts'
import { testConfig, testWebhook } from '../support/config.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'
import { lane, MINUTE, NOON, open, processStatus, SETTINGS, withLanes } from './support/group.ts'

const codec = createRecordCodecs().dispatch

function createBench() {
  const { observer, eventsOf } = createRecordingObserver()
  const world = {
    config: testConfig({ notify: SETTINGS, destinations: new Map([['ops', testWebhook('ops')]]) }),
    leads: true,
    processes: [withLanes()] as ProcessStatus[],
    /** Whether what this process says of itself comes to the group. */
    isHeard: true,
    notified: [] as { cause: string; at: number }[],
    groups: 0,
    producers: 0,
    sent: [] as { key: string; text: string; id: string }[],
    warned: [] as string[],
    send: async (): Promise<void> => undefined,
    openGroup: async (): Promise<void> => undefined,
  }
  const withOwnWord = (status: ProcessStatus): ProcessStatus => {
    return { ...status, notified: [...status.notified, ...speaker.notified()] }
  }
  const speaker: Speaker = new Speaker({
    config: () => world.config,
    leads: () => world.leads,
    async openGroup() {
      await world.openGroup()
      world.groups += 1
      return {
        processes: () => (world.isHeard ? world.processes.map(withOwnWord) : world.processes),
        notified: () => world.notified,
        async close() {
          world.groups -= 1
        },
      }
    },
    async openProducer() {
      world.producers += 1
      return {
        async send(records) {
          await world.send()
          for (const { key, value } of records) {
            const decoded = codec.decode(Buffer.from(value ?? ''))
            if (decoded.kind !== 'record') throw new Error(decoded.detail)
            world.sent.push({ key, id: decoded.record.id, text: decoded.record.message.text })
          }
        },
        async close() {
          world.producers -= 1
        },
      }
    },
    codec,
    topics: { dispatch: 'bellhop.dispatch', status: 'bellhop.status' },
    observer,
    logger: { warn: (_fields: object, text: string) => void world.warned.push(text) } as never,
    clock: systemClock,
  })
  return { world, speaker, eventsOf }
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000)

beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what bellhop has to say', () => {
  it('is queued under the key of its lane, on record under an id of its own, and told', async () => {
    const { world, speaker, eventsOf } = createBench()
    await seconds(3)
    world.processes = [withLanes(open('sales'))]
    await seconds(2)

    const [message] = world.sent
    expect(world.sent).toHaveLength(1)
    expect(message?.key).toMatch(/^https:\/\/hooks\.slack\.com\/[0-9a-f]{32}$/)
    expect(message?.text).toMatch(/^bellhop: sales takes nothing/)
    expect(parseMessageId(message?.id ?? '')).toEqual({
      topic: 'bellhop.status',
      partition: 0,
      offset: NOON + 4_500,
      action: 'bellhop.notify',
      destination: 'ops',
    })
    expect(eventsOf('notified')).toMatchObject([{ cause: 'breaker_opened', destination: 'ops' }])
    expect(speaker.notified()).toEqual([{ cause: 'breaker_opened', at: NOON + 4_500 }])
    await speaker.stop()
    expect(world).toMatchObject({ groups: 0, producers: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has an id for each message, though two are said at once', async () => {
    const { world, speaker } = createBench()
    world.processes = [
      processStatus({ lanes: [open('sales')], reload: { at: NOON, result: 'refused', detail: null } }),
    ]
    await seconds(1)

    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(2)
    await speaker.stop()
  })

  it.each([
    ['its breaker is open', lane('ops', { breaker: 'open' })],
    ['its breaker is half open', lane('ops', { breaker: 'half_open' })],
    ['its posts fail', lane('ops', { failing_since: NOON })],
    ['it is paused', lane('ops', { paused: true })],
  ])('is not queued for its own lane while %s, but afterwards; a line in the log stands for it', async (_, broken) => {
    const { world, speaker } = createBench()
    world.processes = [withLanes(open('sales'), broken)]
    await seconds(60)
    expect(world.sent).toEqual([])
    expect(world.warned).toEqual([
      expect.stringMatching(/^ops is not told, since its own lane is broken: .*sales takes nothing/),
    ])
    world.processes = [withLanes(open('sales'), lane('ops'))]
    await seconds(3)

    expect(world.sent).toMatchObject([{ text: expect.stringContaining('sales takes nothing') }])
    await speaker.stop()
  })

  it('is not queued for a destination that has been disabled', async () => {
    const { world, speaker } = createBench()
    world.config = {
      ...world.config,
      destinations: new Map([['ops', { ...testWebhook('ops'), enabled: false }]]),
    }
    world.processes = [withLanes(open('sales'))]
    await seconds(60)

    expect(world.sent).toEqual([])
    await speaker.stop()
  })

  it('is tried again as long as it holds, and one line in the log says so', async () => {
    const { world, speaker } = createBench()
    world.processes = [withLanes(open('sales'))]
    world.send = () => Promise.reject(new Error('away'))
    await seconds(120)
    expect(world.warned).toEqual(['what bellhop has to tell of itself waits until it can be queued'])
    world.send = async () => undefined
    await seconds(10)

    expect(world.sent).toHaveLength(1)
    expect(world.producers).toBe(0)
    await speaker.stop()
  })
})

describe('whoever leads', () => {
  it('says nothing while another leads, and follows nobody', async () => {
    const { world, speaker } = createBench()
    world.leads = false
    world.processes = [withLanes(open('sales'))]
    await seconds(60)
    expect(world).toMatchObject({ sent: [], groups: 0 })
    world.leads = true
    await seconds(3)
    expect(world.groups).toBe(1)
    expect(world.sent).toHaveLength(1)
    world.leads = false
    await seconds(2)

    expect(world.groups).toBe(0)
    await speaker.stop()
  })

  it.each([
    ['of its record', (world: { notified: unknown[] }, times: unknown[]) => world.notified.push(...times)],
    [
      'of a living process',
      (world: { processes: ProcessStatus[] }, times: { cause: string; at: number }[]) => {
        world.processes = [processStatus({ lanes: [open('sales')], notified: times })]
      },
    ],
  ])('keeps to the times of the one before: %s', async (_, hand) => {
    const { world, speaker } = createBench()
    world.processes = [withLanes(open('sales'))]
    hand(world, [{ cause: 'breaker_opened', at: NOON - 4 * MINUTE }])
    await seconds(359)
    expect(world.sent).toEqual([])
    expect(speaker.notified()).toEqual([{ cause: 'breaker_opened', at: NOON - 4 * MINUTE }])
    await seconds(2)

    expect(world.sent).toHaveLength(1)
    await speaker.stop()
  })

  it('keeps to its own times when it leads again', async () => {
    const { world, speaker } = createBench()
    world.processes = [withLanes(open('sales'))]
    await seconds(2)
    world.leads = false
    await seconds(10)
    world.leads = true
    world.processes = [withLanes(open('sales'), open('vip'))]
    await seconds(540)

    expect(world.sent).toHaveLength(1)
    await speaker.stop()
  })

  it('looks anew after a freeze', async () => {
    const { world, speaker } = createBench()
    await seconds(3)
    let opened = 0
    world.openGroup = async () => {
      opened += 1
    }
    const clock = vi.spyOn(systemClock, 'monotonicMs')
    clock.mockImplementation(() => performance.now() + 60_000)
    await seconds(2)

    expect(opened).toBe(1)
    expect(world.groups).toBe(1)
    clock.mockRestore()
    await speaker.stop()
  })
})

describe('before it speaks', () => {
  it('the group has to know, so that whoever takes over does', async () => {
    const { world, speaker } = createBench()
    world.isHeard = false
    world.processes = [withLanes(open('sales'))]
    await seconds(30)
    expect(speaker.notified()).toEqual([{ cause: 'breaker_opened', at: NOON }])
    expect(world.sent).toEqual([])
    world.isHeard = true
    await seconds(1)

    expect(world.sent).toHaveLength(1)
    await speaker.stop()
  })

  it.each([
    ['does not hold any more', [withLanes()]],
    ['would go through a lane that has broken', [withLanes(open('sales'), open('ops'))]],
  ])('it takes back what %s meanwhile', async (_, processes) => {
    const { world, speaker } = createBench()
    world.isHeard = false
    world.processes = [withLanes(open('sales'))]
    await seconds(1)
    world.processes = processes
    await seconds(2)

    expect(speaker.notified()).toEqual([])
    expect(world.sent).toEqual([])
    await speaker.stop()
  })
})

it('a reload that takes notify away ends it, and one that brings it begins it', async () => {
  const { world, speaker } = createBench()
  const { config } = world
  await seconds(3)
  world.config = { ...config, notify: null }
  await seconds(2)
  expect(world.groups).toBe(0)
  world.config = config
  await seconds(2)

  expect(world.groups).toBe(1)
  await speaker.stop()
})

it('a stop waits for no broker, and what comes too late is closed', async () => {
  const { world, speaker } = createBench()
  const opened = Promise.withResolvers<void>()
  world.openGroup = () => opened.promise
  await seconds(3)
  const stopped = vi.fn()
  void speaker.stop().then(stopped)
  await seconds(2)
  expect(stopped).toHaveBeenCalled()
  opened.resolve()
  await seconds(1)

  expect(world.groups).toBe(0)
})
