import type { GroupMember, PartitionAssigner } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import { AssignerProtocol } from './kafkajs.ts'
import { assignSticky, type StickyMember, type TopicPartition } from './sticky-assignment.ts'

export interface StickyAssignerOptions {
  /** All subscribed topics share their partition numbers: partition p of each goes to the same member. */
  together: boolean
  /** What the member has now; read whenever it joins. */
  owned(): Iterable<TopicPartition>
  clock: Clock
}

const { MemberAssignment, MemberMetadata } = AssignerProtocol

/** All members of a group must offer it: the broker refuses one that offers only others. */
const NAME = 'bellhop-sticky'
const VERSION = 1
const OWNERSHIP_VERSION = 1

/** Since when (wall clock), and what. */
interface Ownership {
  sinceMs: number
  owned: readonly TopicPartition[]
}

const NOTHING: Ownership = { sinceMs: 0, owned: [] }

/**
 * sticky-assignment.ts as a kafkajs assigner. What a member has travels in the userData of its subscription.
 *
 * The leader assigns the topics that it subscribes to itself, since kafkajs knows the partitions of no others: a
 * topic that only newer members subscribe to is read once one of them leads. Nothing that a member sends makes
 * `assign` throw, which would end the leader's consumer.
 */
export function createStickyAssigner(options: StickyAssignerOptions): PartitionAssigner {
  const { together } = options
  return ({ cluster }) => {
    const ownership = createOwnership(options)
    return {
      name: NAME,
      version: VERSION,
      async assign({ members, topics }) {
        const partitionsByTopic = new Map(
          topics.map((topic) => [
            topic,
            cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
          ]),
        )
        const assignment = assignSticky({ members: members.map(readMember), partitionsByTopic, together })
        return [...assignment].map(([memberId, partitions]) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version: VERSION,
            assignment: Object.fromEntries(partitions),
            userData: Buffer.alloc(0),
          }),
        }))
      },
      protocol: ({ topics }) => ({
        name: NAME,
        metadata: MemberMetadata.encode({ version: VERSION, topics, userData: ownership() }),
      }),
    }
  }
}

/**
 * What to claim when joining. It is dated by the join that gave it, which is the last one before it was first seen:
 * a member that was frozen and comes back claims as of then, not as of now. As long as nothing changes it stays the
 * same to the byte, since a member that joins again with something new makes the broker rebalance the whole group.
 */
function createOwnership({ owned, clock }: StickyAssignerOptions): () => Buffer {
  let lastJoinMs = clock.nowMs()
  let claimed = ''
  let claim: Buffer = Buffer.alloc(0)
  return () => {
    const now = [...owned()]
    const seen = now
      .map(({ topic, partition }) => `${topic}/${partition}`)
      .sort()
      .join()
    if (seen !== claimed) {
      claimed = seen
      claim = now.length === 0 ? Buffer.alloc(0) : encodeOwnership({ sinceMs: lastJoinMs, owned: now })
    }
    lastJoinMs = clock.nowMs()
    return claim
  }
}

/** `{"v":1,"at":1700000000000,"owned":{"bellhop.dispatch":[0,3]}}` */
function encodeOwnership({ sinceMs, owned }: Ownership): Buffer {
  const byTopic: Record<string, number[]> = {}
  for (const { topic, partition } of owned) byTopic[topic] = [...(byTopic[topic] ?? []), partition]
  return Buffer.from(JSON.stringify({ v: OWNERSHIP_VERSION, at: sinceMs, owned: byTopic }))
}

/** A member whose subscription cannot be read subscribes to nothing, and gets nothing. */
function readMember({ memberId, memberMetadata }: GroupMember): StickyMember {
  const subscription = attempt(() => MemberMetadata.decode(memberMetadata))
  const { sinceMs, owned } = readOwnership(subscription?.userData)
  return { memberId, topics: new Set(subscription?.topics), owned, ownedSinceMs: sinceMs }
}

/** What is foreign, newer or broken counts as nothing owned. */
function readOwnership(userData: Buffer | null | undefined): Ownership {
  const read: unknown = attempt(() => JSON.parse(String(userData)))
  if (!isRecord(read) || read.v !== OWNERSHIP_VERSION || !isRecord(read.owned)) return NOTHING
  if (typeof read.at !== 'number' || !Number.isFinite(read.at)) return NOTHING
  const owned = Object.entries(read.owned).flatMap(([topic, partitions]) =>
    Array.isArray(partitions)
      ? partitions.filter(isPartition).map((partition) => ({ topic, partition }))
      : [],
  )
  return { sinceMs: read.at, owned }
}

function isPartition(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
