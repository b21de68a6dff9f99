import type { KafkaMessage } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import type { DispatchRecord, Receipt } from '../../src/core/records.ts'
import { movedReceipt } from '../../src/dispatch/fate.ts'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { DispatchIntake } from '../../src/kafka/dispatch-intake.ts'
import type { Moving } from '../../src/kafka/moves.ts'
import { createOwnership, learn } from '../../src/kafka/ownership.ts'
import { createRecordCodecs, type RecordCodec } from '../../src/kafka/record-codec.ts'
import { silentObserver } from '../support/recording-observer.ts'

const { dispatch: codec } = createRecordCodecs()
const START = 5

function recordAt(offset: number, lane: string, movedAt: number | null = null): DispatchRecord {
  return {
    id: `events:0:${offset}:action:${lane}`,
    action: 'action',
    destination: lane,
    message: { text: 'text', channel: null, username: null, icon_url: null, icon_emoji: null },
    event: { topic: 'events', partition: 0, offset, timestamp: 0 },
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: '0',
    moves: movedAt === null ? 0 : 1,
    moved_at: movedAt,
  }
}

function message(
  offset: number,
  lane = 'a',
  change: { value?: Buffer | null; movedAt?: number } = {},
): KafkaMessage {
  const { movedAt = null, ...more } = change
  return {
    key: Buffer.from(lane),
    value: Buffer.from(codec.encode(recordAt(offset, lane, movedAt))),
    timestamp: '1000',
    attributes: 0,
    headers: {},
    offset: String(offset),
    ...more,
  }
}

/** An owned partition committed up to 5, over lanes that hold three messages each until they are told to drain. */
function intakeBench(
  options: {
    keys?: Record<string, string>
    nowMs?: number
    learn?: RecordCodec<DispatchRecord>['learn']
  } = {},
) {
  const { keys = {}, nowMs = 0, learn = codec.learn } = options
  const clock = { now: nowMs, nowMs: () => clock.now, monotonicMs: () => clock.now }
  const lanes = new Map<string, QueuedMessage[]>()
  const dead: string[] = []
  const moved: Moving[] = []
  const writes = { committed: true, until: Promise.resolve() }
  const ownership = createOwnership({
    partition: 0,
    memberId: 'me',
    offset: START,
    receiptsFrom: 0,
    receiptsEnd: 100,
    sinceMs: 0,
    writer: {
      async write() {
        await writes.until
        return writes.committed
      },
      unacknowledged: () => 0,
      oldestUnacknowledgedMs: () => 0,
    },
  })
  const of = (lane: string): QueuedMessage[] => lanes.get(lane) ?? []
  const intake = new DispatchIntake(ownership, {
    topic: 'dispatch',
    codec: { ...codec, learn },
    lanes: {
      add: (lane, queued) => void lanes.set(lane, [...of(lane), queued]),
      hasRoom: (lane) => of(lane).length < 3,
      isBelowHalf: (lane) => of(lane).length < 1.5,
    },
    movedRecords(moving) {
      moved.push(moving)
      return []
    },
    currentKey: ({ destination }) => (destination in keys ? (keys[destination] ?? null) : destination),
    movedReceipt: (queued) => movedReceipt(queued, clock.now),
    mayMoveFrom: ({ moved_at: movedAt }) => (movedAt === null ? 0 : movedAt + 600_000),
    malformedRecords({ offset }) {
      dead.push(offset)
      return []
    },
    observer: silentObserver(),
    clock,
    signal: new AbortController().signal,
  })
  const take = (...messages: KafkaMessage[]) =>
    intake.take({
      fetchedOffset: Number(messages[0]?.offset),
      messages,
      lastOffset: Number(messages.at(-1)?.offset),
    })
  const complete = ({ dispatchOffset }: QueuedMessage): void => ownership.tracker.complete(dispatchOffset)
  const drain = (lane: string): void => {
    for (const queued of of(lane)) complete(queued)
    lanes.set(lane, [])
  }
  const offsets = (lane: string): number[] => of(lane).map(({ dispatchOffset }) => dispatchOffset)
  return { intake, take, ownership, lanes, offsets, drain, dead, moved, clock, of, writes }
}

function receiptOf(offset: number, outcome: Receipt['outcome'], change: Partial<Receipt> = {}): Receipt {
  return {
    id: `events:0:${offset}:action:a`,
    action: 'action',
    destination: 'a',
    dispatch_partition: 0,
    dispatch_offset: offset,
    outcome,
    cause: null,
    detail: null,
    attempts: 1,
    ambiguous: 0,
    answer: null,
    post_messages: null,
    lane: 'a',
    held_until: null,
    failing_since: null,
    breaker: null,
    event: { topic: 'events', partition: 0, offset, timestamp: 0 },
    queued_at: 1000,
    recorded_at: 0,
    userId: null,
    anonymousId: null,
    messageId: null,
    ...change,
  }
}

describe('records of an owned partition', () => {
  it('may be committed up to the first that is not complete, whatever is complete above', async () => {
    const { take, ownership, of } = intakeBench()
    await take(message(5, 'a'), message(6, 'b'), message(7, 'c'))
    for (const lane of ['b', 'c'])
      for (const queued of of(lane)) ownership.tracker.complete(queued.dispatchOffset)
    expect(ownership.tracker.committable()).toBe(5)
    ownership.tracker.complete(5)
    expect(ownership.tracker.committable()).toBe(8)
  })

  it('are not queued where a receipt tells that an owner before completed them', async () => {
    const { take, ownership, offsets } = intakeBench()
    learn(ownership, receiptOf(6, 'delivered'), 40)
    learn(ownership, receiptOf(7, 'dead_lettered'), 41)
    await take(message(5), message(6), message(7), message(8))
    expect(offsets('a')).toEqual([5, 8])
  })

  it('are queued where the receipt is of another message at that offset: the topic was made anew', async () => {
    const { take, ownership, offsets } = intakeBench()
    learn(ownership, receiptOf(6, 'delivered', { queued_at: 999 }), 40)
    await take(message(5), message(6))
    expect(offsets('a')).toEqual([5, 6])
  })

  it('bring along how often they were tried under an owner before', async () => {
    const { take, ownership, of } = intakeBench()
    learn(ownership, receiptOf(5, null, { attempts: 4, ambiguous: 2, held_until: 9_000 }), 40)
    await take(message(5), message(6))
    expect(of('a').map(({ attempts, ambiguous }) => ({ attempts, ambiguous }))).toEqual([
      { attempts: 4, ambiguous: 2 },
      { attempts: 0, ambiguous: 0 },
    ])
  })

  it('that are none of ours become dead letters and are complete, and those without value are nothing', async () => {
    const { take, ownership, dead, offsets, drain } = intakeBench()
    await take(message(5, 'a', { value: Buffer.from('{}') }), message(6, 'a', { value: null }), message(7))
    expect(dead).toEqual(['5'])
    expect(offsets('a')).toEqual([7])
    drain('a')
    await Promise.resolve()
    expect(ownership.tracker.committable()).toBe(8)
  })

  it('whose schema is not known yet wait for it, and go nowhere where the partition is lost by then', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const answers = [first.promise, second.promise]
    const { take, ownership, offsets } = intakeBench({ learn: () => answers.shift() ?? null })
    const taken = take(message(5))
    await Promise.resolve()
    expect(offsets('a')).toEqual([])
    first.resolve()
    expect(await taken).toEqual({ kind: 'taken' })
    expect(offsets('a')).toEqual([5])

    const late = take(message(6))
    ownership.lost = true
    second.resolve()
    await late
    expect(offsets('a')).toEqual([5])
  })

  it('whose schema the registry does not know are dead letters', async () => {
    const { take, dead } = intakeBench({ learn: () => null })
    await take(message(5, 'a', { value: Buffer.from([0, 0, 0, 0, 9, 1, 2]) }))
    expect(dead).toEqual(['5'])
  })

  it('larger than bellhop writes are dead letters, for a receipt could not hold them', async () => {
    const { take, dead } = intakeBench()
    await take(message(5, 'a', { value: Buffer.alloc(600_000) }))
    expect(dead).toEqual(['5'])
  })
})

describe('a lane that is full', () => {
  it('passes messages over and gets them later, in order, while others go on', async () => {
    const { take, intake, ownership, offsets, drain } = intakeBench()
    const log = [5, 6, 7, 8, 9, 10].map((offset) => message(offset, 'a'))
    expect(await take(...log, message(11, 'b'))).toEqual({ kind: 'taken' })
    expect(offsets('a')).toEqual([5, 6, 7])
    expect(offsets('b')).toEqual([11])
    expect(intake.rewindTo(12)).toBe(null)
    drain('a')
    expect(ownership.tracker.committable()).toBe(8)
    expect(intake.rewindTo(12)).toBe(8)
    await take(...log.slice(3), message(11, 'b'), message(12, 'a'))
    expect(offsets('a')).toEqual([8, 9, 10])
    expect(offsets('b')).toEqual([11])
    drain('a')
    drain('b')
    expect(ownership.tracker.committable()).toBe(12)
  })

  it('lets reading jump back to where it was once nothing more can be taken', async () => {
    const { take, intake, ownership, drain } = intakeBench()
    await take(...Array.from({ length: 40 }, (_, nth) => message(START + nth, 'a')))
    drain('a')
    expect(intake.rewindTo(45)).toBe(8)
    expect(await take(...[8, 9, 10, 11].map((offset) => message(offset, 'a')))).toEqual({
      kind: 'jump',
      nextOffset: ownership.tracker.frontier(),
    })
  })
})

describe("a record whose key is no longer its destination's", () => {
  it('is moved under the new key, in order, and is complete', async () => {
    const { take, ownership, moved, offsets } = intakeBench({ keys: { a: 'a-new' } })
    await take(message(5, 'a'), message(6, 'b'), message(7, 'a'))
    expect(moved.map(({ offset, key }) => ({ offset, key }))).toEqual([
      { offset: 5, key: 'a-new' },
      { offset: 7, key: 'a-new' },
    ])
    expect(offsets('b')).toEqual([6])
    ownership.tracker.complete(6)
    expect(ownership.tracker.committable()).toBe(8)
  })

  it('is complete only where that is known: else the partition is claimed anew, and the receipts tell', async () => {
    const { take, ownership, writes } = intakeBench({ keys: { a: 'a-new' } })
    writes.committed = false
    await expect(take(message(5, 'a'))).rejects.toThrow('is not known')
    expect(ownership.tracker.committable()).toBe(5)
  })

  it('waits as long as it is told where it has been moved before: two configurations may be at work', async () => {
    const { take, moved, intake, clock, ownership } = intakeBench({ keys: { a: 'a-new' }, nowMs: 2_000 })
    learn(ownership, receiptOf(5, null, { attempts: 3, ambiguous: 1, held_until: 9_000 }), 40)
    await take(message(5, 'a', { movedAt: 1_000 }), message(6, 'a', { movedAt: 1_000 }))
    expect(moved).toEqual([])
    expect(intake.rewindTo(7)).toBe(null)
    clock.now = 601_000
    expect(intake.rewindTo(7)).toBe(5)
    await take(message(5, 'a', { movedAt: 1_000 }), message(6, 'a', { movedAt: 1_000 }))
    expect(moved.map(({ offset }) => offset)).toEqual([5, 6])
    expect(moved[0]?.receipt).toMatchObject({ outcome: 'moved', attempts: 3, ambiguous: 1 })
  })

  it('stays in its own lane where its destination is not known here', async () => {
    const { take, moved, offsets } = intakeBench({ keys: { a: undefined as never } })
    await take(message(5, 'a'))
    expect(moved).toEqual([])
    expect(offsets('a')).toEqual([5])
  })
})

describe('records that bellhop did not write', () => {
  const foreign = Array.from({ length: 4_100 }, (_, nth) =>
    message(START + nth, 'a', { value: Buffer.from('not ours') }),
  )

  it('are given up in portions, each when the one before is on record, however many a batch holds', async () => {
    const { take, dead, writes, ownership } = intakeBench()
    const written = Promise.withResolvers<void>()
    writes.until = written.promise
    const taken = take(...foreign)
    await new Promise((resolve) => setImmediate(resolve))
    expect(dead).toHaveLength(2_000)
    written.resolve()
    await taken
    await new Promise((resolve) => setImmediate(resolve))
    expect(dead).toHaveLength(4_100)
    expect(ownership.tracker.committable()).toBe(START + 4_100)
  })

  it('are left to the next owner where the partition is lost meanwhile', async () => {
    const { take, dead, writes, ownership } = intakeBench()
    const written = Promise.withResolvers<void>()
    writes.until = written.promise
    const taken = take(...foreign)
    ownership.lost = true
    written.resolve()
    expect(await taken).toEqual({ kind: 'taken' })
    expect(dead).toHaveLength(2_000)
  })
})
