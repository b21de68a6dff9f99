import type { AnalyticsEvent } from '../event/event.ts'
import type { Rule } from './rule.ts'

/**
 * Finds the rules whose trigger an event could satisfy, by the type and event name that the triggers require:
 * cost follows the rules that can match, not the rules there are. The result is a superset of the rules that
 * match, in the order they were written.
 */
export interface RuleIndex {
  candidates(event: AnalyticsEvent): readonly Rule[]
}

export function createRuleIndex(rules: readonly Rule[]): RuleIndex {
  const byName = new Map<string, readonly Rule[]>()
  for (const name of new Set(rules.flatMap((rule) => [...(rule.trigger.requires.events ?? [])]))) {
    byName.set(
      name,
      rules.filter(({ trigger }) => trigger.requires.events === null || trigger.requires.events.has(name)),
    )
  }
  const tables = new Map([...byName].map(([name, named]) => [name, tableByType(named)]))
  const otherNames = tableByType(rules.filter(({ trigger }) => trigger.requires.events === null))
  return {
    candidates(event) {
      const { event: name, type } = event
      const table = (typeof name === 'string' ? tables.get(name) : undefined) ?? otherNames
      return (typeof type === 'string' ? table.byType.get(type) : undefined) ?? table.otherTypes
    },
  }
}

interface TypeTable {
  byType: ReadonlyMap<string, readonly Rule[]>
  otherTypes: readonly Rule[]
}

function tableByType(rules: readonly Rule[]): TypeTable {
  const types = new Set(rules.flatMap(({ trigger }) => [...(trigger.requires.types ?? [])]))
  const byType = [...types].map((type): [string, readonly Rule[]] => [
    type,
    rules.filter(({ trigger }) => trigger.requires.types === null || trigger.requires.types.has(type)),
  ])
  return {
    byType: new Map(byType),
    otherTypes: rules.filter(({ trigger }) => trigger.requires.types === null),
  }
}
