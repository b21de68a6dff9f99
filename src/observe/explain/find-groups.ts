import type { TopicNames } from '../../core/topic-names.ts'
import type { Admin, Kafka } from '../../kafka/client.ts'
import { type Committed, committedOffsets } from '../../kafka/offsets.ts'
import { settledWithin } from '../../system.ts'
import type { Logs } from './logs.ts'

/** What the consumer groups say. */
export interface Groups {
  /** By partition of the events topic. */
  match: ReadonlyMap<number, Committed>
  matchIsRunning: boolean
  /** By partition of the dispatch topic. */
  dispatch: ReadonlyMap<number, Committed>
  dispatchIsRunning: boolean
}

const DISCONNECT_MS = 1_000

/** `eventsTopic`: the topic of the event that is asked about. */
export async function askGroups(
  { kafka, logs, topics }: { kafka: Kafka; logs: Logs; topics: TopicNames },
  eventsTopic: string,
): Promise<Groups> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const of = async (groupId: string, topic: string): Promise<Map<number, Committed>> =>
      (await logs.reader(topic)) === null ? new Map() : committedOffsets(admin, { groupId, topic })
    return {
      match: await of(topics.matchGroup, eventsTopic),
      matchIsRunning: await hasMembers(admin, topics.matchGroup),
      dispatch: await of(topics.dispatchGroup, topics.dispatch),
      dispatchIsRunning: await hasMembers(admin, topics.dispatchGroup),
    }
  } finally {
    await settledWithin(admin.disconnect(), DISCONNECT_MS)
  }
}

async function hasMembers(admin: Admin, groupId: string): Promise<boolean> {
  const { groups } = await admin.describeGroups([groupId])
  return groups.some(({ members }) => members.length > 0)
}
