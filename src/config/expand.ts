import { dirname, resolve } from 'node:path'
import { readText } from './files.ts'
import type { Finding } from './problem.ts'
import { placeInScalar } from './scalar-position.ts'
import { optionDocAt } from './spec/config-spec.ts'
import { type ConfigNode, type MapEntry, type MapNode, type Path, type ScalarNode, UNSET } from './tree.ts'

/** Where variables come from, and whether one that is not set is an error. */
export interface Surroundings {
  env: Record<string, string | undefined>
  /** `optional`: what is not set or not there is a warning, and its value stays unknown. */
  secrets: 'required' | 'optional'
}

export interface Expansion {
  root: MapNode
  errors: readonly Finding[]
  warnings: readonly Finding[]
}

/**
 * `${VAR}`, `${VAR:-default}` and `${file:PATH}` in every scalar but triggers and messages; `$${` is a literal
 * `${`. A variable that is empty counts as not set. What a variable holds is not expanded again.
 */
export async function expandVariables(root: MapNode, surroundings: Surroundings): Promise<Expansion> {
  const errors: Finding[] = []
  const warnings: Finding[] = []
  const expander: Expander = {
    surroundings,
    errors,
    missing: surroundings.secrets === 'required' ? errors : warnings,
  }
  return { root: await expandMap(expander, root, []), errors, warnings }
}

interface Expander {
  surroundings: Surroundings
  errors: Finding[]
  /** Where it goes that something is not set. */
  missing: Finding[]
}

async function expandMap(expander: Expander, map: MapNode, path: Path): Promise<MapNode> {
  const entries = new Map<string, MapEntry>()
  for (const [key, { key: place, value }] of map.entries) {
    const expanded = await expandNode(expander, value, [...path, key])
    if (!isLeftOut(expanded)) entries.set(key, { key: place, value: expanded })
  }
  return { ...map, entries }
}

/** `${ICON_URL:-}` with nothing set is as good as no line at all. */
function isLeftOut(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.expanded && node.value === ''
}

async function expandNode(expander: Expander, node: ConfigNode, path: Path): Promise<ConfigNode> {
  if (node.kind === 'map') return expandMap(expander, node, path)
  if (node.kind === 'scalar')
    return optionDocAt(path)?.verbatim === true ? node : expandScalar(expander, node)
  const items: ConfigNode[] = []
  for (const [index, item] of node.items.entries())
    items.push(await expandNode(expander, item, [...path, index]))
  return { ...node, items }
}

const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{[^}]*\}?/g
const NAME = /^([A-Za-z_]\w*)(?::-(.*))?$/s

async function expandScalar(expander: Expander, node: ScalarNode): Promise<ScalarNode> {
  if (node.text === null || node.value === UNSET || !node.text.includes('${')) return node
  let value: string | typeof UNSET = ''
  let from = 0
  for (const found of node.text.matchAll(REFERENCE)) {
    const held = found[0] === '$${' ? '${' : await lookUp(expander, node, found)
    const before: string = node.text.slice(from, found.index)
    value = value === UNSET || held === null ? UNSET : value + before + held
    from = found.index + found[0].length
  }
  return { ...node, value: value === UNSET ? UNSET : value + node.text.slice(from), expanded: true }
}

/** Null where there is nothing, which is reported. */
async function lookUp(expander: Expander, node: ScalarNode, found: RegExpExecArray): Promise<string | null> {
  const place = placeInScalar(node, found.index)
  const inside = found[1] ?? ''
  if (inside.startsWith('file:')) {
    const path = resolve(dirname(node.source.file), inside.slice('file:'.length))
    const read = await readText(path)
    if (read.kind === 'read') return read.text.replace(/(?:\r?\n)+$/, '')
    expander.missing.push({ place, message: `cannot read ${path}: ${read.reason}` })
    return null
  }
  const [, name, otherwise] = NAME.exec(inside) ?? []
  if (name === undefined) {
    const message = 'write ${VAR}, ${VAR:-default} or ${file:PATH}, and $${ for a literal ${'
    expander.errors.push({ place, message })
    return null
  }
  const value = expander.surroundings.env[name] || otherwise
  if (value === undefined) {
    expander.missing.push({ place, message: `the environment variable ${name} is not set` })
    return null
  }
  return value
}
