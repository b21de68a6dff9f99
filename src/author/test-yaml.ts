import { type Document, isAlias, type ParsedNode, parseDocument } from 'yaml'
import type { Finding } from '../config/problem.ts'
import type { Source } from '../config/source.ts'
import { readDocument } from '../config/syntax.ts'

/** A file of tests as YAML 1.2 (core schema, so numbers are numbers), with `<<: *anchor` beside it. */
export interface TestYaml {
  readonly source: Source
  /** Null where the file is empty. */
  readonly root: ParsedNode | null
  /** What an alias stands for; any other node is itself. */
  resolve(node: ParsedNode): ParsedNode
  /** As JSON has it; undefined where JSON has nothing like it, which is reported. */
  toValue(node: ParsedNode): unknown
}

/** Values that aliases may add to one event: more is an alias bomb, not a test. */
const MOST_ALIASED = 10_000

/** Null where the file is no YAML: then `findings` got why, in the words that configurations have for it. */
export function openTestYaml(source: Source, findings: Finding[]): TestYaml | null {
  const document = parseDocument<ParsedNode>(source.text, {
    version: '1.2',
    merge: true,
    prettyErrors: false,
    // Silent would drop a second document, and all of its tests, without a word.
    logLevel: 'error',
  })
  findings.push(...slipsOf(document, source))
  const errors = document.errors.filter(({ code }) => code !== SLIP)
  if (errors.length > 0) {
    const { findings: worded } = readDocument(source)
    const unworded = errors.map(({ pos }) => ({
      place: { source, offset: pos[0] },
      message: 'this is not YAML',
    }))
    findings.push(...(worded.length > 0 ? worded : unworded))
    return null
  }
  const refuse = (node: ParsedNode, message: string): undefined => {
    findings.push({ place: { source, offset: node.range[0] }, message })
  }
  return {
    source,
    root: document.contents,
    resolve(node) {
      if (!isAlias(node)) return node
      const target = node.resolve(document)
      // A parsed document's anchors stand on parsed nodes; the library's type does not say so.
      return target === undefined ? node : (target as ParsedNode)
    },
    toValue(node) {
      try {
        const value: unknown = node.toJS(document, { maxAliasCount: MOST_ALIASED })
        const json = JSON.stringify(value, refuseWhatIsNoJson)
        return JSON.parse(json)
      } catch (error) {
        return refuse(node, whyNoValue(error))
      }
    },
  }
}

const SLIP = 'DUPLICATE_KEY'

/** Mistakes that leave the rest readable. */
function slipsOf({ errors, warnings }: Document.Parsed<ParsedNode>, source: Source): Finding[] {
  const finding = (offset: number, message: string): Finding => ({ place: { source, offset }, message })
  return [
    ...errors
      .filter(({ code }) => code === SLIP)
      .map(({ pos }) => finding(pos[0], 'this key stands in the same map already')),
    ...warnings.map(({ pos }) => finding(pos[0], 'YAML takes the ! for a tag: quote the value')),
  ]
}

class NoJson extends Error {}

function refuseWhatIsNoJson(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new NoJson('an event is JSON, which has no such number')
  return value
}

function whyNoValue(error: unknown): string {
  if (error instanceof NoJson) return error.message
  // An alias without an anchor above it, or too many of them: the library's one kind of error here.
  if (error instanceof ReferenceError) return 'an alias in it repeats too much, or what stands nowhere above'
  if (error instanceof RangeError || error instanceof TypeError)
    return 'it is nested too deep, or in a circle'
  throw error
}
