import type { Config } from '../config/config.ts'
import type { Reason } from '../match/trigger/explain.ts'
import { formatReason } from '../match/trigger/explain-text.ts'
import type { ActionOutcome, ExplainedAction } from './explain-match.ts'

/** Why an action sends nothing: `vip: properties.total > 100: properties.total is 42`, with more lines below an `or`. */
export function outcomeLines({ action, outcome }: ExplainedAction, config: Config): string[] {
  const [first = '', ...more] = whyNot(outcome, config)
  return [`${action.id}: ${first}`, ...more]
}

function whyNot(outcome: ActionOutcome, config: Config): string[] {
  switch (outcome.kind) {
    case 'trigger_false':
      return formatReason(outcome.reason)
    case 'disabled':
      return whyDisabled(outcome.reason)
    case 'other_topic':
      return [`it listens to ${outcome.topics.join(', ')} only`]
    case 'withheld':
      return [
        `its trigger holds, but the event's integrations withhold it from ${config.integrationNames.join(', ')}`,
      ]
    case 'not_rendered':
      if (outcome.cause === 'empty_message')
        return ['its trigger holds, but its message is empty: a dead letter']
      return [
        `its trigger holds, but its message cannot be rendered: a dead letter; ${outcome.detail ?? outcome.cause}`,
      ]
    case 'destinations_disabled':
      return [`its trigger holds, but ${listDisabled(outcome.unsent)}`]
    case 'sent':
      return outcome.unsent.length === 0 ? ['sent'] : [`sent, but ${listDisabled(outcome.unsent)}`]
  }
}

function whyDisabled(reason: Reason | null): string[] {
  if (reason === null) return ['it is disabled; its trigger holds']
  const [first = '', ...more] = formatReason(reason)
  return [`it is disabled, and ${first}`, ...more]
}

function listDisabled(ids: readonly string[]): string {
  return ids.length === 1 ? `${ids[0]} is disabled` : `${ids.join(', ')} are disabled`
}
