import type { AnalyticsEvent } from './event.ts'

/**
 * Whether the event's own `integrations` object keeps it from us, as the Segment spec has it
 * (https://segment.com/docs/connections/spec/common/#integrations): a name set to false does; `All: false` does
 * unless one of the names is set to true or to an object of options.
 */
export function isWithheld(event: AnalyticsEvent, names: readonly string[]): boolean {
  const { integrations } = event
  if (typeof integrations !== 'object' || integrations === null) return false
  const chosen = names.map((name) => own(integrations, name))
  if (chosen.includes(false)) return true
  return own(integrations, 'All') === false && !chosen.some(isEnabled)
}

function isEnabled(choice: unknown): boolean {
  return choice === true || (typeof choice === 'object' && choice !== null)
}

function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
}
