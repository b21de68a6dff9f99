import type { Admin } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeCommitMetadata, encodeCommitMetadata } from '../../src/dispatch/commit-metadata.ts'
import { Claims } from '../../src/kafka/claims.ts'
import { DispatchOwner, type DispatchOwnerDeps } from '../../src/kafka/dispatch-owner.ts'
import type { HeldPartition } from '../../src/kafka/held-partition.ts'
import { silentObserver } from '../support/recording-observer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** An owner of partition 0, which stands released at 40, in a group whose commits take 5 ms. */
function ownerBench() {
  const left = { offset: '40', metadata: encodeCommitMetadata({ holder: null, receiptsFrom: 12 }) }
  const commits: string[] = []
  const fails = { ranges: 0, commitAnswers: 0 }
  const waits = { ranges: Promise.resolve(), quiet: Promise.resolve(), commit: Promise.resolve() }
  const opened: string[] = []
  const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() }
  const admin = {
    fetchOffsets: async () => [{ topic: 'dispatch', partitions: [{ partition: 0, ...left }] }],
    describeGroups: async () => ({ groups: [{ members: [{ memberId: 'me' }, { memberId: 'other' }] }] }),
  } as unknown as Admin
  const claims = new Claims({
    admin,
    groupId: 'group',
    topic: 'dispatch',
    memberId: () => 'me',
    clock,
    async commit([position]) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (position === undefined) return
      Object.assign(left, { offset: String(position.offset), metadata: position.metadata })
      commits.push(decodeCommitMetadata(position.metadata).kind)
      fails.commitAnswers -= 1
      if (fails.commitAnswers >= 0) throw new Error('the connection was closed')
    },
  })
  const deps = {
    topic: 'dispatch',
    groupId: 'group',
    claims,
    clock,
    observer: silentObserver(),
    signal: new AbortController().signal,
    lanes: { quiet: () => waits.quiet, restore: () => undefined },
    receipts: { read: async () => 0 },
    range: async () => ({ low: 0, high: 100 }),
    async receiptsRange() {
      await waits.ranges
      fails.ranges -= 1
      if (fails.ranges === 0) throw new Error('the broker is away')
      return { low: 0, high: 12 }
    },
    before: async () => undefined,
    leaving: () => undefined,
    recorded: async () => undefined,
    began: () => undefined,
    ended: () => undefined,
    openWriter: async () => {
      opened.push('opened')
      return { commit: () => waits.commit, discard: async () => void opened.push('closed') }
    },
  } as unknown as DispatchOwnerDeps
  const held = {
    topic: 'dispatch',
    partition: 0,
    prepareAgain: (error: Error) => void opened.push(`prepare again: ${error.message}`),
  }
  const owner = new DispatchOwner(held as unknown as HeldPartition, deps)
  const gone = new AbortController()
  return {
    owner,
    commits,
    fails,
    waits,
    opened,
    prepare: () => owner.prepare(gone.signal).catch((error: Error) => error),
    lose: () => {
      gone.abort()
      owner.lose()
    },
    left: () => ({ offset: left.offset, kind: decodeCommitMetadata(left.metadata).kind }),
  }
}

describe('a partition that is claimed', () => {
  it('is prepared from where it was left, after what owners before were writing has been ended', async () => {
    const { prepare, left, opened } = ownerBench()
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(50)
    expect(await prepared).toBe(40)
    expect(left().kind).toBe('claimed')
    expect(opened).toEqual(['opened'])
  })

  it('is released where it was lost while the claim was on its way, whatever fails after', async () => {
    const { prepare, lose, fails, left } = ownerBench()
    fails.ranges = 2
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(2)
    lose()
    await vi.advanceTimersByTimeAsync(60_000)
    await prepared
    expect(left().kind).toBe('released')
  })

  it('is released where the claim landed, its answer was lost, and then the partition', async () => {
    const { prepare, lose, fails, left } = ownerBench()
    fails.commitAnswers = 1
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(20)
    expect(await prepared).toBeInstanceOf(Error)
    lose()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(left().kind).toBe('released')
  })

  it('is not claimed at all where it was lost before', async () => {
    const { prepare, lose, waits, commits } = ownerBench()
    const asked = Promise.withResolvers<void>()
    waits.ranges = asked.promise
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(5)
    lose()
    asked.resolve()
    await vi.advanceTimersByTimeAsync(60_000)
    await prepared
    expect(commits).toEqual([])
  })

  it('is let go only when what was in flight has ended, also where it is being prepared again, and at its offset', async () => {
    const { owner, prepare, lose, waits, left } = ownerBench()
    const first = prepare()
    await vi.advanceTimersByTimeAsync(50)
    await first
    const tracker = owner.ownership?.tracker
    for (let offset = 40; offset < 60; offset += 1) {
      tracker?.open(offset)
      tracker?.take(offset)
      tracker?.complete(offset)
    }
    const inFlight = Promise.withResolvers<void>()
    waits.quiet = inFlight.promise
    const again = prepare()
    await vi.advanceTimersByTimeAsync(20)
    lose()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(left().kind).toBe('claimed')
    inFlight.resolve()
    await vi.advanceTimersByTimeAsync(5_000)
    await again
    expect(left()).toEqual({ kind: 'released', offset: '60' })
  })

  it('writes what only its owner may say under the id it took over when it was claimed, until it is let go', async () => {
    const { owner, prepare, lose, waits, opened } = ownerBench()
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(50)
    await prepared
    const committed = Promise.withResolvers<void>()
    waits.commit = committed.promise
    const written = owner.ownership?.writer.write([])
    lose()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(opened).toEqual(['opened'])
    committed.resolve()
    expect(await written).toBe(true)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(opened).toEqual(['opened', 'closed'])
  })

  it('is claimed anew where what became of a write is not known', async () => {
    const { owner, prepare, waits, opened } = ownerBench()
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(50)
    await prepared
    const { ownership } = owner
    waits.commit = Promise.reject(new Error('the broker is away'))
    const ownedWhenKnown = ownership?.writer.write([]).then((isCommitted) => [isCommitted, ownership.owned()])
    expect(await ownedWhenKnown).toEqual([false, false])
    expect(opened).toEqual(['opened', 'prepare again: the broker is away'])
    const again = prepare()
    await vi.advanceTimersByTimeAsync(50)
    await again
    expect(opened.slice(2)).toEqual(['closed', 'opened'])
  })

  it('rests longer each time that nothing given up can be put on record, and says so until it can', async () => {
    const { owner, prepare, waits, opened } = ownerBench()
    const claims: number[] = []
    for (let nth = 0; nth < 4; nth += 1) {
      const prepared = prepare()
      await vi.advanceTimersByTimeAsync(20_000)
      await prepared
      claims.push(opened.filter((what) => what === 'opened').length)
      expect(owner.trouble() === null).toBe(nth < 3)
      waits.commit = Promise.reject(new Error('too large'))
      await owner.ownership?.writer.write([])
    }
    expect(owner.trouble()).toContain('dispatch[0]')
    expect(claims).toEqual([1, 2, 3, 4])
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(7_000)
    expect(owner.ownership).toBe(null)
    await vi.advanceTimersByTimeAsync(3_000)
    await prepared
    waits.commit = Promise.resolve()
    await owner.ownership?.writer.write([])
    expect(owner.trouble()).toBe(null)
  })

  it('is not claimed anew where what became of a write is not known while it is let go', async () => {
    const { owner, prepare, lose, waits, opened } = ownerBench()
    const prepared = prepare()
    await vi.advanceTimersByTimeAsync(50)
    await prepared
    const committed = Promise.withResolvers<void>()
    waits.commit = committed.promise
    const written = owner.ownership?.writer.write([])
    lose()
    await vi.advanceTimersByTimeAsync(1_000)
    committed.reject(new Error('the broker is away'))
    expect(await written).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(opened).toEqual(['opened', 'closed'])
  })
})
