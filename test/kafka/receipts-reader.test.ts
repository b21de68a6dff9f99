import type { KafkaMessage } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Receipt } from '../../src/core/records.ts'
import type { HeldPartition } from '../../src/kafka/held-partition.ts'
import { ReceiptsReader } from '../../src/kafka/receipts-reader.ts'
import type { Decoded } from '../../src/kafka/record-codec.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A reader of partition 3, over records whose value is `ok` or foreign. */
function readerBench() {
  const orders: string[] = []
  const held = {
    topic: 'receipts',
    partition: 3,
    moveTo: (offset: number) => void orders.push(`move to ${offset}`),
    goOn: (offset: number) => void orders.push(`go on at ${offset}`),
  } as unknown as HeldPartition
  const decode = (value: Buffer): Decoded<Receipt> =>
    value.toString() === 'ok'
      ? { kind: 'record', record: {} as Receipt }
      : { kind: 'malformed', detail: 'not JSON' }
  const reader = new ReceiptsReader(held, { codec: { encode: () => '', decode }, lost: () => undefined })
  const given: number[] = []
  const lost = new AbortController()
  const want = (from: number, end: number) =>
    reader.read({ from, end, onReceipt: (_, offset) => void given.push(offset), signal: lost.signal })
  const batch = (offsets: number[], { lastOffset = offsets.at(-1) ?? 0, foreign = [] as number[] } = {}) =>
    reader.consume({
      fetchedOffset: offsets[0] ?? 0,
      messages: offsets.map(
        (offset) =>
          ({
            offset: String(offset),
            value: Buffer.from(foreign.includes(offset) ? '?' : 'ok'),
          }) as KafkaMessage,
      ),
      lastOffset,
    })
  return { reader, want, batch, given, lost, orders }
}

describe('receipts that are wanted', () => {
  it('are given up to the end, and then the partition stands still', async () => {
    const { want, batch, given, orders } = readerBench()
    const reading = want(10, 14)
    expect(orders).toEqual(['move to 10', 'go on at 10'])
    expect(await batch([10, 11])).toEqual({ kind: 'taken' })
    expect(await batch([12, 13])).toEqual({ kind: 'held_back', nextOffset: 14 })
    expect(await reading).toBe(4)
    expect(given).toEqual([10, 11, 12, 13])
  })

  it('are none where the log ends where reading would begin', async () => {
    const { want } = readerBench()
    expect(await want(10, 10)).toBe(0)
  })

  it('end with control records too, which no batch shows', async () => {
    const { reader, want, batch } = readerBench()
    const reading = want(10, 13)
    await batch([10, 11])
    reader.passed(13)
    expect(await reading).toBe(2)
  })

  it('leave out what is none of ours', async () => {
    const { want, batch, given } = readerBench()
    const reading = want(10, 12)
    await batch([10, 11], { foreign: [10] })
    expect(await reading).toBe(1)
    expect(given).toEqual([11])
  })

  it('fail where the partition is lost, and where it gives nothing for long', async () => {
    const { want, lost } = readerBench()
    const first = expect(want(10, 12)).rejects.toThrow('receipts/3 gave nothing for 30 s')
    await vi.advanceTimersByTimeAsync(30_000)
    await first
    const second = expect(want(10, 12)).rejects.toThrow('no longer wanted')
    lost.abort()
    await second
  })
})

it('a partition that nobody wants waits before it begins, and takes nothing', async () => {
  const { reader, want, batch, given } = readerBench()
  let began: number | null = null
  const prepared = reader.prepare(new AbortController().signal).then((offset) => (began = offset))
  await Promise.resolve()
  expect(began).toBe(null)
  const reading = want(10, 11)
  await prepared
  expect(began).toBe(10)
  await batch([10])
  await reading
  expect(await batch([11, 12])).toEqual({ kind: 'held_back', nextOffset: 11 })
  expect(given).toEqual([10])
})
