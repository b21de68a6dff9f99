import type {
  DeadLetter,
  DispatchRecord,
  LaneStatus,
  ProcessStatus,
  Receipt,
} from '../../../../src/core/records.ts'

/** The moment at which these tests look. */
export const NOW = Date.parse('2026-01-31T08:00:30Z')

export function laneOf(id: string, change: Partial<LaneStatus> = {}): LaneStatus {
  return {
    lane: `lane/${id}`,
    destinations: [id],
    waiting: 0,
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

export function processOf(process: string, change: Partial<ProcessStatus> = {}): ProcessStatus {
  return {
    process,
    host: 'host',
    pid: 1,
    version: '1.0.0',
    config_version: 'abcdef012345',
    stages: ['match', 'dispatch'],
    started_at: NOW - 60_000,
    recorded_at: NOW,
    ready: true,
    trouble: [],
    partitions: [],
    lanes: [],
    lanes_total: 0,
    waiting: 0,
    dead_letters: 0,
    reload: null,
    notified: [],
    ...change,
  }
}

export function receiptOf(id: string, change: Partial<Receipt> = {}): Receipt {
  return {
    id,
    action: 'order',
    destination: 'sales',
    dispatch_partition: 0,
    dispatch_offset: 0,
    outcome: 'delivered',
    cause: null,
    detail: null,
    attempts: 1,
    ambiguous: 0,
    answer: { status: 200, body: 'ok', ts: null, channel: null },
    post_messages: 1,
    lane: 'lane/sales',
    held_until: null,
    failing_since: null,
    breaker: 'closed',
    event: { topic: 'events', partition: 0, offset: 0, timestamp: NOW - 3_000 },
    queued_at: NOW - 2_000,
    recorded_at: NOW - 1_000,
    userId: 'u1',
    anonymousId: null,
    messageId: null,
    ...change,
  }
}

export function dispatchOf(id: string, change: Partial<DispatchRecord> = {}): DispatchRecord {
  return {
    id,
    action: 'order',
    destination: 'sales',
    message: { text: `text of ${id}`, channel: null, username: null, icon_url: null, icon_emoji: null },
    event: { topic: 'events', partition: 0, offset: 0, timestamp: NOW - 3_000 },
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: 'abcdef012345',
    moves: 0,
    moved_at: null,
    ...change,
  }
}

export function letterOf(change: Partial<DeadLetter> = {}): DeadLetter {
  return {
    kind: 'message',
    cause: 'rejected',
    detail: null,
    attempts: 1,
    answer: null,
    message: null,
    event: null,
    action: 'order',
    destination: 'sales',
    replays: null,
    recorded_at: NOW - 1_000,
    ...change,
  }
}
