import type { Destination } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { MessageCause } from '../core/outcome.ts'
import { NOTIFY_ACTION } from '../core/own-actions.ts'
import { formatDuration } from '../observe/wording.ts'
import { takesNothing } from './breaker.ts'
import { groupLength } from './coalesce.ts'
import type { Group } from './consequence.ts'
import type { Controls } from './controls.ts'
import { type Lane, pacedUntilMs, type QueuedMessage } from './lane.ts'

/** What a lane does next, decided from what it holds and the time alone. */
export type Move =
  /** Nothing waits, and no wait is to be remembered. */
  | { kind: 'end' }
  /** `unknown`: for a destination to become known. `paused`: for a person to let it go on. */
  | { kind: 'wait'; untilMs: number; unknown: boolean; paused: boolean }
  /** The head is not ours any more. */
  | { kind: 'leave' }
  | GiveUp
  | { kind: 'post'; destination: Destination }

/** The head goes unposted. */
type GiveUp =
  | {
      kind: 'give_up'
      outcome: 'dead_lettered' | 'expired'
      cause: Extract<MessageCause, 'destination_down' | 'expired' | 'unknown_destination'>
      detail: string | null
    }
  | { kind: 'give_up'; outcome: 'silenced'; cause: null; detail: string }

export type Destinations = ReadonlyMap<string, Destination>

/** How long a record waits for its destination to become known, all of a backlog at the same time: a rolling deploy. */
export const UNKNOWN_DESTINATION_MS = 600_000
/** How long bellhop's own word is tried again. */
const OWN_WORD_PATIENCE_MS = 60_000
/** A probe may be long in coming: who forgot the breaker meanwhile could not say that the destination is back. */
const BREAKER_REMEMBERED_MS = 3_600_000

/** What the lanes of a process decide by. */
export interface World {
  destinations: Destinations
  clock: Clock
  controls: Controls
  /** From when on a message can have waited for a destination that is not to be used, by the wall clock. */
  waitingSinceMs(destination: string): number
}

/**
 * What decides first, goes first: a message that has expired, or that a person has silenced, waits neither for the
 * lane's pace nor for what it was told to wait; a paused one waits whatever else holds, but never beyond its expiry.
 * The lane has one order: behind a paused head the messages of other destinations wait too.
 */
export function nextMove(lane: Lane, world: World): Move {
  const { destinations, controls, clock } = world
  const monotonicMs = clock.monotonicMs()
  const head = lane.queue.at(0)
  if (head === undefined) {
    const untilMs = restUntilMs(lane)
    return untilMs > monotonicMs ? waitUntil(untilMs) : { kind: 'end' }
  }
  if (!head.owned()) return { kind: 'leave' }
  const destination = destinations.get(head.record.destination)
  const expiresInMs = timeLeftMs(head, destination, clock.nowMs())
  if (expiresInMs <= 0) {
    const detail = `waited ${formatDuration(clock.nowMs() - head.queuedAt)}`
    return { kind: 'give_up', outcome: 'expired', cause: 'expired', detail }
  }
  const expiryMs = monotonicMs + expiresInMs
  if (controls.isPaused(head.record.destination)) return { ...waitUntil(expiryMs), paused: true }
  if (destination?.enabled !== true) return moveOfUnknown(head, { destination, expiryMs }, world)
  const silenced = silencedDetail(lane, head, world)
  if (silenced !== null) return { kind: 'give_up', outcome: 'silenced', cause: null, detail: silenced }
  if (takesNothing(lane.breaker, monotonicMs)) {
    return { kind: 'give_up', outcome: 'dead_lettered', cause: 'destination_down', detail: lane.breaker.word }
  }
  const dueMs = Math.max(
    lane.notBeforeMs,
    pacedUntilMs(lane),
    settledAtMs(head, destination),
    recordedUntilMs(lane),
  )
  return dueMs > monotonicMs ? waitUntil(Math.min(dueMs, expiryMs)) : { kind: 'post', destination }
}

function waitUntil(untilMs: number): Extract<Move, { kind: 'wait' }> {
  return { kind: 'wait', untilMs, unknown: false, paused: false }
}

/** A record that names a destination which is not configured, or is disabled, gets time for a deploy. */
function moveOfUnknown(
  head: QueuedMessage,
  { destination, expiryMs }: { destination: Destination | undefined; expiryMs: number },
  world: World,
): Move {
  const { clock } = world
  const waitedMs = clock.nowMs() - Math.max(head.queuedAt, world.waitingSinceMs(head.record.destination))
  const giveUpMs = clock.monotonicMs() + UNKNOWN_DESTINATION_MS - waitedMs
  if (waitedMs < UNKNOWN_DESTINATION_MS) return { ...waitUntil(Math.min(giveUpMs, expiryMs)), unknown: true }
  const detail = destination === undefined ? 'not configured' : 'disabled'
  return { kind: 'give_up', outcome: 'dead_lettered', cause: 'unknown_destination', detail }
}

/** Why the head is dropped with a receipt alone; null where it is not. */
function silencedDetail(lane: Lane, head: QueuedMessage, { controls, clock }: World): string | null {
  const silence = controls.silenceAt(head.record.destination, clock.nowMs())
  if (silence !== null) return silence.why ?? 'silenced'
  if (!isOwnWord(head)) return null
  const { breaker, failingSinceMs } = lane
  if (breaker.state !== 'closed') {
    return `bellhop's own word, and its lane's breaker is open: ${breaker.word ?? 'the destination is down'}`
  }
  if (failingSinceMs === null) return null
  // A post of its own that failed is no verdict yet: a broken connection would lose it.
  const mayTryAgain = head.attempts > 0 && clock.monotonicMs() - failingSinceMs < OWN_WORD_PATIENCE_MS
  return mayTryAgain ? null : "bellhop's own word, and its lane is failing"
}

/** Whether a person has said, by now, that nothing is to be posted there. */
export function isWithheld(destination: string, { controls, clock }: World): boolean {
  return controls.isPaused(destination) || controls.silenceAt(destination, clock.nowMs()) !== null
}

/**
 * What bellhop says about itself never goes through a lane that is itself broken: it is no probe, shares no post, and
 * is dropped where posts before it failed, or its own for a minute.
 */
export function isOwnWord({ record }: QueuedMessage): boolean {
  return record.action === NOTIFY_ACTION
}

/** What goes out with the head as one post; a probe goes alone. Null where nothing waits. */
export function nextGroup({ queue, breaker }: Lane, destination: Destination, clock: Clock): Group | null {
  const first = queue.at(0)
  const isAlone = breaker.state !== 'closed' || (first !== undefined && isOwnWord(first))
  const length = groupLength(queue, isAlone ? null : destination.policy.coalesce, (message) =>
    mayLeave(message, destination, clock),
  )
  const [head, ...others] = queue.first(length)
  return head === undefined ? null : [head, ...others]
}

/**
 * Whether a message may leave with the head of its lane, were it the head. Only messages of one destination share a
 * post, so what a person has said about the head's holds for it too.
 */
function mayLeave(message: QueuedMessage, destination: Destination, clock: Clock): boolean {
  return (
    message.owned() &&
    !isOwnWord(message) &&
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
