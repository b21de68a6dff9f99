import type { Action, Config } from '../config/config.ts'
import type { EventCause } from '../core/outcome.ts'
import type { DispatchRecord, EventCoordinates } from '../core/records.ts'
import { isCanary } from '../event/canary.ts'
import type { EventRecord } from '../event/event.ts'
import { createEventFormats } from '../event/event-formats.ts'
import { missingSchemas } from '../event/missing-schemas.ts'
import { createMatcher, type Failure, type Matched } from '../match/match-event.ts'
import type { SchemaStore } from '../registry/schema-store.ts'
import { FiringTimes } from './backtest-hours.ts'
import { createLaneSimulation, type DestinationTotals, type LaneSimulation } from './backtest-lane.ts'
import { SpreadSamples } from './backtest-samples.ts'
import { TopUsers } from './backtest-users.ts'
import { type EventsSince, openEventsSince } from './events-since.ts'
import { noticeWithheld } from './notice-withheld.ts'
import type { TopicSource } from './topic-events.ts'

/**
 * What an action would have done with the events since a time. Only that action is compiled, so an event that it
 * cannot match costs what it costs the match stage; what is kept of millions of matches is bounded (FiringTimes,
 * TopUsers, SpreadSamples, LaneSimulation). Nothing is written or posted, and no group is joined.
 */
export interface BacktestDeps {
  config: Config
  action: Action
  source: TopicSource
  schemas: SchemaStore
  /** Events with other timestamps are left out. */
  span: { sinceMs: number; untilMs: number }
  signal: AbortSignal
  progressed(at: { passed: number; total: number; done: number }): void
}

export interface Findings {
  /** Offsets to read, and those that were. */
  size: number
  passed: number
  hidden: number
  /** Up to when all was read, but for what was produced late; null where nothing was, or all. */
  readUntilMs: number | null
  /** Where the log begins, if not before the span. */
  logBeginsMs: number | null
  events: number
  /** Among `events`: produced with a time outside the span, and not looked at. */
  outside: number
  firstEventMs: number | null
  /** How often the trigger held, but for events withheld by their own `integrations`. */
  fired: number
  withheld: number
  cut: number
  times: FiringTimes
  users: TopUsers
  samples: SpreadSamples<DispatchRecord>
  destinations: ReadonlyMap<string, DestinationTotals>
  /** Events that cannot be read, and messages that fail to render. */
  poison: ReadonlyMap<EventCause, FailureTally>
  failures: ReadonlyMap<EventCause, FailureTally>
}

export interface FailureTally {
  count: number
  first: EventCoordinates & { detail: string | null }
}

/** Resolves with what was found so far where the signal comes first. */
export async function backtestAction(deps: BacktestDeps): Promise<Findings> {
  const { config, action, source, span } = deps
  const topics = action.topics ?? config.kafka.events.map(({ topic }) => topic)
  const events = await openEventsSince(source, { topics, sinceMs: span.sinceMs })
  try {
    return await new Backtest(deps, events).run()
  } finally {
    await events.close()
  }
}

class Backtest {
  readonly #deps: BacktestDeps
  readonly #events: EventsSince
  readonly #formats
  readonly #match: (record: EventRecord) => Matched
  readonly #isWithheld: () => boolean
  readonly #lanes: Lanes
  readonly #poison = new Map<EventCause, FailureTally>()
  readonly #failures = new Map<EventCause, FailureTally>()
  readonly #times = new FiringTimes()
  readonly #users = new TopUsers()
  readonly #counts = { events: 0, outside: 0, fired: 0, withheld: 0, cut: 0 }
  #firstEventMs: number | null = null

  constructor(deps: BacktestDeps, events: EventsSince) {
    const { config, action, schemas } = deps
    const alone: Config = { ...config, actions: [{ ...action, enabled: true }] }
    this.#deps = deps
    this.#events = events
    const { formats, isWithheld } = noticeWithheld(
      createEventFormats(config.kafka.events, schemas),
      config.integrationNames,
    )
    this.#formats = formats
    this.#isWithheld = isWithheld
    this.#match = createMatcher(alone, formats)
    this.#lanes = new Lanes(alone)
  }

  async run(): Promise<Findings> {
    const { schemas, signal, progressed } = this.#deps
    let passed = 0
    let untilMs = Number.NEGATIVE_INFINITY
    for await (const portion of this.#events.portions(signal)) {
      const missing = missingSchemas(portion.events, this.#formats)
      if (missing.size > 0) await schemas.learn(missing)
      for (const event of portion.events) this.#look(event)
      this.#lanes.releaseUntil(portion.untilMs)
      passed = portion.passed
      untilMs = portion.untilMs
      progressed({ passed, total: this.#events.size, done: this.#counts.events })
    }
    this.#lanes.releaseUntil(Number.POSITIVE_INFINITY)
    const { size, hidden, logBeginsMs } = this.#events
    return {
      ...{ size, passed, hidden, logBeginsMs },
      readUntilMs: Number.isFinite(untilMs) ? untilMs : null,
      ...this.#counts,
      firstEventMs: this.#firstEventMs,
      times: this.#times,
      users: this.#users,
      samples: this.#lanes.samples,
      destinations: this.#lanes.totals(),
      poison: this.#poison,
      failures: this.#failures,
    }
  }

  #look(event: EventRecord): void {
    if (isCanary(event)) return
    const { timestamp } = event
    const { sinceMs, untilMs } = this.#deps.span
    this.#counts.events += 1
    if (timestamp < sinceMs || timestamp > untilMs) {
      this.#counts.outside += 1
      return
    }
    if (this.#firstEventMs === null || timestamp < this.#firstEventMs) this.#firstEventMs = timestamp
    const matched = this.#match(event)
    if (matched.actions.length === 0 && matched.failures.length === 0) return
    if (matched.actions.length > 0 && this.#isWithheld()) this.#counts.withheld += 1
    else this.#note(matched, event)
  }

  #note(matched: Matched, event: EventRecord): void {
    for (const failure of matched.failures) {
      tally(failure.action === null ? this.#poison : this.#failures, failure, event)
    }
    if (matched.actions.length === 0) return
    this.#counts.fired += 1
    this.#counts.cut += matched.cut.length > 0 ? 1 : 0
    this.#times.add(event.timestamp)
    const user = matched.messages[0]?.record.userId ?? matched.messages[0]?.record.anonymousId ?? null
    if (user !== null) this.#users.add(user)
    this.#lanes.add(matched)
  }
}

function tally(tallies: Map<EventCause, FailureTally>, { cause, detail }: Failure, event: EventRecord): void {
  const { topic, partition, offset, timestamp } = event
  const known = tallies.get(cause)
  if (known === undefined) {
    tallies.set(cause, { count: 1, first: { topic, partition, offset, timestamp, detail } })
  } else known.count += 1
}

/** Messages of all partitions, brought into the order of their times, in the lanes that they would have gone through. */
class Lanes {
  readonly samples = new SpreadSamples<DispatchRecord>()
  readonly #config: Config
  readonly #lanes = new Map<string, LaneSimulation>()
  #waiting: Matched['messages'][] = []

  constructor(config: Config) {
    this.#config = config
  }

  /** What one event gave. */
  add({ messages }: Matched): void {
    if (messages.length > 0) this.#waiting.push(messages)
  }

  /** No event to come is older. */
  releaseUntil(timeMs: number): void {
    if (this.#waiting.length === 0) return
    const inOrder = this.#waiting.sort((a, b) => timeOf(a) - timeOf(b))
    const later = inOrder.findIndex((messages) => timeOf(messages) > timeMs)
    this.#waiting = later < 0 ? [] : inOrder.slice(later)
    for (const messages of later < 0 ? inOrder : inOrder.slice(0, later)) this.#release(messages)
  }

  totals(): Map<string, DestinationTotals> {
    return new Map([...this.#lanes.values()].flatMap(({ totals }) => [...totals]))
  }

  #release(messages: Matched['messages']): void {
    const [first] = messages
    if (first !== undefined) this.samples.add(first.record)
    for (const { key, record } of messages) {
      const lane = this.#lanes.get(key) ?? createLaneSimulation(this.#config.destinations)
      this.#lanes.set(key, lane)
      lane.add(record, record.event.timestamp)
    }
  }
}

function timeOf(messages: Matched['messages']): number {
  return messages[0]?.record.event.timestamp ?? 0
}
