import type { BreakerState, MessageCause } from '../core/outcome.ts'
import type { Answer, DeadLetter, Receipt } from '../core/records.ts'
import type { QueuedMessage } from './lane.ts'

/** How a message ended, as the lane found out. */
export type Fate = (
  | { outcome: 'delivered' | 'silenced'; cause: null }
  | { outcome: 'dead_lettered' | 'expired'; cause: MessageCause }
) & {
  detail: string | null
  answer: Answer | null
  /** The lane's breaker after this. */
  breaker: BreakerState
}

/** A wait that the lane's next owner must keep. */
export interface Hold {
  waitMs: number
  detail: string | null
  answer: Answer | null
  /** How long the lane's posts have been failing; null where they have not. */
  failingForMs: number | null
  breaker: BreakerState
}

/** The receipt of a message whose fate is decided. */
export function finalReceipt(message: QueuedMessage, fate: Fate, nowMs: number): Receipt {
  const { outcome, cause, detail, answer, breaker } = fate
  const decided = { outcome, cause, detail, answer, breaker, held_until: null, failing_since: null }
  return { ...receiptOf(message, nowMs), ...decided }
}

/** The receipt of a message that was queued again under its destination's new key. */
export function movedReceipt(message: QueuedMessage, nowMs: number): Receipt {
  const moved = { outcome: 'moved', cause: null, detail: null, answer: null } as const
  return { ...receiptOf(message, nowMs), ...moved, held_until: null, failing_since: null, breaker: null }
}

/** The receipt that lets a new owner keep the wait which a lane is in. */
export function heldReceipt(message: QueuedMessage, hold: Hold, nowMs: number): Receipt {
  const { waitMs, detail, answer, failingForMs, breaker } = hold
  return {
    ...receiptOf(message, nowMs),
    outcome: null,
    cause: null,
    detail,
    answer,
    held_until: Math.ceil(nowMs + waitMs),
    failing_since: failingForMs === null ? null : Math.round(nowMs - failingForMs),
    breaker,
  }
}

type Decided = 'outcome' | 'cause' | 'detail' | 'answer' | 'held_until' | 'failing_since' | 'breaker'

function receiptOf(message: QueuedMessage, nowMs: number): Omit<Receipt, Decided> {
  const { record } = message
  return {
    id: record.id,
    action: record.action,
    destination: record.destination,
    dispatch_partition: message.dispatchPartition,
    dispatch_offset: message.dispatchOffset,
    attempts: message.attempts,
    ambiguous: message.ambiguous,
    post_messages: message.postMessages,
    lane: message.lane,
    event: record.event,
    queued_at: message.queuedAt,
    recorded_at: Math.round(nowMs),
    userId: record.userId,
    anonymousId: record.anonymousId,
    messageId: record.messageId,
  }
}

/** The dead letter of a message that was given up. */
export function messageDeadLetter(
  message: QueuedMessage,
  fate: Pick<Fate, 'detail' | 'answer'> & { cause: MessageCause },
  nowMs: number,
): DeadLetter {
  const { record } = message
  return {
    kind: 'message',
    cause: fate.cause,
    detail: fate.detail,
    attempts: message.attempts,
    answer: fate.answer,
    message: record,
    event: null,
    action: record.action,
    destination: record.destination,
    replays: null,
    recorded_at: Math.round(nowMs),
  }
}
