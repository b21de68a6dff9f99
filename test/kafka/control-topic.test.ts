import type { Kafka } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import type { Control } from '../../src/core/records.ts'
import { openControls } from '../../src/kafka/control-topic.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import type { MakeRecord } from '../../src/kafka/topic-cluster.ts'
import { RegistryUnavailable, SchemaNotYetKnown } from '../../src/registry/registry-errors.ts'

/** What the broker gives with each poll, in order; then nothing, a quarter of a second each. */
const broker = vi.hoisted(() => ({
  high: 0,
  polls: [] as (unknown[] | Error)[],
  polled: 0,
  closed: false,
  /** Fails the poll that waits, as a connection does that is closed. */
  hangUp: () => {},
  isMissing: false,
}))

vi.mock(import('../../src/kafka/topic-ends.ts'), () => ({
  TopicEnds: class {
    async ask() {
      return new Map([[0, { low: 0, high: broker.high }]])
    }
    async close() {}
  } as never,
}))

vi.mock(import('../../src/kafka/topic-follower.ts'), () => ({
  async openTopicFollower<T>(_: Kafka, { topic }: { topic: string }, makerFor: (p: number) => MakeRecord<T>) {
    if (broker.isMissing) return null
    return {
      topic,
      async poll() {
        broker.polled += 1
        const next = broker.polls.shift() ?? []
        if (next instanceof Error) throw next
        if (next.length === 0) {
          await new Promise<void>((resolve, reject) => {
            const timer = setTimeout(resolve, 250)
            broker.hangUp = () => {
              clearTimeout(timer)
              reject(new Error('closed'))
            }
          })
        }
        const make = makerFor(0)
        const records = (next as (Parameters<MakeRecord<T>>[0] & { offset: string })[]).map((record) =>
          make(record, Number(record.offset)),
        )
        return next.length === 0 ? [] : [{ partition: 0, records }]
      },
      async close() {
        broker.closed = true
        broker.hangUp()
      },
    }
  },
}))

const codec = createRecordCodecs().control
let offset = 0

beforeEach(() => {
  vi.useFakeTimers()
  offset = 0
  Object.assign(broker, { high: 0, polls: [], polled: 0, closed: false, isMissing: false, hangUp: () => {} })
})
afterEach(() => void vi.useRealTimers())

function raw(key: string | null, value: Buffer | string | null) {
  const record = {
    offset: String(offset),
    key: key === null ? null : Buffer.from(key),
    isControlRecord: false,
  }
  offset += 1
  return { ...record, timestamp: '0', value: value === null ? null : Buffer.from(value) }
}

function said(kind: Control['kind'], destination: string, key = `${kind}/${destination}`) {
  return raw(key, codec.encode({ kind, destination, why: null, by: null, since: 0, until: null }))
}

function opening(given = codec) {
  const changed = vi.fn()
  const warn = vi.fn()
  const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() }
  const opened = openControls({ kafka: {} as Kafka, topic: 'p.controls', codec: given, clock, changed, warn })
  return { opened, changed, warn }
}

/** A topic that held these when it was opened. */
async function opened(...before: ReturnType<typeof raw>[]) {
  broker.high = offset
  if (before.length > 0) broker.polls.unshift(before)
  const open = opening()
  // So long a broker that lets us read may take to say that nothing is there.
  if (before.length === 0) await vi.advanceTimersByTimeAsync(100)
  return { ...open, controls: await open.opened }
}

describe('the topic of silences and pauses', () => {
  it('is read to where it ended, in however many portions, before anything goes on', async () => {
    broker.polls = [[said('pause', 'a')], [said('silence', 'b')], [raw('pause/a', null)]]
    broker.high = 3
    const { opened, changed } = opening()
    const controls = await opened
    expect(controls.list()).toMatchObject([{ kind: 'silence', destination: 'b' }])
    expect(changed).not.toHaveBeenCalled()
    await controls.close()
  })

  it('is known at once where it is empty', async () => {
    const { controls } = await opened()
    expect(controls.list()).toEqual([])
    await controls.close()
    expect(broker.closed).toBe(true)
  })

  it('is refused, with the permission that is missing, where it may not be read though nothing is there yet', async () => {
    const refused = new Error('Not authorized to access topics')
    broker.polls = [Object.assign(refused, { type: 'TOPIC_AUTHORIZATION_FAILED' })]
    const { opened } = opening()
    await expect(opened).rejects.toMatchObject({
      code: 'topic_unsuitable',
      message: expect.stringContaining('allow it Read there'),
    })
    expect(broker.closed).toBe(true)
  })

  it('is read to its end though that is nothing that can be seen', async () => {
    broker.polls = [[said('pause', 'a')]]
    broker.high = 2
    const { opened } = opening()
    await vi.advanceTimersByTimeAsync(5_000)
    const controls = await opened
    expect(controls.isPaused('a')).toBe(true)
    await controls.close()
  })

  it('is no end where the broker gives nothing for once', async () => {
    broker.polls = [[], [], [said('pause', 'a')]]
    broker.high = 1
    const { opened } = opening()
    await vi.advanceTimersByTimeAsync(500)
    expect((await opened).isPaused('a')).toBe(true)
    await (await opened).close()
  })

  it('is followed, and who waits is told', async () => {
    const { controls, changed } = await opened(said('pause', 'a'))
    broker.polls.push([said('silence', 'b')])
    await vi.advanceTimersByTimeAsync(500)
    expect(changed).toHaveBeenCalledTimes(1)
    broker.polls.push([raw('pause/a', null)])
    await vi.advanceTimersByTimeAsync(500)
    expect(changed).toHaveBeenCalledTimes(2)
    expect(controls.list()).toMatchObject([{ kind: 'silence', destination: 'b' }])
    await controls.close()
  })

  it('keeps what it knew while the broker is away, says so once, and goes on', async () => {
    const { controls, changed, warn } = await opened(said('pause', 'a'))
    broker.polls.push(...Array(5).fill(new Error('connection refused')), [said('pause', 'b')])
    await vi.advanceTimersByTimeAsync(3_000)
    expect([controls.isPaused('a'), controls.isPaused('b')]).toEqual([true, false])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(controls.isPaused('b')).toBe(true)
    expect(changed).toHaveBeenCalledTimes(1)
    expect(warn).toHaveBeenCalledTimes(1)
    await controls.close()
  })

  it('polls no more once it is closed', async () => {
    const { controls } = await opened()
    await vi.advanceTimersByTimeAsync(100)
    await controls.close()
    const { polled } = broker
    await vi.advanceTimersByTimeAsync(5_000)
    expect(broker.polled).toBe(polled)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each<[string, () => ReturnType<typeof raw>]>([
    ['without a key', () => raw(null, 'x')],
    ['under a key of another kind', () => said('pause', 'a', 'mute/a')],
    ['under a key without a destination', () => raw('pause/', null)],
    ['under a key that no destination has', () => raw(`pause/${'x'.repeat(2_000)}`, null)],
    ['about another destination than its key', () => said('pause', 'a', 'pause/other')],
    ['of another kind than its key', () => said('silence', 'a', 'pause/a')],
    ['that is not JSON', () => raw('pause/a', 'x')],
    ['that lacks what it should say', () => raw('pause/a', '{"kind":"pause"}')],
    ['in Avro, where no registry is configured', () => raw('pause/a', Buffer.from([0, 0, 0, 0, 7, 1]))],
  ])('passes a record over %s, and says so', async (_, foreign) => {
    const { controls, warn } = await opened(said('pause', 'first'), foreign(), said('pause', 'last'))
    expect(controls.list().map(({ destination }) => destination)).toEqual(['first', 'last'])
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[1]).toMatchObject({
      topic: 'p.controls',
      records: 1,
      first: expect.stringMatching(/^p\.controls:0:1: /),
    })
    await controls.close()
  })

  it('is said to be missing where it is', async () => {
    broker.isMissing = true
    const missing = await opening().opened.catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(AppError)
    expect(missing).toMatchObject({ code: 'topic_missing', message: expect.stringContaining('p.controls') })
  })
})

describe('a registry', () => {
  function learning(...answers: (Error | null)[]) {
    const learn = vi.fn(async () => {
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (answer instanceof Error) throw answer
    })
    return { ...codec, learn }
  }

  it('that does not answer keeps the topic from being opened', async () => {
    broker.polls = [[said('pause', 'a')]]
    broker.high = 1
    await expect(opening(learning(new RegistryUnavailable('away'))).opened).rejects.toThrow('away')
    expect(broker.closed).toBe(true)
  })

  it('that goes away later is asked again, and nothing that was read is lost', async () => {
    const given = learning(new RegistryUnavailable('away'), new RegistryUnavailable('away'), null)
    const { opened, warn } = opening(given)
    await vi.advanceTimersByTimeAsync(100)
    const controls = await opened
    broker.polls.push([said('pause', 'a')])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(controls.isPaused('a')).toBe(false)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(controls.isPaused('a')).toBe(true)
    expect(warn).toHaveBeenCalledTimes(1)
    await controls.close()
  })

  it('that does not know a schema is asked for a few seconds, and then not waited for', async () => {
    broker.polls = [[said('pause', 'a')]]
    broker.high = 1
    const given = learning(new SchemaNotYetKnown(7, 30_000))
    const { opened } = opening(given)
    await vi.advanceTimersByTimeAsync(6_000)
    const controls = await opened
    expect(given.learn.mock.calls.length).toBeGreaterThan(2)
    expect(controls.isPaused('a')).toBe(true)
    await controls.close()
  })
})
