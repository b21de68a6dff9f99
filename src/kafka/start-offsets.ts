import type { Admin, Kafka } from 'kafkajs'
import type { StartPosition } from '../config/config.ts'
import { AppError } from '../core/errors.ts'
import { sleep } from '../system.ts'
import { isCoordinatorMoving, isFenced } from './failures.ts'
import { committedOffsets, logRanges } from './offsets.ts'
import { type ConsumedUpTo, openTransactionalWriter } from './transactional-writer.ts'

/**
 * Where a group begins in topics that it has never read, decided once and before anyone joins. The decision is
 * made under a transactional id of its own, which serves as a lock across processes: whoever opens it ends the
 * other's attempt, then sees what was committed. So `latest` means one moment for all partitions, a partition
 * that appears later is known as such, and no process overwrites another's progress.
 *
 * A group without any offsets beside a topic that only its own work can have filled means that they have expired,
 * and then no position can be right without a person's word. That topic is what the group writes: dispatch for
 * match, which gets a record without value with the first decision (its readers skip it), receipts for dispatch.
 */
export interface StartOffsetsDeps {
  kafka: Kafka
  admin: Admin
  groupId: string
  topics: readonly { topic: string; start: StartPosition }[]
  /** Has had records where the group has run before. */
  historyTopic: string
  /** Whether the first decision leaves a record there. */
  marksHistory: boolean
  /** The person's word: where to start topics whose offsets have expired. */
  override: StartPosition | null
  signal: AbortSignal
}

const RETRY_MS = 200
const VISIBLE_POLL_MS = 20

export async function settleStartOffsets(deps: StartOffsetsDeps): Promise<void> {
  while (!deps.signal.aborted) {
    try {
      await settleUnderLock(deps)
      return
    } catch (error) {
      if (!isFenced(error) && !isCoordinatorMoving(error)) throw error
      await sleep(RETRY_MS, deps.signal)
    }
  }
}

async function settleUnderLock(deps: StartOffsetsDeps): Promise<void> {
  const { kafka, admin, groupId, historyTopic } = deps
  const writer = await openTransactionalWriter(kafka, `${groupId}.start`)
  try {
    const unread = await topicsWithoutOffsets(deps)
    if (unread.length === 0) return
    const hasHistory = await hasHadRecords(admin, historyTopic)
    const haveExpired = hasHistory && unread.length === deps.topics.length
    if (haveExpired && deps.override === null) throw offsetsExpired(deps)
    const offsets: ConsumedUpTo[] = []
    for (const { topic, start } of unread) {
      const at = haveExpired ? (deps.override ?? start) : start
      offsets.push(...(await startsOf(deps, topic, at)))
    }
    const marker = { topic: historyTopic, key: `start/${groupId}`, value: null }
    await writer.commit(deps.marksHistory && !hasHistory ? [marker] : [], offsets)
    // The broker shows the offsets of a transaction a moment after it has answered the commit.
    while (!deps.signal.aborted && (await topicsWithoutOffsets(deps)).length > 0) {
      await sleep(VISIBLE_POLL_MS, deps.signal)
    }
  } finally {
    await writer.discard()
  }
}

async function topicsWithoutOffsets({
  admin,
  groupId,
  topics,
}: StartOffsetsDeps): Promise<{ topic: string; start: StartPosition }[]> {
  const unread: { topic: string; start: StartPosition }[] = []
  for (const topic of topics) {
    const committed = await committedOffsets(admin, { groupId, topic: topic.topic })
    if (committed.size === 0) unread.push(topic)
  }
  return unread
}

async function hasHadRecords(admin: Admin, topic: string): Promise<boolean> {
  const ranges = await logRanges(admin, topic)
  return [...ranges.values()].some(({ high }) => high > 0)
}

async function startsOf(deps: StartOffsetsDeps, topic: string, at: StartPosition): Promise<ConsumedUpTo[]> {
  const { admin, groupId } = deps
  const ranges = await logRanges(admin, topic)
  const byTime = new Map<number, number>()
  if (at.at === 'time') {
    for (const { partition, offset } of await admin.fetchTopicOffsetsByTimestamp(topic, at.timeMs)) {
      byTime.set(partition, Number(offset))
    }
  }
  return [...ranges].map(([partition, { low, high }]) => {
    const found = byTime.get(partition) ?? -1
    const latestOrTime = found >= 0 ? found : high
    return { groupId, topic, partition, nextOffset: at.at === 'earliest' ? low : latestOrTime }
  })
}

function offsetsExpired({ groupId, topics }: StartOffsetsDeps): AppError {
  return new AppError(
    'offsets_expired',
    `group ${groupId} has no committed offsets for ${topics.map(({ topic }) => topic).join(', ')}, although it ` +
      'has run before: they were deleted, or expired while bellhop was stopped (offsets.retention.minutes, 7 days ' +
      'by default). Where to go on is not guessed. Run once with --start: "bellhop run --start earliest" reads ' +
      'what the topics still hold (messages already sent will be sent again), "--start latest" skips it, ' +
      '"--start 2026-01-31T08:00:00Z" begins at a time.',
  )
}
