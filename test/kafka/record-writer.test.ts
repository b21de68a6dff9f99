import type { Kafka, ProducerBatch, RecordMetadata } from 'kafkajs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'

const KIB = 1_024

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A broker that takes requests, or refuses the nth ones; it keeps who sent what. */
function brokerThatRefuses(...refused: number[]) {
  const requests: { producer: number; keys: string[]; answer: 'taken' | 'refused' }[] = []
  let producers = 0
  const kafka = {
    producer() {
      producers += 1
      const producer = producers
      return {
        connect: async () => undefined,
        disconnect: async () => undefined,
        async sendBatch({ topicMessages = [] }: ProducerBatch): Promise<RecordMetadata[]> {
          const messages = topicMessages.flatMap((topic) => topic.messages)
          const answer = refused.includes(requests.length) ? 'refused' : 'taken'
          requests.push({ producer, keys: messages.map(({ key }) => String(key)), answer })
          if (answer === 'refused') throw new Error('NOT_ENOUGH_REPLICAS')
          return []
        },
      }
    },
  }
  return { kafka: kafka as unknown as Kafka, requests }
}

async function bench(...refused: number[]) {
  const { kafka, requests } = brokerThatRefuses(...refused)
  const { observer, eventsOf } = createRecordingObserver()
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
  const writer = await RecordWriter.connect({ kafka, observer, clock })
  const acknowledged: string[] = []
  /** Records of 200 KiB: two to a request. */
  const write = (...keys: string[]): void => {
    for (const key of keys) {
      const written = writer.write({ topic: 'receipts', key, value: 'x'.repeat(200 * KIB) })
      void written.then(() => acknowledged.push(key))
    }
  }
  return { writer, write, requests, acknowledged, eventsOf }
}

it('sends again only the request that failed, and what follows it: each acknowledged record goes out once', async () => {
  const { write, requests, acknowledged, eventsOf } = await bench(1)
  write('a', 'b', 'c', 'd', 'e')
  await vi.runAllTimersAsync()
  expect(requests).toEqual([
    { producer: 1, keys: ['a', 'b'], answer: 'taken' },
    { producer: 1, keys: ['c', 'd'], answer: 'refused' },
    { producer: 2, keys: ['c', 'd'], answer: 'taken' },
    { producer: 2, keys: ['e'], answer: 'taken' },
  ])
  expect(acknowledged).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(eventsOf('writeFailed')).toMatchObject([{ topic: 'receipts', records: 2, retryInMs: 200 }])
})

it('acknowledges a request while the next one is still refused', async () => {
  const { write, acknowledged } = await bench(1, 2)
  write('a', 'b', 'c')
  await vi.advanceTimersByTimeAsync(250)
  expect(acknowledged).toEqual(['a', 'b'])
  await vi.runAllTimersAsync()
  expect(acknowledged).toEqual(['a', 'b', 'c'])
})

it('tells the age of the oldest record without acknowledgement, whether it is in a request or waits', async () => {
  const { writer, write } = await bench(0, 3)
  write('a', 'b')
  await vi.advanceTimersByTimeAsync(150)
  write('c')
  expect(writer.oldestUnacknowledgedMs()).toBe(150)
  // At 200 a and b are taken, and c at once behind them.
  await vi.advanceTimersByTimeAsync(60)
  expect(writer.oldestUnacknowledgedMs()).toBe(0)
  write('d', 'e', 'f')
  await vi.advanceTimersByTimeAsync(100)
  expect(writer.oldestUnacknowledgedMs()).toBe(100)
  await vi.runAllTimersAsync()
  expect(writer.oldestUnacknowledgedMs()).toBe(0)
})

it('keeps the order of what was written while a request failed', async () => {
  const { write, requests, acknowledged } = await bench(0)
  write('a')
  await vi.advanceTimersByTimeAsync(10)
  write('b', 'c')
  await vi.runAllTimersAsync()
  expect(requests.map(({ keys }) => keys)).toEqual([['a'], ['a'], ['b', 'c']])
  expect(acknowledged).toEqual(['a', 'b', 'c'])
})

it('says on closing whether anything is without acknowledgement, and sends nothing afterwards', async () => {
  const { writer, write, requests, acknowledged } = await bench(1, 2, 3, 4, 5)
  write('a', 'b', 'c')
  const closed = writer.close(500)
  await vi.runAllTimersAsync()
  expect(await closed).toBe(false)
  const sent = requests.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(requests).toHaveLength(sent)
  expect(acknowledged).toEqual(['a', 'b'])
  expect(writer.oldestUnacknowledgedMs()).toBeGreaterThan(0)
})
