import type { Finding } from './problem.ts'
import { fileAndLine } from './source.ts'
import type { ConfigNode, MapEntry, MapNode } from './tree.ts'

export interface Merged {
  root: MapNode
  findings: readonly Finding[]
}

/**
 * The files of a folder as one: sections are merged option by option, lists are appended, and what stands in
 * two places is an error that names both.
 */
export function mergeFiles(first: MapNode, others: readonly MapNode[]): Merged {
  const findings: Finding[] = []
  const root = others.reduce((merged, other) => mergeMaps(merged, other, mergeSections), first)
  return { root, findings }

  function mergeSections(one: MapEntry, two: MapEntry): ConfigNode {
    if (one.value.kind === 'map' && two.value.kind === 'map') {
      return mergeMaps(one.value, two.value, mergeOptions)
    }
    return mergeOptions(one, two)
  }

  function mergeOptions(one: MapEntry, two: MapEntry): ConfigNode {
    if (one.value.kind === 'list' && two.value.kind === 'list') {
      return { ...one.value, items: [...one.value.items, ...two.value.items] }
    }
    if (isEmpty(two.value)) return one.value
    if (!isEmpty(one.value))
      findings.push({ place: two.key, message: `this stands in ${fileAndLine(one.key)} already` })
    return two.value
  }
}

function mergeMaps(
  one: MapNode,
  two: MapNode,
  mergeEntries: (one: MapEntry, two: MapEntry) => ConfigNode,
): MapNode {
  const entries = new Map(one.entries)
  for (const [key, entry] of two.entries) {
    const earlier = entries.get(key)
    const merged = earlier === undefined ? entry : { key: earlier.key, value: mergeEntries(earlier, entry) }
    entries.set(key, merged)
  }
  return { ...one, entries }
}

function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.text === null
}
