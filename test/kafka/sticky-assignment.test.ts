import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignSticky,
  type StickyAssignment,
  type StickyMember,
  type StickyRequest,
  type TopicPartition,
} from '../../src/kafka/sticky-assignment.ts'

const DISPATCH = 'bellhop.dispatch'
const RECEIPTS = 'bellhop.receipts'

function topicsOf(sizes: Record<string, number>): Map<string, number[]> {
  return new Map(Object.entries(sizes).map(([topic, size]) => [topic, [...Array(size).keys()]]))
}

function member(memberId: string, fields: Partial<StickyMember> = {}): StickyMember {
  return {
    memberId,
    topics: new Set([DISPATCH, RECEIPTS, 'a', 'b', 'c']),
    owned: [],
    ownedSinceMs: 0,
    ...fields,
  }
}

/** What each member of an assignment has, as it will say when it joins again. */
function rejoining(assignment: StickyAssignment, ownedSinceMs = 1): StickyMember[] {
  return [...assignment].map(([memberId, byTopic]) =>
    member(memberId, { owned: partsOf(byTopic), ownedSinceMs }),
  )
}

function partsOf(byTopic: ReadonlyMap<string, readonly number[]>): TopicPartition[] {
  return [...byTopic].flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))
}

/** The members that got each partition, by `topic/partition`. */
function takersOf(assignment: StickyAssignment): Map<string, string[]> {
  const takers = new Map<string, string[]>()
  for (const [memberId, byTopic] of assignment) {
    for (const { topic, partition } of partsOf(byTopic)) {
      const key = `${topic}/${partition}`
      takers.set(key, [...(takers.get(key) ?? []), memberId])
    }
  }
  return takers
}

/** The units of a request: sets of `topic/partition` that are given away as a whole. */
function unitsOf({ partitionsByTopic, together }: Pick<StickyRequest, 'partitionsByTopic' | 'together'>) {
  const parts = partsOf(partitionsByTopic)
  const groups = together
    ? [...Map.groupBy(parts, ({ partition }) => partition).values()]
    : parts.map((part) => [part])
  return groups.map((group) => group.map(({ topic, partition }) => `${topic}/${partition}`))
}

function loads(assignment: StickyAssignment, together: boolean): number[] {
  return [...assignment.values()].map((byTopic) => {
    const numbers = partsOf(byTopic).map(({ partition }) => partition)
    return together ? new Set(numbers).size : numbers.length
  })
}

/** Who has each unit by the rule "the newest claim", by a look at every member. */
function holdersOf(request: StickyRequest): (string | null)[] {
  return unitsOf(request).map((unit) => {
    const claimants = request.members
      .filter(({ owned }) => owned.some(({ topic, partition }) => unit.includes(`${topic}/${partition}`)))
      .toSorted((x, y) => y.ownedSinceMs - x.ownedSinceMs || (x.memberId < y.memberId ? -1 : 1))
    return claimants[0]?.memberId ?? null
  })
}

/** How many units can stay where they are when the result must be balanced. */
function mostThatCanStay(request: StickyRequest): number {
  const holders = holdersOf(request)
  const least = Math.floor(holders.length / request.members.length)
  const withOneMore = holders.length % request.members.length
  return request.members
    .map(({ memberId }) => holders.filter((holder) => holder === memberId).length)
    .toSorted((x, y) => y - x)
    .reduce((sum, held, index) => sum + Math.min(held, least + (index < withOneMore ? 1 : 0)), 0)
}

const sizes = fc.record({ a: fc.nat(14), b: fc.nat(14), c: fc.nat(3) })
const claims = fc.array(fc.record({ topic: fc.constantFrom('a', 'b', 'c', 'gone'), partition: fc.nat(16) }), {
  maxLength: 40,
})
const requests: fc.Arbitrary<StickyRequest> = fc.record({
  partitionsByTopic: sizes.map(topicsOf),
  together: fc.boolean(),
  members: fc
    .array(fc.record({ owned: claims, ownedSinceMs: fc.nat(5) }), { minLength: 1, maxLength: 6 })
    .map((list) => list.map((fields, index) => member(`m-${index}`, fields))),
})

describe('any claims of members that subscribe to the same', () => {
  it('gives every partition to exactly one member, balanced, with the least possible moves', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const assignment = assignSticky(request)
        const takers = takersOf(assignment)
        const units = unitsOf(request)

        expect([...takers.keys()].sort()).toEqual(units.flat().sort())
        expect([...takers.values()].every((members) => members.length === 1)).toBe(true)
        const counts = loads(assignment, request.together)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        const holders = holdersOf(request)
        const stayed = units.filter((unit, index) => takers.get(unit[0] ?? '')?.[0] === holders[index])
        expect(stayed).toHaveLength(mostThatCanStay(request))
      }),
      { numRuns: 500 },
    )
  })

  it('gives partition p of all topics to one member when they belong together', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const takers = takersOf(assignSticky({ ...request, together: true }))
        for (const unit of unitsOf({ ...request, together: true })) {
          expect(new Set(unit.flatMap((key) => takers.get(key) ?? [])).size).toBe(1)
        }
      }),
    )
  })

  it('gives the same result whatever the order of members, topics and claims', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const shuffled: StickyRequest = {
          together: request.together,
          members: request.members.map((each) => ({ ...each, owned: each.owned.toReversed() })).toReversed(),
          partitionsByTopic: new Map(
            [...request.partitionsByTopic]
              .map(([topic, partitions]) => [topic, partitions.toReversed()] as const)
              .toReversed(),
          ),
        }
        expect([...assignSticky(shuffled)]).toEqual([...assignSticky(request)])
      }),
    )
  })

  it('gives a joiner its floor and changes nothing for others; a leaver gives up its own and nobody else', () => {
    fc.assert(
      fc.property(
        sizes.map(topicsOf),
        fc.boolean(),
        fc.integer({ min: 1, max: 6 }),
        (topics, together, n) => {
          const at = { partitionsByTopic: topics, together }
          const names = [...Array(n).keys()].map((index) => member(`m-${index}`))
          const before = assignSticky({ ...at, members: names })
          const joined = assignSticky({ ...at, members: [...rejoining(before), member('joiner')] })
          const left = assignSticky({
            ...at,
            members: rejoining(joined).filter(({ memberId }) => memberId !== 'm-0'),
          })

          const floor = Math.floor(unitsOf(at).length / (n + 1))
          expect(loads(new Map([['joiner', joined.get('joiner') ?? new Map()]]), together)).toEqual([floor])
          const [first, second, third] = [takersOf(before), takersOf(joined), takersOf(left)]
          for (const [key, taker] of second) if (taker[0] !== 'joiner') expect(taker).toEqual(first.get(key))
          for (const [key, taker] of second)
            if (taker[0] !== 'm-0' && n > 1) expect(third.get(key)).toEqual(taker)
        },
      ),
    )
  })

  it('spreads each topic, too, when nobody has had anything', () => {
    fc.assert(
      fc.property(sizes.map(topicsOf), fc.integer({ min: 1, max: 6 }), (partitionsByTopic, n) => {
        const members = [...Array(n).keys()].map((index) => member(`m-${index}`))
        const assignment = assignSticky({ partitionsByTopic, together: false, members })
        for (const topic of partitionsByTopic.keys()) {
          const counts = [...assignment.values()].map((byTopic) => byTopic.get(topic)?.length ?? 0)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})

describe('what a member that joins takes', () => {
  it('of each topic its part, not one topic alone', () => {
    const at = { partitionsByTopic: topicsOf({ a: 12, b: 12 }), together: false }
    const two = assignSticky({ ...at, members: [member('m-0'), member('m-1')] })
    const three = assignSticky({ ...at, members: [...rejoining(two), member('m-2')] })
    expect(
      [...three.values()].map((byTopic) => [byTopic.get('a')?.length, byTopic.get('b')?.length]),
    ).toEqual([
      [4, 4],
      [4, 4],
      [4, 4],
    ])
  })
})

describe('what nobody has', () => {
  it('goes to whom has least of its topic, where the loads are equal', () => {
    const having = (...owned: [string, number][]): TopicPartition[] =>
      owned.map(([topic, partition]) => ({ topic, partition }))
    const assignment = assignSticky({
      partitionsByTopic: topicsOf({ a: 3, b: 3 }),
      together: false,
      members: [
        member('m-0', { owned: having(['a', 0], ['a', 1]) }),
        member('m-1', { owned: having(['b', 0], ['b', 1]) }),
      ],
    })
    expect([...(assignment.get('m-0') ?? [])]).toEqual([
      ['a', [0, 1]],
      ['b', [2]],
    ])
  })

  it('goes first to those who alone may have it, so that nothing makes way for it', () => {
    const assignment = assignSticky({
      partitionsByTopic: topicsOf({ a: 3, b: 1 }),
      together: false,
      members: [
        member('m-0', { owned: [{ topic: 'a', partition: 0 }] }),
        member('m-1', { topics: new Set(['a']) }),
      ],
    })
    expect([...(assignment.get('m-0') ?? [])]).toEqual([
      ['a', [0]],
      ['b', [0]],
    ])
  })
})

describe('members that subscribe to different topics', () => {
  const subscriptions = fc.array(fc.subarray(['a', 'b', 'c', 'd']), { minLength: 1, maxLength: 5 })

  it('get nothing of a topic that they do not subscribe to, and all that anyone can have is given once', () => {
    fc.assert(
      fc.property(sizes.map(topicsOf), subscriptions, claims, (partitionsByTopic, topicLists, owned) => {
        const members = topicLists.map((topics, index) =>
          member(`m-${index}`, { topics: new Set(topics), owned, ownedSinceMs: index % 2 }),
        )
        const assignment = assignSticky({ partitionsByTopic, members, together: false })
        for (const { memberId, topics } of members) {
          expect(
            [...(assignment.get(memberId) ?? new Map()).keys()].every((topic) => topics.has(topic)),
          ).toBe(true)
        }
        const wanted = partsOf(partitionsByTopic).filter(({ topic }) => topicLists.flat().includes(topic))
        const takers = takersOf(assignment)
        expect([...takers.keys()].sort()).toEqual(
          wanted.map((part) => `${part.topic}/${part.partition}`).sort(),
        )
        expect([...takers.values()].every((taken) => taken.length === 1)).toBe(true)
      }),
    )
  })

  it('an older member of a co-partitioned group keeps its partitions, without the topic that it does not know', () => {
    const older = member('older', {
      topics: new Set([DISPATCH]),
      owned: [0, 1, 2, 3].map((partition) => ({ topic: DISPATCH, partition })),
    })
    const assignment = assignSticky({
      partitionsByTopic: topicsOf({ [DISPATCH]: 4, [RECEIPTS]: 4 }),
      members: [older, member('newer')],
      together: true,
    })
    expect(assignment.get('older')).toEqual(new Map([[DISPATCH, [2, 3]]]))
    expect(assignment.get('newer')).toEqual(
      new Map([
        [DISPATCH, [0, 1]],
        [RECEIPTS, [0, 1]],
      ]),
    )
  })
})

describe('the corners', () => {
  it('has nothing to give where no topic exists yet, and an entry for everyone', () => {
    const members = [member('m-0'), member('m-1')]
    const assignment = assignSticky({ partitionsByTopic: topicsOf({ a: 0 }), members, together: true })
    expect([...assignment]).toEqual([
      ['m-0', new Map()],
      ['m-1', new Map()],
    ])
  })

  it('has nothing to say to a group without members', () => {
    expect(assignSticky({ partitionsByTopic: topicsOf({ a: 3 }), members: [], together: false }).size).toBe(0)
  })
})
