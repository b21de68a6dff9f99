import type { Config } from '../config/config.ts'
import type { ChangeCounts } from '../observe/observer.ts'
import { sameValue } from './same-value.ts'

/** How many actions and destinations differ, for a person to compare with what was meant. */
export interface ConfigChanges {
  actions: ChangeCounts
  destinations: ChangeCounts
}

/** Whether there is anything to do: another text with the same meaning is another version, which records name. */
export function isUnchanged(before: Config, after: Config): boolean {
  return sameValue(before, after)
}

export function configChanges(before: Config, after: Config): ConfigChanges {
  const byId = ({ actions }: Config) => new Map(actions.map((action) => [action.id, action]))
  return {
    actions: changesOf(byId(before), byId(after)),
    destinations: changesOf(before.destinations, after.destinations),
  }
}

function changesOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): ChangeCounts {
  const kept = [...after].filter(([id]) => before.has(id))
  return {
    added: after.size - kept.length,
    changed: kept.filter(([id, value]) => !sameValue(before.get(id), value)).length,
    removed: before.size - kept.length,
  }
}
