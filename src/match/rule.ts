import type { Action } from '../config/config.ts'
import type { AnalyticsEvent } from '../event/event.ts'
import { type CompiledPlaybook, createPlaybookCompiler, type PlaybookCompiler } from './playbook/compile.ts'
import { layOut } from './playbook/layout.ts'
import { compileTemplate, MAX_MESSAGE_LENGTH, type Rendered, type Template } from './template/compile.ts'
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
  const compilePlaybook = createPlaybookCompiler()
  return actions
    .filter(({ enabled }) => enabled)
    .map((action) => ({
      action,
      trigger: parseTrigger(action.trigger),
      message: compileRuleMessage(action, compilePlaybook),
    }))
}

function compileRuleMessage(action: Action, compilePlaybook: PlaybookCompiler): RuleMessage {
  const message = compileTemplate(action.message)
  const { playbooks } = action
  if (playbooks !== undefined && playbooks.size > 0) {
    const groups = [...Map.groupBy(playbooks, ([, playbook]) => playbook)]
    return withPlaybooks(
      message,
      groups.map(([playbook, entries]) => {
        return { playbook: compilePlaybook(playbook), destinations: entries.map(([id]) => id) }
      }),
    )
  }
  return {
    render(event, context) {
      const rendered = message.render(event, context)
      return rendered.kind === 'text' ? { kind: 'text', textFor: () => rendered } : rendered
    },
  }
}

/** Destinations that are shown the same. */
interface Group {
  playbook: CompiledPlaybook
  destinations: readonly string[]
}

/** A part that fails fails the message, for all its destinations: sent again, none of them gets it twice. */
function withPlaybooks(message: Template, groups: readonly Group[]): RuleMessage {
  return {
    render(event, context) {
      const rendered = message.render(event, context)
      if (rendered.kind !== 'text') return rendered
      const texts = new Map<string, { text: string; cut: boolean }>()
      for (const { playbook, destinations } of groups) {
        const under = playbook.render(event, context)
        if (under.kind === 'failed') return under
        const text = rendered.cut ? rendered : withParts(rendered.text, under)
        for (const destination of destinations) texts.set(destination, text)
      }
      return { kind: 'text', textFor: (destination) => texts.get(destination) ?? rendered }
    },
  }
}

type RenderedParts = Extract<ReturnType<CompiledPlaybook['render']>, { kind: 'parts' }>

function withParts(message: string, under: RenderedParts): { text: string; cut: boolean } {
  const { text, cut } = layOut(message, under.parts, MAX_MESSAGE_LENGTH)
  return { text, cut: cut || under.cut }
}
