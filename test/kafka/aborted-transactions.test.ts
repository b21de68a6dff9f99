import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FetchedRecord, withoutAborted } from '../../src/kafka/aborted-transactions.ts'

const record = (offset: number, producerId: string, inTransaction = true): FetchedRecord => ({
  offset: String(offset),
  key: Buffer.from('k'),
  isControlRecord: false,
  batchContext: { producerId, inTransaction },
})
const marker = (offset: number, producerId: string, type: 'abort' | 'commit'): FetchedRecord => ({
  offset: String(offset),
  key: Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]),
  isControlRecord: true,
  batchContext: { producerId, inTransaction: true },
})

function dataOffsets(
  messages: FetchedRecord[],
  aborted: [producerId: string, firstOffset: number][],
): number[] {
  const abortedTransactions = aborted.map(([producerId, firstOffset]) => ({
    producerId,
    firstOffset: String(firstOffset),
  }))
  return withoutAborted({ messages, abortedTransactions })
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(({ offset }) => Number(offset))
}

describe('reading committed', () => {
  it('leaves out several transactions that were aborted at once, in whatever order the broker names them', () => {
    const messages = [
      record(10, 'a'),
      record(11, 'b'),
      record(12, 'c'),
      marker(13, 'c', 'abort'),
      marker(14, 'a', 'abort'),
      marker(15, 'b', 'commit'),
    ]
    expect(
      dataOffsets(messages, [
        ['c', 12],
        ['a', 10],
      ]),
    ).toEqual([11])
  })

  it('leaves out transactions that began before the fetch', () => {
    const messages = [record(20, 'a'), record(21, 'b'), record(22, 'c')]
    expect(
      dataOffsets(messages, [
        ['c', 3],
        ['b', 2],
        ['a', 1],
      ]),
    ).toEqual([])
  })

  it('keeps what the same producer commits after an abort', () => {
    const messages = [record(1, 'a'), marker(2, 'a', 'abort'), record(3, 'a'), marker(4, 'a', 'commit')]
    expect(dataOffsets(messages, [['a', 1]])).toEqual([3])
  })

  it('keeps what is written outside transactions', () => {
    expect(dataOffsets([record(1, 'a', false)], [['a', 1]])).toEqual([1])
  })

  it('does not take a key of four zero bytes for an abort marker', () => {
    const zeroKey = { ...record(1, 'a'), key: Buffer.alloc(4) }
    expect(dataOffsets([zeroKey, record(2, 'a'), marker(3, 'a', 'abort')], [['a', 1]])).toEqual([])
  })

  it('compares offsets as numbers', () => {
    const messages = [record(99, 'a'), record(100, 'b'), marker(101, 'b', 'abort')]
    expect(dataOffsets(messages, [['b', 100]])).toEqual([99])
  })

  it('gives exactly the committed records of any interleaving, from wherever the fetch begins', () => {
    const producer = fc.constantFrom('a', 'b', 'c', 'd')
    const step = fc.tuple(producer, fc.constantFrom('write', 'write', 'write', 'abort', 'commit'))
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.nat(80),
        fc.infiniteStream(fc.nat()),
        (steps, from, order) => {
          const { log, aborted, committed } = replay(steps)
          const fetched = log.filter(({ offset }) => Number(offset) >= from)
          // The broker names those whose abort marker lies in the fetch or beyond it.
          const shuffled = aborted
            .filter(({ lastOffset }) => lastOffset >= from)
            .map(({ producerId, firstOffset }) => ({
              transaction: [producerId, firstOffset] as [string, number],
              at: Number(order.next().value),
            }))
            .sort((left, right) => left.at - right.at)
            .map(({ transaction }) => transaction)
          expect(dataOffsets(fetched, shuffled)).toEqual(committed.filter((offset) => offset >= from))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

/** Writes a log as the steps say; what is still open at its end is committed. */
function replay(steps: readonly [string, string][]) {
  const log: FetchedRecord[] = []
  const aborted: { producerId: string; firstOffset: number; lastOffset: number }[] = []
  const committed: number[] = []
  const open = new Map<string, number[]>()
  const end = (producerId: string, type: 'abort' | 'commit'): void => {
    const offsets = open.get(producerId)
    if (offsets === undefined) return
    open.delete(producerId)
    log.push(marker(log.length, producerId, type))
    if (type === 'commit') committed.push(...offsets)
    else aborted.push({ producerId, firstOffset: offsets[0] ?? 0, lastOffset: log.length - 1 })
  }
  for (const [producerId, action] of steps) {
    if (action !== 'write') {
      end(producerId, action === 'abort' ? 'abort' : 'commit')
      continue
    }
    open.set(producerId, [...(open.get(producerId) ?? []), log.length])
    log.push(record(log.length, producerId))
  }
  for (const producerId of [...open.keys()]) end(producerId, 'commit')
  return { log, aborted, committed: committed.sort((a, b) => a - b) }
}
