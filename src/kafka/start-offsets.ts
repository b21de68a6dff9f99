import type { Admin, Kafka } from 'kafkajs'
import type { StartPosition } from '../config/config.ts'
import { AppError } from '../core/errors.ts'
import { sleep } from '../system.ts'
import { isCoordinatorMoving, isFenced } from './failures.ts'
import { logRanges } from './offsets.ts'
import { type ConsumedUpTo, openTransactionalWriter } from './transactional-writer.ts'

/**
 * Where a group begins in topics that it has never read, decided once and before anyone joins. The decision is
 * made under a transactional id of its own, which serves as a lock across processes: whoever opens it ends the
 * other's attempt, then sees what was committed. So `latest` means one moment for all partitions, a partition
 * that appears later is known as such, and no process overwrites another's progress.
 *
 * A group without any offsets, whatever the topic, beside a topic that only its own work can have filled means that
 * they have expired, and then no position can be right without a person's word. That topic is what the group writes:
 * dispatch for match, which gets a record without value (its readers skip it), receipts for dispatch. The record is
 * written once the offsets are committed, never with them: a transaction that is cut off leaves its records in the
 * log and its offsets nowhere, which is what expired offsets look like.
 */
export interface StartOffsetsDeps {
  kafka: Kafka
  admin: Admin
  groupId: string
  topics: readonly { topic: string; start: StartPosition }[]
  /** Has had records where the group has run before. */
  historyTopic: string
  /** Whether a record is left there where there was none. */
  marksHistory: boolean
  /** The person's word: where to start topics whose offsets have expired. */
  override: StartPosition | null
  signal: AbortSignal
}

const RETRY_MS = 200
const VISIBLE_POLL_MS = 20

/**
 * True once every topic has its offsets; false where the signal came first, and then the group must not be joined.
 * @throws {AppError} offsets_expired.
 */
export async function settleStartOffsets(deps: StartOffsetsDeps): Promise<boolean> {
  const { signal } = deps
  while (!signal.aborted) {
    try {
      await settleUnderLock(deps)
      return !signal.aborted
    } catch (error) {
      if (!isFenced(error) && !isCoordinatorMoving(error)) throw error
      await sleep(RETRY_MS, signal)
    }
  }
  return false
}

async function settleUnderLock(deps: StartOffsetsDeps): Promise<void> {
  const { kafka, admin, groupId, historyTopic, marksHistory, signal } = deps
  const writer = await openTransactionalWriter(kafka, `${groupId}.start`)
  try {
    const firstOffsets = await offsetsToCommit(deps)
    if (firstOffsets.length > 0) await writer.commit([], firstOffsets)
    // The broker shows the offsets of a transaction a moment after it has answered the commit.
    while (!signal.aborted && (await unreadTopics(deps)).topics.length > 0) {
      await sleep(VISIBLE_POLL_MS, signal)
    }
    if (signal.aborted || !marksHistory || (await hasHadRecords(admin, historyTopic))) return
    await writer.commit([{ topic: historyTopic, key: `start/${groupId}`, value: null }], [])
  } finally {
    await writer.discard()
  }
}

async function offsetsToCommit(deps: StartOffsetsDeps): Promise<ConsumedUpTo[]> {
  const { admin, historyTopic, override } = deps
  const unread = await unreadTopics(deps)
  if (unread.topics.length === 0) return []
  const haveExpired = unread.groupIsEmpty && (await hasHadRecords(admin, historyTopic))
  if (haveExpired && override === null) throw offsetsExpired(deps)
  const offsets: ConsumedUpTo[] = []
  for (const { topic, start } of unread.topics) {
    offsets.push(...(await startsOf(deps, topic, haveExpired ? (override ?? start) : start)))
  }
  return offsets
}

interface Unread {
  /** Those of the given topics that the group has no offset in. */
  topics: StartOffsetsDeps['topics']
  /** Whether it has none in any other topic either, such as one that was configured before. */
  groupIsEmpty: boolean
}

async function unreadTopics({ admin, groupId, topics }: StartOffsetsDeps): Promise<Unread> {
  // Without a list of topics the broker answers with all that the group has offsets in.
  const found = await admin.fetchOffsets({ groupId })
  const isCommitted = ({ offset }: { offset: string }): boolean => Number(offset) >= 0
  const read = found.filter(({ partitions }) => partitions.some(isCommitted)).map(({ topic }) => topic)
  return { topics: topics.filter(({ topic }) => !read.includes(topic)), groupIsEmpty: read.length === 0 }
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
