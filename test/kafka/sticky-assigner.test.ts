import fc from 'fast-check'
import type { Assigner, Cluster, GroupMember, Logger } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { AssignerProtocol } from '../../src/kafka/kafkajs.ts'
import { createStickyAssigner } from '../../src/kafka/sticky-assigner.ts'
import type { TopicPartition } from '../../src/kafka/sticky-assignment.ts'

const DISPATCH = 'bellhop.dispatch'
const RECEIPTS = 'bellhop.receipts'

/** A member's assigner, with a clock and possessions that the test sets. */
function assignerOf({ together = true, partitions = 4 } = {}) {
  const at = { nowMs: 1_000, owned: [] as TopicPartition[] }
  const known = new Map([
    [DISPATCH, partitions],
    [RECEIPTS, partitions],
  ])
  const cluster: Pick<Cluster, 'findTopicPartitionMetadata'> = {
    findTopicPartitionMetadata: (topic) =>
      [...Array(known.get(topic) ?? 0).keys()].map((partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 1,
        replicas: [1],
        isr: [1],
      })),
  }
  const create = createStickyAssigner({
    together,
    owned: () => at.owned,
    clock: { nowMs: () => at.nowMs, monotonicMs: () => 0 },
  })
  const assigner = create({ cluster: cluster as Cluster, groupId: 'group', logger: {} as Logger })
  const joins = (memberId: string): GroupMember => ({
    memberId,
    memberMetadata: assigner.protocol({ topics: [DISPATCH, RECEIPTS] }).metadata,
  })
  return { at, assigner, joins }
}

async function assigned(assigner: Assigner, members: GroupMember[], topics = [DISPATCH, RECEIPTS]) {
  const given = await assigner.assign({ members, topics })
  return new Map(
    given.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment,
    ]),
  )
}

function bothTopics(...partitions: number[]): TopicPartition[] {
  return [DISPATCH, RECEIPTS].flatMap((topic) => partitions.map((partition) => ({ topic, partition })))
}

describe('the assigner for kafkajs', () => {
  it('carries what a member has from one join to the assignment of the next', async () => {
    const [a, b] = [assignerOf(), assignerOf()]
    a.at.owned = bothTopics(1, 2)
    b.at.owned = bothTopics(0, 3)
    expect(await assigned(a.assigner, [a.joins('a'), b.joins('b')])).toEqual(
      new Map([
        ['a', { [DISPATCH]: [1, 2], [RECEIPTS]: [1, 2] }],
        ['b', { [DISPATCH]: [0, 3], [RECEIPTS]: [0, 3] }],
      ]),
    )
  })

  it('prefers the owner of now to one that was frozen and wakes up later, however late it joins', async () => {
    const [zombie, heir] = [assignerOf(), assignerOf()]
    zombie.joins('z')
    zombie.at.owned = bothTopics(0, 1)
    heir.at.nowMs = 30_000
    heir.joins('h')
    heir.at.owned = bothTopics(0, 1)
    for (const nowMs of [60_000, 61_000, 62_000]) {
      zombie.at.nowMs = nowMs + 500
      heir.at.nowMs = nowMs
      expect((await assigned(heir.assigner, [zombie.joins('z'), heir.joins('h')])).get('h')).toMatchObject({
        [DISPATCH]: [0, 1],
      })
    }
  })

  it('sends the same bytes as long as it has the same: other bytes make the broker rebalance everyone', () => {
    const { at, joins } = assignerOf()
    at.owned = bothTopics(0, 1)
    const first = joins('m').memberMetadata
    at.nowMs += 10_000
    at.owned = at.owned.toReversed()
    expect(joins('m').memberMetadata).toEqual(first)
    at.owned = bothTopics(0, 1, 2)
    expect(joins('m').memberMetadata).not.toEqual(first)
  })

  it('says nothing of what it no longer has', () => {
    const { at, joins } = assignerOf()
    const nothing = joins('m').memberMetadata
    at.owned = bothTopics(0)
    joins('m')
    at.owned = []
    expect(joins('m').memberMetadata).toEqual(nothing)
  })

  it('gives each partition on its own where topics do not belong together', async () => {
    const { assigner, joins } = assignerOf({ together: false, partitions: 1 })
    expect(await assigned(assigner, [joins('a'), joins('b')])).toEqual(
      new Map([
        ['a', { [DISPATCH]: [0] }],
        ['b', { [RECEIPTS]: [0] }],
      ]),
    )
  })

  it('gives nothing of a topic that does not exist yet', async () => {
    const { assigner, joins } = assignerOf()
    expect(await assigned(assigner, [joins('a')], ['not.there'])).toEqual(new Map([['a', {}]]))
  })

  it.each<[string, string]>([
    ['text that is no JSON', '{'],
    ['JSON that is no object', '[1,2]'],
    ['null', 'null'],
    ['a newer version', '{"v":2,"at":99999,"owned":{"bellhop.dispatch":[0,1,2,3]}}'],
    ['no time', '{"v":1,"owned":{"bellhop.dispatch":[0,1,2,3]}}'],
    ['a time that is none', '{"v":1,"at":"late","owned":{"bellhop.dispatch":[0,1,2,3]}}'],
    ['a time beyond all numbers', '{"v":1,"at":1e999,"owned":{"bellhop.dispatch":[0,1,2,3]}}'],
    ['possessions that are a list', '{"v":1,"at":99999,"owned":[0,1]}'],
    ['partitions that are none', '{"v":1,"at":99999,"owned":{"bellhop.dispatch":[-1,0.5,"0",null,1e99]}}'],
    ['partitions that are no list', '{"v":1,"at":99999,"owned":{"bellhop.dispatch":{"0":0}}}'],
  ])('counts as nothing owned: %s', async (_what, userData) => {
    const honest = assignerOf()
    honest.at.owned = bothTopics(0, 1)
    const other = { memberId: 'x', memberMetadata: metadataWith(Buffer.from(userData)) }
    expect(await assigned(honest.assigner, [other, honest.joins('m')])).toEqual(
      new Map([
        ['m', { [DISPATCH]: [0, 1], [RECEIPTS]: [0, 1] }],
        ['x', { [DISPATCH]: [2, 3], [RECEIPTS]: [2, 3] }],
      ]),
    )
  })

  it('never throws, and leaves nobody out, whatever bytes a member sends', async () => {
    const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array))
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (userData, metadata) => {
        const { assigner, joins } = assignerOf()
        const given = await assigned(assigner, [
          joins('m'),
          { memberId: 'odd', memberMetadata: metadataWith(userData) },
          { memberId: 'odder', memberMetadata: metadata },
        ])
        expect([...given.keys()]).toEqual(['m', 'odd', 'odder'])
        expect(given.get('m')).toEqual({ [DISPATCH]: [0, 2], [RECEIPTS]: [0, 2] })
        expect(given.get('odd')).toEqual({ [DISPATCH]: [1, 3], [RECEIPTS]: [1, 3] })
        expect(given.get('odder')).toEqual({})
      }),
    )
  })
})

function metadataWith(userData: Buffer): Buffer {
  return AssignerProtocol.MemberMetadata.encode({ version: 1, topics: [DISPATCH, RECEIPTS], userData })
}
