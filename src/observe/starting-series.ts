import {
  ATTEMPT_OUTCOMES,
  BREAKER_STATES,
  DEAD_LETTER_CAUSES,
  type EventCause,
  MESSAGE_CAUSES,
  type MessageCause,
  NOTIFY_CAUSES,
} from '../core/outcome.ts'
import { UNKNOWN_LABEL, YES_NO } from './definitions/labels.ts'
import type { Instruments } from './instruments.ts'
import type { MetricsConfig } from './label-guard.ts'
import type { CounterKey, LabelValues } from './metric-definitions.ts'
import { HOLD_REASONS, RELOAD_RESULTS, STAGES, TRANSACTION_ENDS } from './observer.ts'

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

/** Counters without labels are at 0 by themselves. */
export function startStages(instruments: Instruments, config: MetricsConfig): void {
  const { version, configVersion, eventsTopics, ownTopics } = config
  instruments.set('buildInfo', { version, node_version: process.version }, 1)
  instruments.set('configInfo', { config_version: configVersion }, 1)
  instruments.set('configLastReloadSuccessful', {}, 1)
  for (const result of RELOAD_RESULTS) instruments.count('configReloads', { result }, 0)
  for (const complete of YES_NO) instruments.count('partitionReleases', { complete }, 0)
  for (const cause of NOTIFY_CAUSES) instruments.count('notifications', { cause }, 0)
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
export const MOST_ZEROED = 1_000

export type Ids = Pick<MetricsConfig, 'actions' | 'destinations'>

/** Those of the one that the other has not. */
export function without(one: Ids, other: Ids): Ids {
  const [actions, destinations] = [new Set(other.actions), new Set(other.destinations)]
  return {
    actions: one.actions.filter((id) => !actions.has(id)),
    destinations: one.destinations.filter((id) => !destinations.has(id)),
  }
}

export function startIds(instruments: Instruments, { actions, destinations }: Ids, inAll: number): void {
  const zeroed = { actions, destinations: inAll > MOST_ZEROED ? [] : destinations }
  forEachSeries(zeroed, (key, labels) => instruments.count(key, labels, 0))
}

export function endIds(instruments: Instruments, ids: Ids): void {
  forEachSeries(ids, (key, labels) => instruments.remove(key, labels))
  for (const destination of ids.destinations) {
    for (const key of ['lastSuccess', 'destinationPaused', 'destinationSilenced'] as const) {
      instruments.remove(key, { destination })
    }
  }
  // Whatever cause a record may have named.
  for (const cause of DEAD_LETTER_CAUSES) {
    for (const action of ids.actions) instruments.remove('deadLetters', { cause, destination: '', action })
    for (const destination of ids.destinations) {
      instruments.remove('deadLetters', { cause, destination, action: '' })
    }
  }
}

const DESTINATION_COUNTERS = [
  'messagesQueued',
  'messagesDelivered',
  'messagesMoved',
  'messagesSilenced',
  'postSplits',
  'paceUsed',
] as const satisfies CounterKey[]

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
    for (const key of DESTINATION_COUNTERS) visit(key, { destination })
    for (const state of BREAKER_STATES) visit('breakerChanges', { destination, state })
    for (const outcome of ATTEMPT_OUTCOMES) visit('posts', { destination, outcome })
    for (const cause of DESTINATION_CAUSES) visit('deadLetters', { cause, destination, action: '' })
  }
}
