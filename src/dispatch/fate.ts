import type { FinalOutcome, MessageCause } from '../core/outcome.ts'
import type { Answer, DeadLetter, Receipt } from '../core/records.ts'
import type { QueuedMessage } from './lane.ts'

/** How a message ended, as the lane found out. */
export interface Fate {
  outcome: Extract<FinalOutcome, 'delivered' | 'dead_lettered'>
  cause: MessageCause | null
  detail: string | null
  answer: Answer | null
}

/** The receipt of a message whose fate is decided. */
export function finalReceipt(message: QueuedMessage, fate: Fate, nowMs: number): Receipt {
  return { ...receiptOf(message, nowMs), ...fate, held_until: null }
}

/** The receipt that lets a new owner keep the wait which a lane is in. */
export function heldReceipt(
  message: QueuedMessage,
  hold: { heldUntilMs: number; detail: string | null; answer: Answer | null },
  nowMs: number,
): Receipt {
  return {
    ...receiptOf(message, nowMs),
    outcome: null,
    cause: null,
    detail: hold.detail,
    answer: hold.answer,
    held_until: Math.ceil(hold.heldUntilMs),
  }
}

type Identified = Omit<Receipt, 'outcome' | 'cause' | 'detail' | 'answer' | 'held_until'>

function receiptOf(message: QueuedMessage, nowMs: number): Identified {
  const { record } = message
  return {
    id: record.id,
    action: record.action,
    destination: record.destination,
    dispatch_partition: message.dispatchPartition,
    dispatch_offset: message.dispatchOffset,
    attempts: message.attempts,
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
  fate: Fate & { cause: MessageCause },
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
    recorded_at: Math.round(nowMs),
  }
}
