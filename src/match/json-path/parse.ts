/**
 * Reads a JSONPath (RFC 9535) out of a longer text: a trigger's or a template's. What could run code (filters and
 * scripts) is refused here, by grammar, before any library sees it; length and work of a path are bounded.
 *
 * Beyond the RFC: `\x` in a name stands for any character x, as in FQL; names may hold `-` and `$`; white space may
 * stand behind a dot, and a dot before a bracket. Short of it: a name ends at curly quotes and at the signs ≠ ≤ ≥,
 * which are mistakes for quotes and operators, and a slice has a step of 1 or more.
 */
import { type Alphabet, scanName, skipSpace } from '../scan.ts'
import { SyntaxFault } from '../syntax-fault.ts'
import type { JsonPath, Segment, Selector } from './json-path.ts'
import { foundAt, NO_CODE, scanSelector } from './selector.ts'

export interface ScannedPath {
  readonly path: JsonPath
  readonly end: number
}

/** UTF-16 units. */
export const MAX_PATH_LENGTH = 1_000
export const MAX_SEGMENTS = 100
/** Selectors of a bracket multiply the results of those before it. */
export const MAX_COMBINATIONS = 100

const BEYOND_ASCII = String.raw`[^\0-\x7f\s\p{Cs}\p{Pi}\p{Pf}„‚≠≤≥]`
const NAME: Alphabet = {
  first: new RegExp(`[A-Za-z_$]|${BEYOND_ASCII}`, 'u'),
  rest: new RegExp(`[A-Za-z0-9_$-]|${BEYOND_ASCII}`, 'u'),
}

/** `($.first..5)`, `($.first .. last)`, `(1..$.last)`: the dots of a range in Liquid are not the path's. */
const RANGE = /^\.\.[\s\d$-]/

/** The longest path that begins with the `$` at `start`. Throws SyntaxFault. */
export function scanJsonPath(text: string, start: number): ScannedPath {
  refuseNameBehindDollar(text, start)
  const path: Segment[] = []
  let end = start + 1
  for (;;) {
    const at = skipSpace(text, end)
    const scanned = scanSegment(text, at)
    if (scanned === null) return { path, end }
    path.push(scanned.segment)
    end = scanned.end
    const excess = excessOf(path)
    if (excess !== null) throw new SyntaxFault(at, excess)
    if (end - start > MAX_PATH_LENGTH) {
      throw new SyntaxFault(
        start + MAX_PATH_LENGTH,
        `expected a path of at most ${MAX_PATH_LENGTH} characters`,
      )
    }
  }
}

function refuseNameBehindDollar(text: string, start: number): void {
  const found = scanName(text, start + 1, NAME)
  if (found === null) return
  const name = text.slice(start + 1, found.end)
  throw new SyntaxFault(
    start,
    `expected \`$.\`; write \`$.${name}\` for a path, \`$.$${name}\` for a name with a dollar`,
  )
}

/** What is too much with the last segment, or null. */
function excessOf(path: JsonPath): string | null {
  if (path.length > MAX_SEGMENTS) return `expected a path of at most ${MAX_SEGMENTS} parts`
  if (path.filter(({ descendant }) => descendant).length > 1) {
    return 'expected at most one `..` in a path: each more multiplies its work'
  }
  const combinations = path.reduce((product, { selectors }) => product * selectors.length, 1)
  if (combinations <= MAX_COMBINATIONS) return null
  return `expected lists in a path that select at most ${MAX_COMBINATIONS} combinations`
}

interface ScannedSegment {
  segment: Segment
  end: number
}

/** Null where the path ends. */
function scanSegment(text: string, from: number): ScannedSegment | null {
  if (text.charAt(from) === '[') return scanBracket(text, from, false)
  if (text.charAt(from) !== '.' || RANGE.test(text.slice(from, from + 3))) return null
  const descendant = text.charAt(from + 1) === '.'
  const behindDots = from + (descendant ? 2 : 1)
  const at = skipSpace(text, behindDots)
  if (text.charAt(at) === '*') return one({ kind: 'wildcard' }, descendant, at + 1)
  if (text.charAt(at) === '[') return scanBracket(text, at, descendant)
  const scanned = scanName(text, at, NAME)
  if (scanned !== null) return one({ kind: 'name', name: scanned.name }, descendant, scanned.end)
  if (/[?(]/.test(text.charAt(at))) throw new SyntaxFault(at, NO_CODE)
  const dots = descendant ? '..' : '.'
  throw new SyntaxFault(
    behindDots,
    `expected a name or \`*\` after \`${dots}\`; an index is written \`[0]\`, any other name \`['2 go']\``,
  )
}

function one(selector: Selector, descendant: boolean, end: number): ScannedSegment {
  return { segment: { descendant, selectors: [selector] }, end }
}

function scanBracket(text: string, from: number, descendant: boolean): ScannedSegment {
  const selectors: Selector[] = []
  let at = from
  do {
    const scanned = scanSelector(text, skipSpace(text, at + 1))
    selectors.push(scanned.selector)
    at = skipSpace(text, scanned.end)
  } while (text.charAt(at) === ',')
  if (text.charAt(at) !== ']') throw new SyntaxFault(at, `expected \`]\` or \`,\`, ${foundAt(text, at)}`)
  return { segment: { descendant, selectors }, end: at + 1 }
}
