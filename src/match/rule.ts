import type { Action } from '../config/config.ts'
import { compileTemplate, type Template } from './template/compile.ts'
import { parseTrigger, type Trigger } from './trigger/compile.ts'

/** An enabled action, compiled once: what the match stage evaluates. */
export interface Rule {
  action: Action
  trigger: Trigger
  message: Template
}

/** Compiles the actions that can fire: enabled ones, in the order they are written. */
export function compileRules(actions: readonly Action[]): Rule[] {
  return actions
    .filter(({ enabled }) => enabled)
    .map((action) => ({
      action,
      trigger: parseTrigger(action.trigger),
      message: compileTemplate(action.message),
    }))
}
