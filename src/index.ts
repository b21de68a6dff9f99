import { compileMessage as compile } from './match/template/compile.ts'

export { TemplateError } from './match/template/template-error.ts'
export { compileTrigger } from './match/trigger/compile.ts'
export { TriggerError } from './match/trigger/trigger-error.ts'

/**
 * Compiles a message template (Liquid, docs/messages.md). The result renders an event as Slack text: escaped,
 * cleaned, at most 4,000 characters. `now` (default: this moment) is what `ago` and dates count from.
 *
 * @throws TemplateError {line, column, message} where the template is wrong
 */
export function compileMessage(text: string): (event: unknown, context?: { now?: number | Date }) => string {
  const render = compile(text)
  return (event, { now = Date.now() } = {}) => render(event, { nowMs: Number(now) })
}
