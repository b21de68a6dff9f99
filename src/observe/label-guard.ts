import { ATTEMPT_OUTCOMES, BREAKER_STATES, DEAD_LETTER_CAUSES, NOTIFY_CAUSES } from '../core/outcome.ts'
import { LABELS, type LabelName, UNKNOWN_LABEL, YES_NO } from './definitions/labels.ts'
import { HOLD_REASONS, RELOAD_RESULTS, STAGES, TRANSACTION_ENDS } from './observer.ts'

/** What a process is configured with, as far as metrics name it. */
export interface MetricsConfig {
  /** Version of bellhop itself. */
  version: string
  configVersion: string
  /** Ids; disabled ones may be left out. */
  actions: readonly string[]
  destinations: readonly string[]
  eventsTopics: readonly string[]
  /** bellhop's own topics. */
  ownTopics: readonly string[]
}

export type LabelGuard = (labels: Readonly<Record<string, string>>) => Partial<Record<LabelName, string>>

/** What a reload may change. */
export type Reconfigured = Pick<MetricsConfig, 'configVersion' | 'actions' | 'destinations'>

export interface GuardedLabels {
  guard: LabelGuard
  /** Other ids are configured from now on; those that are no more become `(unknown)` too. */
  reconfigure(config: Reconfigured): void
}

/**
 * Keeps metrics small and free of foreign text: a label value that is not in its label's closed list becomes
 * `(unknown)`. Records name their action and destination themselves, and anyone who may write to the dispatch
 * topic writes them.
 */
export function createLabelGuard(config: MetricsConfig): GuardedLabels {
  const allowed: Record<LabelName, (value: string) => boolean> = {
    ...allowedBy(config),
    cause: isIn([...DEAD_LETTER_CAUSES, ...NOTIFY_CAUSES]),
    complete: isIn(YES_NO),
    end: isIn(TRANSACTION_ENDS),
    node_version: isIn([process.version]),
    outcome: isIn(ATTEMPT_OUTCOMES),
    partition: (value) => /^\d{1,6}$/.test(value),
    reason: isIn(HOLD_REASONS),
    result: isIn(RELOAD_RESULTS),
    stage: isIn(STAGES),
    state: isIn(BREAKER_STATES),
    topic: isIn([...config.eventsTopics, ...config.ownTopics]),
    version: isIn([config.version]),
  }
  return {
    guard(labels) {
      const guarded: Partial<Record<LabelName, string>> = {}
      for (const name in labels) {
        const value = labels[name]
        if (isLabelName(name) && value) guarded[name] = allowed[name](value) ? value : UNKNOWN_LABEL
      }
      return guarded
    },
    reconfigure: (next) => void Object.assign(allowed, allowedBy(next)),
  }
}

function allowedBy({ configVersion, actions, destinations }: Reconfigured) {
  return { action: isIn(actions), config_version: isIn([configVersion]), destination: isIn(destinations) }
}

function isIn(values: readonly string[]): (value: string) => boolean {
  const known = new Set(values)
  return (value) => known.has(value)
}

function isLabelName(name: string): name is LabelName {
  return Object.hasOwn(LABELS, name)
}
