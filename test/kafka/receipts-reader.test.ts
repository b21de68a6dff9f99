import type { KafkaMessage } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Receipt } from '../../src/core/records.ts'
import type { HeldPartition } from '../../src/kafka/held-partition.ts'
import { ReceiptsReader } from '../../src/kafka/receipts-reader.ts'
import type { Decoded, RecordCodec } from '../../src/kafka/record-codec.ts'

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
  const decode = (value: Buffer): Decoded<Receipt> => {
    if (value.toString() === 'ok') return { kind: 'record', record: {} as Receipt }
    return value.toString() === '?'
      ? { kind: 'malformed', detail: 'not JSON' }
      : { kind: 'unknown_schema', detail: 'schema 7 is not in the registry' }
  }
  const learning: PromiseWithResolvers<void>[] = []
  const codec: RecordCodec<Receipt> = {
    encode: () => '',
    missingSchema: () => null,
    learn: () => learning.at(-1)?.promise ?? null,
    decode,
  }
  const reader = new ReceiptsReader(held, { codec, lost: () => undefined })
  const given: number[] = []
  const lost = new AbortController()
  const want = (from: number, end: number) =>
    reader.read({ from, end, onReceipt: (_, offset) => void given.push(offset), signal: lost.signal })
  const batch = (
    offsets: number[],
    { lastOffset = offsets.at(-1) ?? 0, foreign = [] as number[], lost = [] as number[] } = {},
  ) =>
    reader.consume({
      fetchedOffset: offsets[0] ?? 0,
      messages: offsets.map(
        (offset) =>
          ({
            offset: String(offset),
            value: Buffer.from(foreign.includes(offset) ? '?' : lost.includes(offset) ? 'lost' : 'ok'),
          }) as KafkaMessage,
      ),
      lastOffset,
    })
  /** The schema of what comes next is not known; to be resolved by the test. */
  const asks = (): PromiseWithResolvers<void> => {
    const asked = Promise.withResolvers<void>()
    learning.push(asked)
    return asked
  }
  return { reader, want, batch, given, lost, orders, asks }
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

describe('receipts whose schema has to be asked for first', () => {
  it('are given once it is known', async () => {
    const { want, batch, given, asks } = readerBench()
    const reading = want(10, 12)
    const asked = asks()
    const consumed = batch([10, 11])
    await vi.advanceTimersByTimeAsync(100)
    expect(given).toEqual([])
    asked.resolve()
    expect(await consumed).toEqual({ kind: 'held_back', nextOffset: 12 })
    expect(await reading).toBe(2)
  })

  it('are not given to whoever wants another range by then', async () => {
    const { want, batch, given, asks } = readerBench()
    const first = expect(want(10, 12)).rejects.toThrow('other receipts are wanted')
    const asked = asks()
    const consumed = batch([10, 11])
    void want(20, 22)
    asked.resolve()
    expect(await consumed).toEqual({ kind: 'held_back', nextOffset: 20 })
    await first
    expect(given).toEqual([])
  })

  it('fail the partition, which tries again, where the registry cannot be asked', async () => {
    const { want, batch, given, asks } = readerBench()
    const reading = want(10, 12)
    asks().reject(new Error('no registry'))
    await expect(batch([10, 11])).rejects.toThrow('no registry')
    asks().resolve()
    await batch([10, 11])
    expect(await reading).toBe(2)
    expect(given).toEqual([10, 11])
  })

  it('are not passed over where the registry does not know it: their messages would be posted again', async () => {
    const { want, batch, given } = readerBench()
    void want(10, 12)
    await expect(batch([10, 11], { lost: [11] })).rejects.toThrow(
      /receipts\/3, offset 11, cannot be read.*posted twice: schema 7 is not in the registry/,
    )
    expect(given).toEqual([])
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
