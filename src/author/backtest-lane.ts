import type { Destination } from '../config/config.ts'
import type { DispatchRecord } from '../core/records.ts'
import { groupLength } from '../dispatch/coalesce.ts'
import type { QueuedMessage } from '../dispatch/lane.ts'
import { intervalOf } from '../dispatch/lane-moves.ts'

/**
 * How a lane would have posted messages that came in this order: the dispatch stage's pace, its expiry and its own
 * rule for what shares a post. Slack is taken to answer at once, and nothing else to go through the lane.
 *
 * A waiting lane is as good as its last post: which messages share a post is decided from the head of the queue and
 * in order, so each that comes either joins the post that waits last or begins the next, whose time is known then.
 * Nothing else is remembered, however long the backlog.
 */
export interface LaneSimulation {
  /** Messages in order of time, milliseconds since the epoch; one that comes late counts as if it came now. */
  add(record: DispatchRecord, timeMs: number): void
  readonly totals: ReadonlyMap<string, DestinationTotals>
}

export interface DestinationTotals {
  messages: number
  posts: number
  /** Messages that would have waited for longer than `expire_after`. */
  expired: number
  longestWaitMs: number
}

interface PlannedPost {
  leavesAtMs: number
  messages: number
  /** Its texts as one, to measure what else fits. */
  joined: QueuedMessage
}

export function createLaneSimulation(destinations: ReadonlyMap<string, Destination>): LaneSimulation {
  const totals = new Map<string, DestinationTotals>()
  let last: PlannedPost | null = null
  let freeAtMs = Number.NEGATIVE_INFINITY
  let nowMs = Number.NEGATIVE_INFINITY
  return {
    totals,
    add(record, timeMs) {
      const destination = destinations.get(record.destination)
      if (destination === undefined) return
      nowMs = Math.max(nowMs, timeMs)
      const total = totalsOf(totals, record.destination)
      total.messages += 1
      const message = asQueued(record)
      const joined =
        last !== null && last.leavesAtMs > nowMs && mayJoin(last, message, destination) ? last : null
      const leavesAtMs = joined?.leavesAtMs ?? Math.max(nowMs, freeAtMs)
      const waitMs = leavesAtMs - nowMs
      if (waitMs >= (destination.policy.expireAfterMs ?? Number.POSITIVE_INFINITY)) {
        total.expired += 1
        // Until it is given up it stands between that post and what comes after.
        last = null
        return
      }
      total.longestWaitMs = Math.max(total.longestWaitMs, waitMs)
      if (joined !== null) {
        last = { leavesAtMs, messages: joined.messages + 1, joined: joinTexts(joined.joined, message) }
        return
      }
      total.posts += 1
      last = { leavesAtMs, messages: 1, joined: message }
      freeAtMs = leavesAtMs + (intervalOf(destination) ?? 0)
    },
  }
}

function totalsOf(totals: Map<string, DestinationTotals>, destination: string): DestinationTotals {
  const known = totals.get(destination)
  if (known !== undefined) return known
  const fresh = { messages: 0, posts: 0, expired: 0, longestWaitMs: 0 }
  totals.set(destination, fresh)
  return fresh
}

/** The lane's own rule, asked about a post and the message that waits behind it. */
function mayJoin(post: PlannedPost, next: QueuedMessage, { policy }: Destination): boolean {
  const { coalesce } = policy
  if (coalesce === null || post.messages >= coalesce.maxMessages) return false
  const waiting = { length: 2, at: (nth: number) => [post.joined, next][nth] }
  return groupLength(waiting, { ...coalesce, maxMessages: 2 }, () => true) === 2
}

function joinTexts(one: QueuedMessage, other: QueuedMessage): QueuedMessage {
  const text = `${one.record.message.text}\n${other.record.message.text}`
  return { ...one, record: { ...one.record, message: { ...one.record.message, text } } }
}

function asQueued(record: DispatchRecord): QueuedMessage {
  return {
    record,
    lane: '',
    dispatchPartition: 0,
    dispatchOffset: 0,
    queuedAt: 0,
    bytes: 0,
    attempts: 0,
    ambiguous: 0,
    postMessages: null,
    unit: null,
    ownedSinceMs: Number.NEGATIVE_INFINITY,
    owned: () => true,
  }
}
