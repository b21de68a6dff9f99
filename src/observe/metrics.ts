import { collectDefaultMetrics, Registry } from 'prom-client'
import {
  ATTEMPT_OUTCOMES,
  BREAKER_STATES,
  type BreakerState,
  DEAD_LETTER_CAUSES,
  type EventCause,
  MESSAGE_CAUSES,
  type MessageCause,
} from '../core/outcome.ts'
import { createInstruments, type Instruments } from './instruments.ts'
import { createLabelGuard, type MetricsConfig, type Reconfigured } from './label-guard.ts'
import { type CounterKey, type LabelValues, UNKNOWN_LABEL, YES_NO } from './metric-definitions.ts'
import { HOLD_REASONS, RELOAD_RESULTS, STAGES, TRANSACTION_ENDS } from './observer.ts'

/**
 * One process's metrics, in a registry of their own: two in one process (tests, the demo) never meet. Every
 * counter of a configured action, topic or (up to a thousand) destination that can move is there from the start at
 * 0, so that a rate sees the first increment.
 */
export interface Metrics extends Instruments {
  /** The exposition format's media type. */
  readonly contentType: string
  /** All metrics in Prometheus' text format, with the backlog as it is now. */
  render(): Promise<string>
  /** Where the lanes' state is pulled from at each scrape; until it is set every backlog is 0. */
  setBacklogSource(source: () => Iterable<LaneBacklog>): void
  /**
   * Other actions and destinations are configured from now on. The counters of new ids are there at 0, those of ids
   * that are gone are taken away: however often it is called, there are no more than of one configuration.
   */
  reconfigure(config: Reconfigured): void
}

/** What waits for one destination; several entries of one destination are added up. */
export interface LaneBacklog {
  destination: string
  messages: number
  /** Age of the oldest waiting message's dispatch record; null where nothing waits. */
  oldestAgeMs: number | null
  /** The lane's breaker. */
  breaker: BreakerState
}

/** The causes that an action's own message can bring about. */
const ACTION_CAUSES = ['render_failed', 'empty_message'] as const satisfies EventCause[]

/** The causes of an event that no action has seen. */
const UNREAD_CAUSES = [
  'not_json',
  'not_an_object',
  'too_large',
  'bad_avro',
  'unknown_schema',
] as const satisfies EventCause[]

/** The causes of a record whose destination is none of the configured ones. */
const FOREIGN_CAUSES = ['unknown_destination', 'malformed_record'] as const satisfies MessageCause[]
const DESTINATION_CAUSES = MESSAGE_CAUSES.filter(
  (cause) => !FOREIGN_CAUSES.some((foreign) => foreign === cause),
)

export function createMetrics(config: MetricsConfig): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { guard, reconfigure } = createLabelGuard(config)
  const instruments = createInstruments(registry, guard)
  startStages(instruments, config)
  startIds(instruments, config, config.destinations.length)
  let known: Reconfigured = config
  let backlogSource: () => Iterable<LaneBacklog> = () => []
  return {
    ...instruments,
    contentType: registry.contentType,
    render: async () => {
      setBacklog(instruments, known.destinations, backlogSource())
      return registry.metrics()
    },
    setBacklogSource: (source) => {
      backlogSource = source
    },
    reconfigure: (next) => {
      endIds(instruments, without(known, next))
      reconfigure(next)
      startIds(instruments, without(next, known), next.destinations.length)
      instruments.clear('configInfo')
      instruments.set('configInfo', { config_version: next.configVersion }, 1)
      known = next
    },
  }
}

function startStages(instruments: Instruments, config: MetricsConfig): void {
  const { version, configVersion, eventsTopics, ownTopics } = config
  instruments.set('buildInfo', { version, node_version: process.version }, 1)
  instruments.set('configInfo', { config_version: configVersion }, 1)
  instruments.set('configLastReloadSuccessful', {}, 1)
  instruments.set('brokerReachable', {}, 0)
  for (const key of ['brokerFailures', 'rewinds', 'recordsReread', 'leaseLapses'] as const) {
    instruments.count(key, {}, 0)
  }
  for (const result of RELOAD_RESULTS) instruments.count('configReloads', { result }, 0)
  for (const complete of YES_NO) instruments.count('partitionReleases', { complete }, 0)
  for (const stage of STAGES) {
    for (const key of ['groupJoins', 'commitFailures', 'consumerCrashes'] as const) {
      instruments.count(key, { stage }, 0)
    }
  }
  for (const topic of eventsTopics) {
    instruments.count('eventsConsumed', { topic }, 0)
    instruments.count('recordsCommitted', { topic }, 0)
    for (const end of TRANSACTION_ENDS) instruments.count('transactions', { topic, end }, 0)
  }
  for (const topic of ownTopics) instruments.count('writeFailures', { topic }, 0)
  for (const outcome of ATTEMPT_OUTCOMES) instruments.zero('postDuration', { outcome })
  for (const reason of HOLD_REASONS) instruments.zero('laneHold', { reason })
  for (const cause of FOREIGN_CAUSES) {
    instruments.count('deadLetters', { cause, destination: UNKNOWN_LABEL, action: '' }, 0)
  }
  for (const cause of UNREAD_CAUSES) {
    instruments.count('deadLetters', { cause, destination: '', action: '' }, 0)
  }
}

/** Of more destinations than this a counter appears with its first increment: 20 zeros of each would fill the memory. */
const MOST_ZEROED = 1_000

type Ids = Pick<MetricsConfig, 'actions' | 'destinations'>

/** Those of the one that the other has not. */
function without(one: Ids, other: Ids): Ids {
  const [actions, destinations] = [new Set(other.actions), new Set(other.destinations)]
  return {
    actions: one.actions.filter((id) => !actions.has(id)),
    destinations: one.destinations.filter((id) => !destinations.has(id)),
  }
}

function startIds(instruments: Instruments, { actions, destinations }: Ids, inAll: number): void {
  const zeroed = { actions, destinations: inAll > MOST_ZEROED ? [] : destinations }
  forEachSeries(zeroed, (key, labels) => instruments.count(key, labels, 0))
}

function endIds(instruments: Instruments, ids: Ids): void {
  forEachSeries(ids, (key, labels) => instruments.remove(key, labels))
  // Whatever cause a record may have named.
  for (const cause of DEAD_LETTER_CAUSES) {
    for (const action of ids.actions) instruments.remove('deadLetters', { cause, destination: '', action })
    for (const destination of ids.destinations) {
      instruments.remove('deadLetters', { cause, destination, action: '' })
    }
  }
}

/** The counters of ids that are there from the start. */
function forEachSeries(
  { actions, destinations }: Ids,
  visit: <K extends CounterKey>(key: K, labels: LabelValues<K>) => void,
): void {
  for (const action of actions) {
    visit('matches', { action })
    visit('messagesCut', { action })
    for (const cause of ACTION_CAUSES) visit('deadLetters', { cause, destination: '', action })
  }
  for (const destination of destinations) {
    for (const key of ['messagesQueued', 'messagesDelivered', 'messagesMoved', 'postSplits'] as const) {
      visit(key, { destination })
    }
    for (const state of BREAKER_STATES) visit('breakerChanges', { destination, state })
    for (const outcome of ATTEMPT_OUTCOMES) visit('posts', { destination, outcome })
    for (const cause of DESTINATION_CAUSES) visit('deadLetters', { cause, destination, action: '' })
  }
}

const BACKLOG_GAUGES = ['laneBacklog', 'laneOldestAge', 'breakersOpen'] as const

function setBacklog(
  instruments: Instruments,
  destinations: readonly string[],
  lanes: Iterable<LaneBacklog>,
): void {
  const nothing = { messages: 0, oldestAgeMs: 0, breakersOpen: 0 }
  const totals = new Map(destinations.map((destination) => [destination, { ...nothing }]))
  for (const lane of lanes) {
    const name = totals.has(lane.destination) ? lane.destination : UNKNOWN_LABEL
    const total = totals.get(name) ?? { ...nothing }
    total.messages += lane.messages
    total.oldestAgeMs = Math.max(total.oldestAgeMs, lane.oldestAgeMs ?? 0)
    total.breakersOpen += lane.breaker === 'closed' ? 0 : 1
    totals.set(name, total)
  }
  for (const gauge of BACKLOG_GAUGES) instruments.clear(gauge)
  for (const [destination, total] of totals) {
    instruments.set('laneBacklog', { destination }, total.messages)
    instruments.set('laneOldestAge', { destination }, total.oldestAgeMs / 1000)
    instruments.set('breakersOpen', { destination }, total.breakersOpen)
  }
}
