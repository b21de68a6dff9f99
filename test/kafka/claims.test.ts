import type { Admin } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeCommitMetadata, encodeCommitMetadata } from '../../src/dispatch/commit-metadata.ts'
import { Claims } from '../../src/kafka/claims.ts'
import type { GroupCommit } from '../../src/kafka/partition-consumer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const never = new AbortController().signal

/** A group whose committed offsets and members a test sets, and what was committed to it. */
function groupBench(left: { offset: string; metadata: string | null }, members: string[] = []) {
  const committed = { 0: left } as Record<number, { offset: string; metadata: string | null }>
  const group = { me: 'me' as string | null, members, failing: 0, lost: 0 }
  const commits: GroupCommit[] = []
  const requests = { fetchOffsets: 0, describeGroups: 0 }
  const admin = {
    fetchOffsets: async () => {
      requests.fetchOffsets += 1
      const partitions = Object.entries(committed).map(([partition, at]) => ({
        partition: Number(partition),
        ...at,
      }))
      return [{ topic: 'dispatch', partitions }]
    },
    describeGroups: async () => {
      requests.describeGroups += 1
      return { groups: [{ members: group.members.map((memberId) => ({ memberId })) }] }
    },
  } as unknown as Admin
  const claims = new Claims({
    admin,
    groupId: 'group',
    topic: 'dispatch',
    memberId: () => group.me,
    commit: async (offered) => {
      if (group.failing > 0) {
        group.failing -= 1
        throw new Error('REBALANCE_IN_PROGRESS')
      }
      commits.push(...offered)
      for (const { partition, offset, metadata } of offered)
        committed[partition] = { offset: String(offset), metadata }
      if (group.lost === 0) return
      group.lost -= 1
      throw new Error('the answer was lost')
    },
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
  })
  return { claims, group, commits, committed, requests }
}

function heldBy(holder: string): { offset: string; metadata: string } {
  return { offset: '40', metadata: encodeCommitMetadata({ holder, receiptsFrom: 12 }) }
}

const released = { offset: '40', metadata: encodeCommitMetadata({ holder: null, receiptsFrom: 12 }) }

describe('a partition is free', () => {
  it.each([
    {
      what: 'where nothing was ever committed',
      left: { offset: '-1', metadata: null },
      gives: { offset: null, receiptsFrom: null },
    },
    {
      what: 'where only an offset was committed',
      left: { offset: '40', metadata: '' },
      gives: { offset: 40, receiptsFrom: null },
    },
    {
      what: 'where the metadata is none of ours',
      left: { offset: '40', metadata: 'theirs' },
      gives: { offset: 40, receiptsFrom: null },
    },
    { what: 'where its owner has let go', left: released, gives: { offset: 40, receiptsFrom: 12 } },
    {
      what: 'where its holder has left the group',
      left: heldBy('gone'),
      gives: { offset: 40, receiptsFrom: 12 },
    },
    {
      what: 'where this process itself is the holder',
      left: heldBy('me'),
      gives: { offset: 40, receiptsFrom: 12 },
    },
  ])('$what', async ({ left, gives }) => {
    const { claims } = groupBench(left, ['me', 'another'])
    expect(await claims.untilFree(0, never)).toEqual(gives)
  })
})

describe('a partition whose holder is still a member', () => {
  it('is waited for until its holder lets go', async () => {
    const { claims, committed } = groupBench(heldBy('other'), ['me', 'other'])
    let free = false
    const waiting = claims.untilFree(0, never).then(() => (free = true))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(free).toBe(false)
    committed[0] = released
    await vi.advanceTimersByTimeAsync(200)
    await waiting
    expect(free).toBe(true)
  })

  it('is waited for until its holder is dismissed', async () => {
    const { claims, group } = groupBench(heldBy('other'), ['me', 'other'])
    const waiting = claims.untilFree(0, never)
    await vi.advanceTimersByTimeAsync(3_000)
    group.members = ['me']
    await vi.advanceTimersByTimeAsync(200)
    expect(await waiting).toEqual({ offset: 40, receiptsFrom: 12 })
  })

  it('is told of where its holder does not let go for long', async () => {
    const { claims } = groupBench(heldBy('other'), ['me', 'other'])
    const waiting = expect(claims.untilFree(0, never)).rejects.toThrow(
      'dispatch/0 is still held by member other',
    )
    await vi.advanceTimersByTimeAsync(21_000)
    await waiting
  })
})

describe('claim and release', () => {
  const position = { partition: 0, offset: 41, receiptsFrom: 13 }

  it('commit the holder, and then that nobody holds it', async () => {
    const { claims, commits } = groupBench(released)
    const sent: string[] = []
    expect(await claims.claim(position, (name) => void sent.push(name))).toBe('me')
    expect(sent).toEqual(['me'])
    await claims.release(position, { memberId: 'me', signal: never })
    expect(commits.map(({ offset, metadata }) => ({ offset, ...decodeCommitMetadata(metadata) }))).toEqual([
      { offset: 41, kind: 'claimed', holder: 'me', receiptsFrom: 13 },
      { offset: 41, kind: 'released', receiptsFrom: 13 },
    ])
  })

  it('try a release again that a rebalance refused, since the next owner waits for it', async () => {
    const { claims, group, commits } = groupBench(heldBy('me'), ['me'])
    group.failing = 2
    const releasing = claims.release(position, { memberId: 'me', signal: never })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await releasing).toBe(true)
    expect(commits).toHaveLength(1)
  })

  it('do not release again over the claim of the next owner, where the answer to the first time was lost', async () => {
    const { claims, group, committed, commits } = groupBench(heldBy('me'), ['me', 'next'])
    group.lost = 1
    const releasing = claims.release(position, { memberId: 'me', signal: never })
    await Promise.resolve()
    committed[0] = heldBy('next')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await releasing).toBe(true)
    expect(commits).toHaveLength(1)
    expect(committed[0]).toEqual(heldBy('next'))
  })

  it('release nothing where the claim may not have been committed, and was not', async () => {
    const { claims, commits } = groupBench(heldBy('next'), ['me', 'next'])
    expect(await claims.release(position, { memberId: 'me', signal: never, unsure: true })).toBe(true)
    expect(commits).toEqual([])
  })

  it('give a release up once the process is another member: nobody waits for the old one', async () => {
    const { claims, group, commits } = groupBench(heldBy('me'), ['me'])
    group.failing = 1_000
    const releasing = claims.release(position, { memberId: 'me', signal: never })
    await vi.advanceTimersByTimeAsync(1_000)
    group.me = 'me-anew'
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await releasing).toBe(false)
    expect(commits).toEqual([])
  })
})

it('partitions that ask at the same moment share their requests', async () => {
  const { claims, requests } = groupBench(heldBy('gone'), ['me'])
  await Promise.all([0, 0, 0, 0].map((partition) => claims.untilFree(partition, never)))
  expect(requests).toEqual({ fetchOffsets: 1, describeGroups: 1 })
})
