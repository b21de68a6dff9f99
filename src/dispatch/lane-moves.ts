import type { Destination } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { FinalOutcome, MessageCause } from '../core/outcome.ts'
import { formatDuration } from '../observe/wording.ts'
import { takesNothing } from './breaker.ts'
import { type Lane, pacedUntilMs, type QueuedMessage } from './lane.ts'

/** What a lane does next, decided from what it holds and the time alone. */
export type Move =
  /** Nothing waits, and no wait is to be remembered. */
  | { kind: 'end' }
  /** `unknown`: for a destination to become known. */
  | { kind: 'wait'; untilMs: number; unknown: boolean }
  /** The head is not ours any more. */
  | { kind: 'leave' }
  /** The head goes unposted. */
  | {
      kind: 'give_up'
      outcome: Extract<FinalOutcome, 'dead_lettered' | 'expired'>
      cause: Extract<MessageCause, 'destination_down' | 'expired' | 'unknown_destination'>
      detail: string | null
    }
  | { kind: 'post'; destination: Destination }

export type Destinations = ReadonlyMap<string, Destination>

/** How long a record waits for its destination to become known, all of a backlog at the same time: a rolling deploy. */
export const UNKNOWN_DESTINATION_MS = 600_000
/** A probe may be long in coming: who forgot the breaker meanwhile could not say that the destination is back. */
const BREAKER_REMEMBERED_MS = 3_600_000

/** What the lanes of a process decide by. */
export interface World {
  destinations: Destinations
  clock: Clock
  /** From when on a message can have waited for a destination that is not to be used, by the wall clock. */
  waitingSinceMs(destination: string): number
}

/** Neither expiry nor an open breaker waits for the lane's pace or for what it was told to wait. */
export function nextMove(lane: Lane, world: World): Move {
  const { destinations, clock } = world
  const monotonicMs = clock.monotonicMs()
  const head = lane.queue.at(0)
  if (head === undefined) {
    const untilMs = restUntilMs(lane)
    return untilMs > monotonicMs ? { kind: 'wait', untilMs, unknown: false } : { kind: 'end' }
  }
  if (!head.owned()) return { kind: 'leave' }
  const destination = destinations.get(head.record.destination)
  const expiresInMs = timeLeftMs(head, destination, clock.nowMs())
  if (expiresInMs <= 0) {
    const detail = `waited ${formatDuration(clock.nowMs() - head.queuedAt)}`
    return { kind: 'give_up', outcome: 'expired', cause: 'expired', detail }
  }
  const expiryMs = monotonicMs + expiresInMs
  if (destination?.enabled !== true) {
    const waitedMs = clock.nowMs() - Math.max(head.queuedAt, world.waitingSinceMs(head.record.destination))
    const giveUpMs = monotonicMs + UNKNOWN_DESTINATION_MS - waitedMs
    if (giveUpMs > monotonicMs) return { kind: 'wait', untilMs: Math.min(giveUpMs, expiryMs), unknown: true }
    const detail = destination === undefined ? 'not configured' : 'disabled'
    return { kind: 'give_up', outcome: 'dead_lettered', cause: 'unknown_destination', detail }
  }
  if (takesNothing(lane.breaker, monotonicMs)) {
    return { kind: 'give_up', outcome: 'dead_lettered', cause: 'destination_down', detail: lane.breaker.word }
  }
  const dueMs = Math.max(
    lane.notBeforeMs,
    pacedUntilMs(lane),
    settledAtMs(head, destination),
    recordedUntilMs(lane),
  )
  if (dueMs > monotonicMs) return { kind: 'wait', untilMs: Math.min(dueMs, expiryMs), unknown: false }
  return { kind: 'post', destination }
}

/** Whether a message may leave with the head of its lane, were it the head. */
export function mayLeave(message: QueuedMessage, destination: Destination, clock: Clock): boolean {
  return (
    message.owned() &&
    timeLeftMs(message, destination, clock.nowMs()) > 0 &&
    settledAtMs(message, destination) <= clock.monotonicMs()
  )
}

/** Least time from an answer to the next post; null where there is no pace to keep: `rate: off`, or nothing is posted. */
export function intervalOf(destination: Destination): number | null {
  return destination.type === 'blackhole' ? null : destination.policy.intervalMs
}

/** Until when a lane without messages is to be remembered. */
function restUntilMs(lane: Lane): number {
  const { notBeforeMs, rememberUntilMs, breaker } = lane
  const untilMs = Math.max(notBeforeMs, rememberUntilMs, pacedUntilMs(lane), recordedUntilMs(lane))
  return breaker.state === 'closed' ? untilMs : Math.max(untilMs, breaker.probeAtMs + BREAKER_REMEMBERED_MS)
}

/** What was given up comes back where it could not be put on record: what is behind it must not be out by then. */
function recordedUntilMs({ givingUp }: Lane): number {
  return givingUp > 0 ? Infinity : -Infinity
}

function timeLeftMs(message: QueuedMessage, destination: Destination | undefined, nowMs: number): number {
  const expireAfterMs = destination?.policy.expireAfterMs ?? null
  return expireAfterMs === null ? Infinity : message.queuedAt + expireAfterMs - nowMs
}

/** From when on no post of the partition's owner before can be too close. */
function settledAtMs(message: QueuedMessage, destination: Destination): number {
  return message.ownedSinceMs + (intervalOf(destination) ?? 0)
}
