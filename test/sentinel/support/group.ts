import type { NotifyConfig } from '../../../src/config/config.ts'
import type { NotifyCause } from '../../../src/core/outcome.ts'
import type { LaneStatus, ProcessStatus } from '../../../src/core/records.ts'
import { latestTimes, Notifier } from '../../../src/sentinel/notifier.ts'
import type { Look } from '../../../src/sentinel/watch.ts'

export const NOON = Date.parse('2026-01-31T12:00:00Z')
export const MINUTE = 60_000

export function lane(destination: string, change: Partial<LaneStatus> = {}): LaneStatus {
  return {
    lane: `https://hooks.slack.com/${destination}`,
    destinations: [destination],
    waiting: 1,
    oldest_at: null,
    interval_ms: 1_000,
    next_post_at: null,
    paused: false,
    failing_since: null,
    breaker: 'closed',
    last_answer: null,
    ...change,
  }
}

export function answered(outcome: 'sent' | 'destination_down', detail: string | null = null) {
  return { at: NOON, outcome, status: 404, detail, messages: 1 }
}

export const open = (destination: string): LaneStatus =>
  lane(destination, { breaker: 'open', last_answer: answered('destination_down', 'no_service') })

export function processStatus(change: Partial<ProcessStatus> = {}): ProcessStatus {
  const lanes = change.lanes ?? []
  return {
    process: 'web-1-12-abc',
    host: 'web-1',
    pid: 12,
    version: '1.0.0',
    config_version: 'abcdef012345',
    stages: ['match', 'dispatch'],
    started_at: NOON - 60 * MINUTE,
    recorded_at: NOON,
    ready: true,
    trouble: [],
    partitions: [
      { stage: 'dispatch', topic: 'bellhop.dispatch', partition: 0, position: 0, lag: 0, trouble: null },
    ],
    lanes_total: lanes.length,
    waiting: 0,
    dead_letters: 0,
    reload: null,
    notified: [],
    ...change,
    lanes,
  }
}

export const SETTINGS: NotifyConfig = { destination: 'ops', oldestMessageMs: 10 * MINUTE, deadLetters: 10 }

export function look(afterMs: number, ...processes: ProcessStatus[]): Look {
  return { nowMs: NOON + afterMs, processes, settings: SETTINGS }
}

/** What one process says at a minute. */
export type Said = readonly [minute: number, status: ProcessStatus | null]

/** `minute cause` of all that is told, told at once. */
export function told(said: readonly Said[], spoken: Partial<Record<NotifyCause, number>> = {}): string[] {
  const times = Object.entries(spoken).map(([cause, minute]) => ({ cause, at: NOON + minute * MINUTE }))
  const notifier = new Notifier(latestTimes(times, Number.MAX_SAFE_INTEGER))
  return said.flatMap(([minute, status]) => {
    const seen = look(minute * MINUTE, ...(status === null ? [] : [status]))
    return notifier.look(seen).map(({ cause }) => {
      notifier.told(cause, seen.nowMs)
      return `${minute} ${cause}`
    })
  })
}

export const withLanes = (...lanes: LaneStatus[]): ProcessStatus => processStatus({ lanes })
