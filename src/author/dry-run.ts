import type { DispatchRecord } from '../core/records.ts'
import { isCanary } from '../event/canary.ts'
import type { EventRecord } from '../event/event.ts'
import type { EventFormats } from '../event/event-formats.ts'
import { missingSchemas } from '../event/missing-schemas.ts'
import type { FollowedPortion, TopicFollower } from '../kafka/topic-follower.ts'
import type { Failure, Matched } from '../match/match-event.ts'
import { count, formatNumber } from '../observe/wording.ts'
import type { SchemaStore } from '../registry/schema-store.ts'

/**
 * The match stage on the live topics, whose messages are told instead of queued. Nothing here can post or write:
 * there is no client of Slack's, no producer and no consumer group.
 */
export interface DryRunDeps {
  match(record: EventRecord): Matched
  formats: EventFormats
  schemas: SchemaStore
  /** Does the work until it is done, however often what it needs is away; undefined once the signal has come. */
  patiently<T>(work: () => Promise<T>): Promise<T | undefined>
  /** A message that would be posted. */
  message(record: DispatchRecord): void
  /** An event that cannot be read, or an action's message for it that cannot be rendered. */
  failure(event: EventRecord, failure: Failure): void
  signal: AbortSignal
}

export interface DryRunTotals {
  events: number
  /** Messages by action and destination. */
  messages: Map<string, Map<string, number>>
  failures: number
}

export function emptyTotals(): DryRunTotals {
  return { events: 0, messages: new Map(), failures: 0 }
}

/** Follows a topic until the signal comes; several may share their totals. */
export async function dryRunTopic(
  follower: TopicFollower<EventRecord>,
  deps: DryRunDeps,
  totals: DryRunTotals,
): Promise<void> {
  while (!deps.signal.aborted) {
    const portions = await deps.patiently(() => follower.poll())
    for (const portion of portions ?? []) {
      if (deps.signal.aborted) return
      await matchPortion(portion, { deps, totals })
    }
  }
}

async function matchPortion(
  { records: events }: FollowedPortion<EventRecord>,
  { deps, totals }: { deps: DryRunDeps; totals: DryRunTotals },
): Promise<void> {
  const missing = missingSchemas(events, deps.formats)
  if (missing.size > 0) await deps.patiently(() => deps.schemas.learn(missing))
  if (deps.signal.aborted) return
  for (const event of events) {
    if (isCanary(event)) continue
    totals.events += 1
    const { messages, failures } = deps.match(event)
    for (const { record } of messages) {
      addMessage(totals, record)
      deps.message(record)
    }
    totals.failures += failures.length
    for (const failure of failures) deps.failure(event, failure)
  }
}

function addMessage({ messages }: DryRunTotals, { action, destination }: DispatchRecord): void {
  const byDestination = messages.get(action) ?? new Map<string, number>()
  byDestination.set(destination, (byDestination.get(destination) ?? 0) + 1)
  messages.set(action, byDestination)
}

/** What a person reads at the end: the busiest first. */
export function formatTotals({ events, messages, failures }: DryRunTotals): string[] {
  const rows = [...messages]
    .flatMap(([action, to]) => [...to].map(([destination, posts]) => ({ action, destination, posts })))
    .sort((a, b) => b.posts - a.posts)
  const total = rows.reduce((sum, { posts }) => sum + posts, 0)
  const width = formatNumber(rows[0]?.posts ?? 0).length
  const failed = failures === 0 ? '' : `, ${formatNumber(failures)} would have gone to dead letters`
  return [
    `dry run: ${count(events, 'event')} read, ${count(total, 'message')} would have been posted${failed}`,
    ...rows.map(
      ({ action, destination, posts }) =>
        `  ${formatNumber(posts).padStart(width)}  ${action} -> ${destination}`,
    ),
  ]
}
