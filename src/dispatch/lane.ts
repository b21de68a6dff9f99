import type { DispatchRecord, LaneStatus } from '../core/records.ts'
import { type Breaker, CLOSED } from './breaker.ts'
import { LaneQueue, type MemoryUse } from './lane-queue.ts'

/** A dispatch record in a lane. */
export interface QueuedMessage {
  record: DispatchRecord
  /** The key of its dispatch record, and the name of its lane. */
  lane: string
  dispatchPartition: number
  dispatchOffset: number
  /** The dispatch record's timestamp, milliseconds since the epoch. */
  queuedAt: number
  bytes: number
  attempts: number
  /** How many of the attempts may have arrived unanswered. */
  ambiguous: number
  /** How many messages shared its last post; null before the first. */
  postMessages: number | null
  /** Messages of one unit share their posts and no others do; null: any that looks alike may join. See coalesce.ts. */
  unit: number | null
  /**
   * Monotonic time at which its partition became ours: nothing of it is posted before one interval has passed,
   * since its owner before may just have posted. -Infinity where there was none.
   */
  ownedSinceMs: number
  /** False once the partition it came from is not ours: it must not be posted any more. */
  owned: () => boolean
}

/**
 * One webhook's messages, in order. The head is the message in work; it leaves only with its fate decided, so
 * nothing overtakes. Also what the lane knows of its destination's health, which decides patience:
 *
 *   failing since   set by the first failed attempt, cleared by any answer that shows the destination works.
 *                   A message's patience counts from then or from when it was queued, whichever is later: a
 *                   backlog behind a dead webhook is given up together, not an hour each.
 */
export interface Lane {
  readonly key: string
  readonly queue: LaneQueue
  /** The most messages that it is to hold: its destination's `lane_limit`. */
  limit: number
  /** Monotonic: nothing leaves before, whatever its pace. */
  notBeforeMs: number
  /** The last answer, and how long after it its destination's rate lets the next post leave; null before the first. */
  paced: { destination: string; answeredMs: number; intervalMs: number } | null
  /** Monotonic: until then it is kept without messages, for what it knows of owners before. */
  rememberUntilMs: number
  /** How many messages from the head are in a post now. */
  posting: number
  /** How many it has given up that are not on record: until they are, or never will be, nothing behind is posted. */
  givingUp: number
  breaker: Breaker
  failuresInARow: number
  failingSinceMs: number | null
  /** Answers in a row of the kind that is waited out at first (Slack's `no_service`), since working webhooks give it. */
  toleratedInARow: number
  /** To its last post, for those who look on: nothing is decided by it. */
  lastAnswer: LaneStatus['last_answer']
}

export function createLane(key: string, use: MemoryUse): Lane {
  return {
    key,
    queue: new LaneQueue(use),
    limit: 0,
    notBeforeMs: -Infinity,
    paced: null,
    rememberUntilMs: -Infinity,
    posting: 0,
    givingUp: 0,
    breaker: CLOSED,
    failuresInARow: 0,
    failingSinceMs: null,
    toleratedInARow: 0,
    lastAnswer: null,
  }
}

/** Until when the rate alone keeps the next post; monotonic. */
export function pacedUntilMs({ paced }: Lane): number {
  return paced === null ? -Infinity : paced.answeredMs + paced.intervalMs
}

/** Takes note of an attempt's outcome; `tolerable` where the answer is of the kind that is waited out at first. */
export function noteAttempt(
  lane: Lane,
  attempt: { failed: boolean; tolerable: boolean; monotonicMs: number },
): void {
  lane.toleratedInARow = attempt.tolerable ? lane.toleratedInARow + 1 : 0
  if (attempt.failed) {
    lane.failuresInARow += 1
    lane.failingSinceMs ??= attempt.monotonicMs
    return
  }
  lane.failuresInARow = 0
  lane.failingSinceMs = null
}

/** How long a message has been waiting on a failing destination; a restart does not shorten it. */
export function failingForMs(
  lane: Lane,
  message: QueuedMessage,
  at: { nowMs: number; monotonicMs: number },
): number {
  if (lane.failingSinceMs === null) return 0
  const waitedMs = Math.max(0, at.nowMs - message.queuedAt)
  return Math.min(at.monotonicMs - lane.failingSinceMs, waitedMs)
}
