import { ATTEMPT_OUTCOMES, BREAKER_STATES, NOTIFY_CAUSES } from '../../core/outcome.ts'
import { HOLD_REASONS, RELOAD_RESULTS, STAGES, TRANSACTION_ENDS } from '../observer.ts'

export const YES_NO = ['yes', 'no'] as const

/** What each label's values are. All come from closed lists: none is a URL, a person or an event's data. */
export const LABELS = {
  action: 'id of a configured action',
  cause: `why a message was given up, or an event never became one: see docs/records.md; of what bellhop posts about itself: ${NOTIFY_CAUSES.join(', ')}`,
  complete: `whether all that was in flight is on record: ${YES_NO.join(', ')}`,
  config_version: '12 hex digits over the configuration',
  destination: 'id of a configured destination',
  end: `how a transaction ended: ${TRANSACTION_ENDS.join(', ')}; fenced: another process has taken the partition over`,
  node_version: 'version of Node',
  outcome: `what an attempt to post meant: ${ATTEMPT_OUTCOMES.join(', ')}`,
  partition: 'number of a Kafka partition',
  reason: `why a lane waits longer than its pace: ${HOLD_REASONS.join(', ')}`,
  result: `how a reload of the configuration ended: ${RELOAD_RESULTS.join(', ')}; refused: it is wrong or needs a restart, and the one before stays`,
  stage: STAGES.join(', '),
  state: `what a breaker became: ${BREAKER_STATES.join(', ')}`,
  topic: "name of a configured events topic or of one of bellhop's own",
  version: 'version of bellhop',
} as const
export type LabelName = keyof typeof LABELS

/** Stands where an id is not configured in this process, so that no foreign text becomes a label value. */
export const UNKNOWN_LABEL = '(unknown)'
