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

/**
 * What belongs to a name is worked out when an event first has it: a thousand rules may ask for a hundred names each,
 * and all of them together would hold the process up for seconds.
 */
export function createRuleIndex(rules: readonly Rule[]): RuleIndex {
  const names = new Set(rules.flatMap(({ trigger }) => [...(trigger.requires.events ?? [])]))
  const tables = new Map<string, TypeTable>()
  const otherNames = tableByType(rules.filter(({ trigger }) => trigger.requires.events === null))
  const tableOf = (name: string): TypeTable => {
    const known = tables.get(name)
    if (known !== undefined) return known
    if (!names.has(name)) return otherNames
    const table = tableByType(rules.filter(({ trigger }) => trigger.requires.events?.has(name) ?? true))
    tables.set(name, table)
    return table
  }
  return {
    candidates({ event: name, type }) {
      const table = typeof name === 'string' ? tableOf(name) : otherNames
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
