import { type Alias, isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml'
import type { Finding } from './problem.ts'
import { lineAndColumn, lineAround, type Source } from './source.ts'
import { LABELLED_NAMES, VERBATIM_NAMES } from './spec/config-spec.ts'
import { isPlainName } from './suggestion.ts'
import { misread, readDocument } from './syntax.ts'
import {
  type ConfigNode,
  type ListNode,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type ScalarStyle,
  UNSET,
} from './tree.ts'

/** YAML text as a tree with positions. */
export interface ParsedSource {
  /** Null where the text is no map, or no YAML: then `findings` says why. */
  root: MapNode | null
  /** Values that were refused with their keys; they may be secrets all the same. */
  dropped: readonly ConfigNode[]
  findings: readonly Finding[]
}

export function parseSource(source: Source): ParsedSource {
  const read = readDocument(source)
  if (read.isBroken) return { root: null, dropped: [], findings: read.findings }
  const { contents } = read.document
  const reader: Reader = {
    source,
    blankedKeys: read.blankedKeys,
    findings: [],
    dropped: [],
    anchors: new Map(),
    open: [],
    inLabels: false,
    aliasDepth: 0,
    aliasedNodes: 0,
  }
  const root = contents === null ? null : readNode(reader, contents)
  const findings = [...read.findings, ...reader.findings]
  const { dropped } = reader
  if (root?.kind === 'map') return { root, dropped, findings }
  return {
    root: null,
    dropped,
    findings: [...findings, { place: { source, offset: 0 }, message: whyNoMap(root) }],
  }
}

function whyNoMap(root: ConfigNode | null): string {
  const wanted = 'a configuration is a map with kafka, destinations and actions'
  if (root === null || (root.kind === 'scalar' && root.text === null)) return `the file is empty: ${wanted}`
  return `the file holds ${root.kind === 'list' ? 'a list' : 'a single value'}: ${wanted}`
}

/** Values that aliases may add: more is an alias bomb, not a configuration. */
const MAX_ALIASED_NODES = 10_000
const MAX_DEPTH = 50

/** What is known in the middle of a walk over one document. */
interface Reader {
  source: Source
  blankedKeys: ReadonlySet<number>
  findings: Finding[]
  dropped: ConfigNode[]
  anchors: Map<string, ParsedNode>
  /** The collections around the node that is read: an alias to one of them would never end. */
  open: ParsedNode[]
  /** Whether the keys of the map that is read are labels of the author's. */
  inLabels: boolean
  aliasDepth: number
  aliasedNodes: number
}

function refuse({ source, findings }: Reader, offset: number, message: string): ScalarNode {
  findings.push({ place: { source, offset }, message })
  return unknownScalar(source, offset)
}

function readNode(reader: Reader, node: ParsedNode): ConfigNode {
  const { source, open } = reader
  if (reader.aliasDepth > 0) reader.aliasedNodes += 1
  if (isAlias(node)) return readAlias(reader, node)
  if (node.anchor !== undefined) reader.anchors.set(node.anchor, node)
  if (node.tag?.startsWith('!') === true) {
    const offset = source.text.lastIndexOf('!', node.range[0])
    return refuse(reader, offset, 'YAML takes the ! for a tag: quote the value')
  }
  if (isScalar(node)) return readScalar(source, node)
  if (open.length >= MAX_DEPTH)
    return refuse(reader, node.range[0], `this is nested more than ${MAX_DEPTH} deep`)
  open.push(node)
  const collection = isMap(node) ? readMap(reader, node) : readList(reader, node)
  open.pop()
  return collection
}

function readAlias(reader: Reader, alias: Alias.Parsed): ConfigNode {
  const [offset] = alias.range
  const anchored = reader.anchors.get(alias.source)
  if (anchored === undefined) {
    return refuse(
      reader,
      offset,
      'no anchor of this name stands above: a text that begins with * must be quoted',
    )
  }
  if (reader.open.includes(anchored))
    return refuse(reader, offset, 'this alias stands inside what it repeats')
  if (reader.aliasedNodes === Number.POSITIVE_INFINITY) return unknownScalar(reader.source, offset)
  if (reader.aliasedNodes > MAX_ALIASED_NODES) {
    reader.aliasedNodes = Number.POSITIVE_INFINITY
    return refuse(reader, offset, `aliases repeat more than ${MAX_ALIASED_NODES} values: write them out`)
  }
  reader.aliasDepth += 1
  const repeated = readNode(reader, anchored)
  reader.aliasDepth -= 1
  return repeated
}

function readList(reader: Reader, node: ParsedNode): ListNode {
  const items = isSeq(node) ? node.items : []
  return { kind: 'list', ...spanOf(reader.source, node), items: items.map((item) => readNode(reader, item)) }
}

function readMap(reader: Reader, node: YAMLMap.Parsed): MapNode {
  const { source } = reader
  const entries = new Map<string, MapEntry>()
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? key.value : null
    if (typeof name !== 'string') {
      refuse(reader, key.range[0], 'a key must be text')
      reader.dropped.push(readNode(reader, key), readValue(reader, key, value))
      continue
    }
    const earlier = entries.get(name)
    if (earlier === undefined) {
      entries.set(name, { key: { source, offset: key.range[0] }, value: readValue(reader, key, value) })
    } else {
      const { line } = lineAndColumn(earlier.key)
      refuse(reader, key.range[0], `this key stands on line ${line} already`)
      reader.dropped.push(readValue(reader, key, value))
    }
  }
  return { kind: 'map', ...spanOf(source, node), entries }
}

function readValue(reader: Reader, key: ParsedNode, value: ParsedNode | null): ConfigNode {
  const { source, blankedKeys, findings } = reader
  const name = isScalar(key) ? String(key.value) : ''
  if (blankedKeys.has(key.range[0])) return unknownScalar(source, key.range[1])
  if (value === null) return emptyScalar(source, key.range[1])
  const isText = reader.inLabels || VERBATIM_NAMES.has(name)
  if (isText && isMisread(source, name, value)) {
    const shown = isPlainName(name) ? name : 'this label'
    findings.push(misread(source, { name: shown, keyStart: key.range[0], ...valueRange(source, key, value) }))
    return unknownScalar(source, key.range[1])
  }
  const around = reader.inLabels
  reader.inLabels = !around && LABELLED_NAMES.has(name)
  const read = readNode(reader, value)
  reader.inLabels = around
  return read
}

function spanOf(source: Source, node: ParsedNode) {
  return { source, start: node.range[0], end: node.range[1] }
}

const STYLES: Record<string, ScalarStyle> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
}

/** YAML 1.2's core schema for null; every other scalar is text, and its option says what it means. */
function readScalar(source: Source, node: Scalar.Parsed): ScalarNode {
  const style = STYLES[node.type ?? ''] ?? 'plain'
  const written = typeof node.value === 'string' ? node.value : node.source
  const text = style === 'plain' && /^(?:~|null|Null|NULL)?$/.test(written) ? null : written
  const cutByComment = style === 'plain' && commentFollows(source, node)
  return { kind: 'scalar', ...spanOf(source, node), style, text, value: text, expanded: false, cutByComment }
}

/** On the same line: a `#` behind white space ends a plain scalar. */
function commentFollows(source: Source, node: ParsedNode): boolean {
  return /^[ \t]*#/.test(source.text.slice(node.range[1], lineAround({ source, offset: node.range[1] }).end))
}

function emptyScalar(source: Source, offset: number): ScalarNode {
  const span = { source, start: offset, end: offset }
  return {
    kind: 'scalar',
    ...span,
    style: 'plain',
    text: null,
    value: null,
    expanded: false,
    cutByComment: false,
  }
}

/** Stands where something was refused already, so that nothing more is said about it. */
function unknownScalar(source: Source, offset: number): ScalarNode {
  return { ...emptyScalar(source, offset), value: UNSET }
}

/** What YAML reads without complaint but not as the text that was meant. */
function isMisread(source: Source, name: string, value: ParsedNode): boolean {
  if (isMap(value) || isSeq(value)) return true
  if (isAlias(value)) return false
  if (value.tag !== undefined && value.tag !== 'tag:yaml.org,2002:str') return true
  return name === 'message' && value.type === 'PLAIN' && commentFollows(source, value)
}

function valueRange(source: Source, key: ParsedNode, value: ParsedNode) {
  const behindColon = /\s*:\s*/y
  behindColon.lastIndex = key.range[1]
  const colon = behindColon.exec(source.text)?.[0] ?? ''
  const { end } = lineAround({ source, offset: value.range[1] })
  return { valueStart: key.range[1] + colon.length, valueEnd: end }
}
