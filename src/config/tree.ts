import type { Place, Source } from './source.ts'

/**
 * A configuration file as a tree that remembers where everything stands. Every scalar is text or null: what a
 * value means is decided by the option it is given to, so `true`, "true" and an expanded variable are treated alike.
 */
export type ConfigNode = MapNode | ListNode | ScalarNode

/** A value that nobody can know here: a variable that is not set, or a scalar that YAML misread (reported elsewhere). */
export const UNSET: unique symbol = Symbol('unset')

interface NodeBase {
  source: Source
  /** [start, end) in the source, quotes and block header included. */
  start: number
  end: number
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

export interface ScalarNode extends NodeBase {
  kind: 'scalar'
  style: ScalarStyle
  /** What YAML says; null for an empty value, `~` and `null`. */
  text: string | null
  /** The same after variables were expanded. */
  value: string | null | typeof UNSET
  expanded: boolean
  /** A plain scalar whose line goes on with a comment. */
  cutByComment: boolean
}

export interface ListNode extends NodeBase {
  kind: 'list'
  items: readonly ConfigNode[]
}

export interface MapEntry {
  key: Place
  value: ConfigNode
}

export interface MapNode extends NodeBase {
  kind: 'map'
  entries: ReadonlyMap<string, MapEntry>
}

/** Keys of maps and indexes of lists, from the top. */
export type Path = readonly (string | number)[]

export function startOf(node: ConfigNode): Place {
  return { source: node.source, offset: node.start }
}

export function childAt(node: ConfigNode, step: string | number): ConfigNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(step))?.value
  return node.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined
}

export function nodeAt(root: ConfigNode, path: Path): ConfigNode | undefined {
  let node: ConfigNode | undefined = root
  for (const step of path) {
    if (node === undefined) return undefined
    node = childAt(node, step)
  }
  return node
}

/** Where a person has to look for an option: at its value; where it has none, at its key; where it is missing, at what holds it. */
export function placeAt(root: ConfigNode, path: Path): Place {
  let place = startOf(root)
  let node: ConfigNode = root
  for (const step of path) {
    const child = childAt(node, step)
    if (child === undefined) return node.kind === 'scalar' && node.text !== null ? startOf(node) : place
    const key = node.kind === 'map' ? node.entries.get(String(step))?.key : undefined
    place = key ?? startOf(child)
    node = child
  }
  const hasText = node.kind !== 'scalar' || node.text !== null
  return hasText && path.length > 0 ? startOf(node) : place
}

/** Where the key of an option stands. */
export function keyPlaceAt(root: ConfigNode, path: Path): Place {
  const parent = nodeAt(root, path.slice(0, -1))
  const key = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1)))?.key : undefined
  return key ?? placeAt(root, path)
}

/** Plain maps, lists, text, null and UNSET, for the specification to read. */
export function toPlain(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toPlain)
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, toPlain(value)]))
}
