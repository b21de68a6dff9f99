import type { Action } from '../config/config.ts'
import type { AnalyticsEvent } from '../event/event.ts'
import { compileTemplate, type Rendered } from './template/compile.ts'
import { parseTrigger, type Trigger } from './trigger/compile.ts'

/** An enabled action, compiled once: what the match stage evaluates. */
export interface Rule {
  action: Action
  trigger: Trigger
  message: RuleMessage
}

/** `text`: what goes to each of the action's destinations. */
export type RenderedRule =
  | { kind: 'text'; textFor(destination: string): { text: string; cut: boolean } }
  | Exclude<Rendered, { kind: 'text' }>

/** What an action sends, the parts that stand under its message included. */
export interface RuleMessage {
  render(event: AnalyticsEvent, context: { nowMs: number }): RenderedRule
}

/** Compiles the actions that can fire: enabled ones, in the order they are written. */
export function compileRules(actions: readonly Action[]): Rule[] {
  return actions
    .filter(({ enabled }) => enabled)
    .map((action) => ({
      action,
      trigger: parseTrigger(action.trigger),
      message: compileRuleMessage(action),
    }))
}

function compileRuleMessage(action: Action): RuleMessage {
  const message = compileTemplate(action.message)
  return {
    render(event, context) {
      const rendered = message.render(event, context)
      return rendered.kind === 'text' ? { kind: 'text', textFor: () => rendered } : rendered
    },
  }
}
