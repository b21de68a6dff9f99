import type { LaneStatus } from '../../core/records.ts'
import { LANE_TROUBLES, type LaneTrouble } from './overview.ts'

/** The one word for how a lane fares, the worst that is true of it. */
export function laneTrouble(lane: LaneStatus, nowMs: number): LaneTrouble {
  if (lane.breaker !== 'closed') return 'breaker_open'
  if (lane.failing_since !== null) return 'failing'
  const { last_answer: last } = lane
  const isHeld = lane.waiting > 0 && (lane.next_post_at === null || lane.next_post_at > nowMs)
  if (last?.outcome === 'rate_limited' && isHeld) return 'rate_limited'
  if (lane.paused) return 'paused'
  return lane.waiting > 0 ? 'waiting' : 'idle'
}

const RANKS = new Map(LANE_TROUBLES.map((trouble, rank) => [trouble, rank]))

/** Most in trouble first, then the longest backlog, then by name. */
export function sortLanes<T extends LaneStatus>(lanes: readonly T[], nowMs: number): T[] {
  const nameOf = ({ destinations, lane }: T): string => destinations[0] ?? lane
  return lanes
    .map((lane) => ({ lane, rank: RANKS.get(laneTrouble(lane, nowMs)) ?? 0 }))
    .sort(
      (a, b) =>
        a.rank - b.rank || b.lane.waiting - a.lane.waiting || (nameOf(a.lane) < nameOf(b.lane) ? -1 : 1),
    )
    .map(({ lane }) => lane)
}
