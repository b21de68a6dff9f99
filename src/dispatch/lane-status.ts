import type { Clock } from '../core/clock.ts'
import type { LaneStatus } from '../core/records.ts'
import type { Controls } from './controls.ts'
import { type Lane, pacedUntilMs } from './lane.ts'
import { type Destinations, intervalOf } from './lane-moves.ts'

/** What a lane's status is told by, besides the lane. */
export interface LaneStatusWorld {
  destinations: Destinations
  controls: Pick<Controls, 'isPaused'>
  clock: Clock
}

/** Words of a receiver, and of whoever writes records, are cut: a thousand lanes go into one record. */
const DETAIL_CHARS = 200

/** A lane as others are told of it; times by the wall clock, whole milliseconds. */
export function laneStatus(lane: Lane, { destinations, controls, clock }: LaneStatusWorld): LaneStatus {
  const monotonicMs = clock.monotonicMs()
  const nowMs = clock.nowMs()
  const toWall = (ms: number): number => Math.round(nowMs + ms - monotonicMs)
  const { queue, breaker, failingSinceMs, lastAnswer } = lane
  const seen: string[] = []
  let oldestAt: number | null = null
  queue.forEachTally(({ destination, oldestQueuedAt }) => {
    seen.push(destination)
    if (oldestQueuedAt !== null) oldestAt = Math.min(oldestAt ?? Infinity, oldestQueuedAt)
  })
  const head = queue.at(0)
  const current = head?.record.destination ?? lane.paced?.destination ?? seen[0] ?? ''
  const destination = destinations.get(current)
  const isPaused = (head === undefined ? seen : [current]).some((id) => controls.isPaused(id))
  const nextMs = head === undefined || isPaused ? null : nextPostMs(lane, destinations)
  return {
    lane: lane.key,
    destinations: seen,
    waiting: queue.length,
    oldest_at: oldestAt,
    interval_ms: wholeMs(destination === undefined ? null : intervalOf(destination)),
    next_post_at: nextMs === null ? null : Math.max(Math.round(nowMs), toWall(nextMs)),
    paused: isPaused,
    failing_since: failingSinceMs === null ? null : toWall(failingSinceMs),
    breaker: breaker.state,
    last_answer:
      lastAnswer === null
        ? null
        : { ...lastAnswer, detail: lastAnswer.detail === null ? null : cut(lastAnswer.detail) },
  }
}

/** As nextMove has it: when the head may leave at the earliest, monotonic; null where nobody can know. */
function nextPostMs(lane: Lane, destinations: Destinations): number | null {
  const head = lane.queue.at(0)
  const destination = head === undefined ? undefined : destinations.get(head.record.destination)
  if (head === undefined || destination?.enabled !== true || lane.givingUp > 0) return null
  const { breaker } = lane
  const settledMs = head.ownedSinceMs + (intervalOf(destination) ?? 0)
  const probeMs = breaker.state === 'open' ? breaker.probeAtMs : -Infinity
  return Math.max(lane.notBeforeMs, pacedUntilMs(lane), settledMs, probeMs)
}

function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms)
}

function cut(text: string): string {
  return text.length > DETAIL_CHARS ? `${text.slice(0, DETAIL_CHARS - 1)}…` : text
}
