import type { LaneStatus } from '../core/records.ts'
import { oldestText } from './notice-text.ts'
import { type Look, MOST_WATCHED, type Watch, wasTold } from './watch.ts'

export interface LateLane {
  destinations: readonly string[]
  waiting: number
  waitedMs: number
  isPaused: boolean
}

interface WatchedLane extends LateLane {
  isTold: boolean
  seenAtMs: number
}

/** A lane that changes its owner is not spoken of for a while. */
const MISSED_FOR_MS = 60_000

/**
 * Lanes whose oldest message waits too long. Each is told once; it is news again when its messages had waited for less
 * than half of the limit in between, so that a lane at the limit is not told of again and again.
 */
export function createOldestWatch(): Watch {
  const late = new Map<string, WatchedLane>()
  const toldAll = (): void => {
    for (const one of late.values()) one.isTold = true
  }
  return {
    cause: 'oldest_message',
    note(look) {
      noteLate(late, look)
    },
    takeOver(spokenAt, nowMs) {
      if (wasTold(spokenAt, nowMs)) toldAll()
    },
    news({ nowMs, settings: { oldestMessageMs } }) {
      const found = [...late.values()].filter(
        ({ isTold, seenAtMs, waitedMs }) => !isTold && seenAtMs === nowMs && waitedMs > oldestMessageMs,
      )
      found.sort((a, b) => b.waitedMs - a.waitedMs)
      return found.length === 0 ? null : oldestText(found, oldestMessageMs)
    },
    told: toldAll,
  }
}

function noteLate(late: Map<string, WatchedLane>, { processes, nowMs, settings }: Look): void {
  for (const lane of processes.flatMap(({ lanes }) => lanes)) {
    const waitedMs = lane.oldest_at === null ? 0 : nowMs - lane.oldest_at
    const known = late.get(lane.lane)
    if (waitedMs < settings.oldestMessageMs / 2) late.delete(lane.lane)
    else if (known !== undefined || (waitedMs > settings.oldestMessageMs && late.size < MOST_WATCHED))
      late.set(lane.lane, watched(lane, { waitedMs, nowMs, isTold: known?.isTold ?? false }))
  }
  for (const [lane, { seenAtMs }] of late) if (nowMs - seenAtMs > MISSED_FOR_MS) late.delete(lane)
}

function watched(
  { destinations, waiting, paused }: LaneStatus,
  { waitedMs, nowMs, isTold }: { waitedMs: number; nowMs: number; isTold: boolean },
): WatchedLane {
  return { destinations, waiting, waitedMs, isPaused: paused, isTold, seenAtMs: nowMs }
}
