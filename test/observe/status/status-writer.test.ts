import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import { startStatusWriter } from '../../../src/observe/status/status-writer.ts'
import { quietKafka } from '../../support/read-topic.ts'
import { createRecordingObserver } from '../../support/recording-observer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A writer over a broker that answers as told. */
function writing(send: (nth: number) => Promise<void>) {
  const sent: { key: string; isEnd: boolean }[] = []
  const heard = createRecordingObserver()
  let opened = 0
  let closed = 0
  const writer = startStatusWriter({
    kafka: quietKafka(['127.0.0.1:1']),
    topic: 'bellhop.status',
    codec: createRecordCodecs().status,
    stages: [],
    health: { readiness: () => ({ ok: true, components: [] }) },
    configVersion: () => 'abcdef012345',
    memory: { deadLetters: () => 0, reload: () => null },
    notified: () => [],
    observer: heard.observer,
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
    random: () => 0.5,
    async open() {
      opened += 1
      return {
        async send(key, value) {
          sent.push({ key, isEnd: value === null })
          await send(sent.length)
        },
        async close() {
          closed += 1
        },
      }
    },
  })
  return { writer, sent, heard, opened: () => opened, closed: () => closed }
}

const never = (): Promise<void> => new Promise(() => undefined)

describe('who writes the status', () => {
  it('writes at once, then every two seconds, and takes its record back at the end', async () => {
    const { writer, sent, closed } = writing(async () => undefined)
    await vi.advanceTimersByTimeAsync(4_100)
    expect(sent).toEqual([0, 1, 2].map(() => ({ key: writer.process, isEnd: false })))
    await writer.stop()
    expect(sent.at(-1)).toEqual({ key: writer.process, isEnd: true })
    expect(closed()).toBe(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sent).toHaveLength(4)
  })

  it('has one record on its way however long the broker takes, and ends within half a second', async () => {
    const { writer, sent, heard } = writing(never)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
    expect(heard.recorded).toEqual([])
    let hasStopped = false
    void writer.stop().then(() => {
      hasStopped = true
    })
    await vi.advanceTimersByTimeAsync(499)
    expect(hasStopped).toBe(false)
    await vi.advanceTimersByTimeAsync(2)
    expect(hasStopped).toBe(true)
  })

  it('tells of a write that failed, and goes on with a producer of its own', async () => {
    const { sent, heard, opened, closed } = writing(async (nth) => {
      if (nth === 1) throw new Error('no leader')
    })
    await vi.advanceTimersByTimeAsync(2_100)
    expect(heard.eventsOf('statusFailed')).toHaveLength(1)
    expect(sent).toHaveLength(2)
    expect([opened(), closed()]).toEqual([2, 1])
  })

  it('takes nothing back where nothing was written', async () => {
    const { writer, sent } = writing(async () => {
      throw new Error('away')
    })
    await vi.advanceTimersByTimeAsync(100)
    await writer.stop()
    expect(sent).toEqual([{ key: writer.process, isEnd: false }])
  })
})
