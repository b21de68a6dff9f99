import type { DispatchRecord } from '../core/records.ts'

/** A dispatch record in a lane. */
export interface QueuedMessage {
  record: DispatchRecord
  dispatchPartition: number
  dispatchOffset: number
  /** The dispatch record's timestamp, milliseconds since the epoch. */
  queuedAt: number
  /** Monotonic time of its arrival in the lane. */
  enqueuedMs: number
  bytes: number
  attempts: number
  ambiguous: number
  /** False once the partition it came from is not ours: it must not be posted any more. */
  owned: () => boolean
}

/**
 * One webhook's messages, in order. The head is the message in work; it leaves only with its fate decided, so
 * nothing overtakes. Also what the lane knows of its destination's health, which decides patience:
 *
 *   failing since   set by the first failed attempt, cleared by any answer that shows the destination works.
 *                   A message's patience counts from then or from its own arrival, whichever is later: a
 *                   backlog behind a dead webhook is given up together, not an hour each.
 */
export interface Lane {
  readonly key: string
  messages: QueuedMessage[]
  failuresInARow: number
  failingSinceMs: number | null
  /** Answers in a row of the kind that is waited out at first (Slack's `no_service`), since working webhooks give it. */
  toleratedInARow: number
}

export function createLane(key: string): Lane {
  return { key, messages: [], failuresInARow: 0, failingSinceMs: null, toleratedInARow: 0 }
}

/** Takes note of an attempt's outcome; `tolerable` where the answer is of the kind that is waited out at first. */
export function noteAttempt(
  lane: Lane,
  attempt: { failed: boolean; tolerable: boolean; nowMs: number },
): void {
  lane.toleratedInARow = attempt.tolerable ? lane.toleratedInARow + 1 : 0
  if (attempt.failed) {
    lane.failuresInARow += 1
    lane.failingSinceMs ??= attempt.nowMs
    return
  }
  lane.failuresInARow = 0
  lane.failingSinceMs = null
}

/** How long a message has been waiting on a failing destination. */
export function failingForMs(lane: Lane, message: QueuedMessage, nowMs: number): number {
  if (lane.failingSinceMs === null) return 0
  return nowMs - Math.max(lane.failingSinceMs, message.enqueuedMs)
}
