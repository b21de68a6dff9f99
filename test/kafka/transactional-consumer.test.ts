import type { Admin, KafkaMessage } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HeldPartition } from '../../src/kafka/held-partition.ts'
import { TransactionalOwner } from '../../src/kafka/transactional-consumer.ts'
import type { ConsumedUpTo, OutgoingRecord } from '../../src/kafka/transactional-writer.ts'
import { silentObserver } from '../support/recording-observer.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** An owner of partition 0, committed at 40, whose events with the value `out` give one record each. */
async function ownerBench() {
  const commits: { records: number; upTo: number }[] = []
  const failures: unknown[] = []
  const waits: { commit: Promise<unknown>; transform: Promise<unknown> } = {
    commit: Promise.resolve(),
    transform: Promise.resolve(),
  }
  const told = { discarded: 0, worked: 0, transformed: [] as number[] }
  const partition = {
    topic: 'events',
    partition: 0,
    prepareAgain: (error: unknown) => void failures.push(error),
    worked: () => {
      told.worked += 1
    },
  } as unknown as HeldPartition
  const owner = new TransactionalOwner({
    admin: {
      fetchOffsets: async () => [
        { topic: 'events', partitions: [{ partition: 0, offset: '40', metadata: null }] },
      ],
      fetchTopicOffsets: async () => [{ partition: 0, low: '0', high: '1000' }],
    } as unknown as Admin,
    groupId: 'group',
    partition,
    observer: silentObserver(),
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
    async transform(records) {
      await waits.transform
      told.transformed.push(records[0]?.offset ?? -1)
      return records
        .filter(({ value }) => String(value) === 'out')
        .map((): OutgoingRecord => ({ topic: 'dispatch', key: null, value: 'message' }))
    },
    openWriter: async () => ({
      async commit(records: readonly OutgoingRecord[], upTo: readonly ConsumedUpTo[]) {
        await waits.commit
        commits.push({ records: records.length, upTo: upTo[0]?.nextOffset ?? -1 })
      },
      async discard() {
        told.discarded += 1
      },
    }),
  })
  const startedAt = await owner.prepare(new AbortController().signal)
  return { owner, commits, failures, waits, told, startedAt }
}

function batch(from: number, values: readonly string[], { reachesEnd = false } = {}) {
  const messages = values.map(
    (value, nth): KafkaMessage => ({
      offset: String(from + nth),
      timestamp: '0',
      key: null,
      value: Buffer.from(value),
      attributes: 0,
      headers: {},
    }),
  )
  return { fetchedOffset: from, messages, lastOffset: from + values.length - 1, reachesEnd }
}

/** As many turns of the event loop as anything here takes. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function promiseToEnd(): { promise: Promise<void>; resolve(): void; reject(error: Error): void } {
  return Promise.withResolvers<void>()
}

describe('a partition whose batches are committed in transactions', () => {
  it('begins where its group has committed', async () => {
    const { startedAt } = await ownerBench()
    expect(startedAt).toBe(40)
  })

  it('commits at once what a batch at the end of the log gives', async () => {
    const { owner, commits, told } = await ownerBench()
    await owner.consume(batch(40, ['out', 'no', 'out'], { reachesEnd: true }))
    await settle()
    expect(commits).toEqual([{ records: 2, upTo: 43 }])
    expect(told.worked).toBe(1)
  })

  it('lets several batches before the end of the log share a transaction', async () => {
    const { owner, commits } = await ownerBench()
    await owner.consume(batch(40, ['out']))
    await owner.consume(batch(41, ['no']))
    await owner.consume(batch(42, ['out']))
    await settle()
    expect(commits).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    await settle()
    expect(commits).toEqual([{ records: 2, upTo: 43 }])
  })

  it('does not wait for more once a thousand records are there', async () => {
    const { owner, commits } = await ownerBench()
    await owner.consume(batch(40, new Array<string>(1_000).fill('out')))
    await settle()
    expect(commits).toEqual([{ records: 1_000, upTo: 1_040 }])
  })

  it('commits a position alone after five idle seconds, and sooner with a record behind it', async () => {
    const { owner, commits } = await ownerBench()
    await owner.consume(batch(40, ['no'], { reachesEnd: true }))
    await settle()
    await vi.advanceTimersByTimeAsync(4_999)
    await settle()
    expect(commits).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await settle()
    expect(commits).toEqual([{ records: 0, upTo: 41 }])
    await owner.consume(batch(41, ['no']))
    await owner.consume(batch(42, ['out']))
    await settle()
    await vi.advanceTimersByTimeAsync(100)
    await settle()
    expect(commits.at(-1)).toEqual({ records: 1, upTo: 43 })
  })

  it('reads on while it transforms and commits, one of each at a time', async () => {
    const { owner, commits, waits, told } = await ownerBench()
    const commit = promiseToEnd()
    waits.commit = commit.promise
    await owner.consume(batch(40, ['out'], { reachesEnd: true }))
    await owner.consume(batch(41, ['out'], { reachesEnd: true }))
    await settle()
    expect(told.transformed).toEqual([40, 41])
    const third = vi.fn()
    void owner.consume(batch(42, ['out'], { reachesEnd: true })).then(third)
    await settle()
    expect(third).not.toHaveBeenCalled()
    expect(commits).toEqual([])
    commit.resolve()
    await settle()
    expect(third).toHaveBeenCalled()
    expect(commits.map(({ upTo }) => upTo)).toEqual([41, 42, 43])
  })

  it('prepares again after a failed commit, and forgets what it has read ahead', async () => {
    const { owner, commits, failures, waits, told } = await ownerBench()
    const [commit, transform] = [promiseToEnd(), promiseToEnd()]
    waits.commit = commit.promise
    await owner.consume(batch(40, ['out'], { reachesEnd: true }))
    await settle()
    waits.transform = transform.promise
    await owner.consume(batch(41, ['out'], { reachesEnd: true }))
    commit.reject(new Error('the broker is away'))
    await settle()
    waits.commit = Promise.resolve()
    transform.resolve()
    await settle()
    await vi.advanceTimersByTimeAsync(10_000)
    await settle()
    expect(failures).toEqual([new Error('the broker is away')])
    expect(commits).toEqual([])
    expect(told.worked).toBe(0)
    await owner.prepare(new AbortController().signal)
    await owner.consume(batch(40, ['out'], { reachesEnd: true }))
    await settle()
    expect(commits).toEqual([{ records: 1, upTo: 41 }])
  })

  it('prepares again after a batch that cannot be transformed', async () => {
    const { owner, commits, failures, waits } = await ownerBench()
    const transform = promiseToEnd()
    waits.transform = transform.promise
    await owner.consume(batch(40, ['out'], { reachesEnd: true }))
    await settle()
    transform.reject(new Error('the registry is away'))
    await settle()
    expect(failures).toEqual([new Error('the registry is away')])
    expect(commits).toEqual([])
  })

  it('commits what it has before it is let go, and nothing once it is lost', async () => {
    const released = await ownerBench()
    await released.owner.consume(batch(40, ['out']))
    await released.owner.release()
    expect(released.commits).toEqual([{ records: 1, upTo: 41 }])
    expect(released.told.discarded).toBe(1)
    const lost = await ownerBench()
    await lost.owner.consume(batch(40, ['out']))
    lost.owner.lose()
    await settle()
    await vi.advanceTimersByTimeAsync(10_000)
    await settle()
    expect(lost.commits).toEqual([])
    expect(lost.failures).toEqual([])
  })
})
