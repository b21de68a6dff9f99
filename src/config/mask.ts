import { REDACTED } from '../core/secret.ts'
import { hiddenInBrokenText } from './mask-broken.ts'
import { lineAround, type Range, type Source } from './source.ts'
import { holdsSecrets, optionDocAt } from './spec/config-spec.ts'
import type { OptionDoc } from './spec/option.ts'
import type { ConfigNode, MapEntry, Path, ScalarNode } from './tree.ts'

/**
 * What no excerpt and no message may show. Shown are keys and the values of options that hold no secret; every
 * other value is hidden: secrets written literally, and whatever stands under a name nobody knows (it may be a
 * misspelt secret). Variables are shown as they are written, never as what they hold.
 */
export interface Mask {
  /** What is hidden of a line of a source, in any order; ranges may go beyond the line. */
  ranges(source: Source, line: Range): readonly Range[]
  /** The text without any hidden value. */
  text(text: string): string
}

/** `roots`: trees before and after expansion, and parts that were left out of them; `broken`: what YAML could not read. */
export function createMask(roots: readonly ConfigNode[], broken: readonly Source[]): Mask {
  const hidden: Hidden = { ranges: new Map(), values: new Set() }
  for (const source of broken) hidden.ranges.set(source, hiddenInBrokenText(source.text))
  for (const root of roots) hideIn(hidden, { node: root, path: [], doc: undefined, isSecret: false })
  const values = [...hidden.values].sort((a, b) => b.length - a.length)
  return {
    ranges(source, [start, end]) {
      const written = (hidden.ranges.get(source) ?? []).filter((range) => range[0] < end && range[1] > start)
      const found = occurrences(source.text.slice(start, end), values)
      return [...written, ...found.map(([from, to]): Range => [start + from, start + to])]
    },
    text(text) {
      const withoutValues = values.reduce((shown, value) => shown.replaceAll(value, REDACTED), text)
      return withoutValues.replaceAll(SLACK_SECRET, REDACTED)
    },
  }
}

interface Hidden {
  ranges: Map<Source, Range[]>
  /** To be hidden wherever they stand. */
  values: Set<string>
}

interface Visited {
  node: ConfigNode
  /** Without indexes of lists: they make no difference to what an option is. */
  path: Path
  /** Of the option at the path. */
  doc: OptionDoc | undefined
  isSecret: boolean
}

function hideIn(hidden: Hidden, { node, path, doc, isSecret }: Visited): void {
  const hides = isSecret || doc?.secret === true
  if (node.kind === 'scalar') {
    const holdsKey = node.text?.includes('PRIVATE KEY') === true
    const isUnknown = doc === undefined || holdsSecrets(path)
    if (doc?.verbatim !== true) {
      const ranges = hides || isUnknown || holdsKey ? literalRanges(node) : pathRanges(node)
      add(hidden, node.source, ranges)
    }
    for (const value of hides || holdsKey ? hiddenValues(node) : []) hidden.values.add(value)
    return
  }
  if (hides) add(hidden, node.source, [[node.start, node.end]])
  if (node.kind === 'list') {
    for (const item of node.items) hideIn(hidden, { node: item, path, doc, isSecret: hides })
    return
  }
  for (const [key, entry] of node.entries) {
    const inside = [...path, key]
    const option = optionDocAt(inside)
    if (hides || option?.secret === true) hideEmptyEntry(hidden, entry)
    if (NO_NAME.test(key)) hideKey(hidden, entry)
    hideIn(hidden, { node: entry.value, path: inside, doc: option, isSecret: hides })
  }
}

function add(hidden: Hidden, source: Source, ranges: readonly Range[]): void {
  const known = hidden.ranges.get(source)
  if (known === undefined) hidden.ranges.set(source, [...ranges])
  else known.push(...ranges)
}

/** A secret that YAML took for a tag, an alias or a comment has no value, and yet it stands there. */
function hideEmptyEntry(hidden: Hidden, { key, value }: MapEntry): void {
  if (value.kind !== 'scalar' || value.text !== null) return
  const behindColon = key.source.text.indexOf(':', key.offset) + 1
  add(hidden, key.source, [[behindColon, lineAround({ source: key.source, offset: behindColon }).end]])
}

/** `token:xoxb-1` without a space behind its colon is a key to YAML. */
const NO_NAME = /[:/"'@]|.{61}/

function hideKey(hidden: Hidden, { key, value }: MapEntry): void {
  const isBehind = value.source === key.source && value.start > key.offset
  const end = isBehind ? value.start : lineAround(key).end
  add(hidden, key.source, [[key.offset, end]])
}

const REFERENCE = /\$\{[A-Za-z_]\w*(?::-|(?=\}))|\$\{file:[^}]*\}|\}/g

/** All of a scalar but its references to variables and files, and the quotes around them; a default is literal text. */
function literalRanges(node: ScalarNode): Range[] {
  const { text } = node.source
  const end = node.cutByComment ? lineAround({ source: node.source, offset: node.end }).end : node.end
  const raw = text.slice(node.start, node.end)
  if (!raw.includes('${')) return [[node.start, end]]
  const references = [...raw.matchAll(REFERENCE)].map(({ 0: found, index }): Range => {
    return [node.start + index, node.start + index + found.length]
  })
  const starts = [node.start, ...references.map((range) => range[1])]
  const ends = [...references.map((range) => range[0]), end]
  return starts
    .map((start, index): Range => [start, ends[index] ?? end])
    .filter((range) => !/^[\s"'|>+-]*$/.test(text.slice(...range)))
}

const URL_PATH = /(?<=https?:\/\/[^\s/"',]+)\/[^\s"',\]}]+/gi

/** A webhook may have been written where an origin or a picture belongs. */
function pathRanges(node: ScalarNode): Range[] {
  const raw = node.source.text.slice(node.start, node.end)
  return [...raw.matchAll(URL_PATH)].map(({ 0: path, index }) => [
    node.start + index,
    node.start + index + path.length,
  ])
}

/** A shorter value would hide half of every sentence. */
const SHORTEST_HIDDEN_VALUE = 6
/** `services` is a word. */
const SHORTEST_HIDDEN_SEGMENT = 9

function hiddenValues(node: ScalarNode): string[] {
  const held = [node.text, node.value].filter((value) => typeof value === 'string')
  return held
    .filter((value) => !value.includes('${'))
    .flatMap((value) => [value, ...value.split('\n').map((line) => line.trim()), ...secretPartsOf(value)])
    .filter((value) => value.length >= SHORTEST_HIDDEN_VALUE)
}

/** A web address is secret behind its origin: path and query, and each of their longer segments. */
function secretPartsOf(value: string): string[] {
  const url = URL.parse(value.trim())
  if (url === null) return []
  const behind = `${url.pathname}${url.search}`
  return [behind, ...behind.split(/[/?&=]/).filter((segment) => segment.length >= SHORTEST_HIDDEN_SEGMENT)]
}

/** What looks like a secret of Slack's wherever it stands, in a comment too. */
const SLACK_SECRET = /(?<=https?:\/\/hooks\.slack(?:-gov)?\.com)\/[^\s"'#]+|x(?:ox[a-z]|app)-[\w-]+/gi

function occurrences(text: string, values: readonly string[]): Range[] {
  const ranges: Range[] = [...text.matchAll(SLACK_SECRET)].map((found) => [
    found.index,
    found.index + found[0].length,
  ])
  for (const value of values) {
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length)) {
      ranges.push([at, at + value.length])
    }
  }
  return ranges
}
