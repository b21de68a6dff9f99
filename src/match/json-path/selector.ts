/** One selector of a JSONPath's bracket (RFC 9535, section 2.3): a name in quotes, an index, a slice or `*`. */
import { characterAt, scanName, skipSpace } from '../scan.ts'
import { SyntaxFault } from '../syntax-fault.ts'
import type { Selector } from './json-path.ts'
import { scanQuotedName } from './quoted-name.ts'

export interface ScannedSelector {
  readonly selector: Selector
  readonly end: number
}

export const NO_CODE = 'filter and script expressions in a JSONPath are never evaluated'

const WORD = { first: /[A-Za-z_]/, rest: /[A-Za-z0-9_-]/ }

/** The selector that begins at `at`. Throws SyntaxFault where none does. */
export function scanSelector(text: string, at: number): ScannedSelector {
  const first = text.charAt(at)
  if (first === '*') return { selector: { kind: 'wildcard' }, end: at + 1 }
  if (first === '"' || first === "'") {
    const { name, end } = scanQuotedName(text, at)
    return { selector: { kind: 'name', name }, end }
  }
  if (/[?(@]/.test(first)) throw new SyntaxFault(at, NO_CODE)
  const start = scanInteger(text, at)
  const colon = skipSpace(text, start?.end ?? at)
  if (text.charAt(colon) === ':') return scanSlice(text, colon, start?.value ?? null)
  if (start !== null) return { selector: { kind: 'index', index: start.value }, end: start.end }
  const bare = scanName(text, at, WORD)
  const hint = bare === null || bare.escaped ? '' : `; write \`['${bare.name}']\``
  const expected = 'expected a quoted name, a number, `*` or a slice such as `0:2`'
  throw new SyntaxFault(at, `${expected}, ${foundAt(text, at)}${hint}`)
}

/** From the first colon on; every part may be left out. */
function scanSlice(text: string, colon: number, start: number | null): ScannedSelector {
  const endAt = skipSpace(text, colon + 1)
  const sliceEnd = scanInteger(text, endAt)
  const end = sliceEnd?.end ?? colon + 1
  const bounds = { kind: 'slice', start, end: sliceEnd?.value ?? null } as const
  const secondColon = skipSpace(text, end)
  if (text.charAt(secondColon) !== ':') return { selector: { ...bounds, step: 1 }, end }
  const stepAt = skipSpace(text, secondColon + 1)
  const step = scanInteger(text, stepAt)
  if (step !== null && step.value < 1) throw new SyntaxFault(stepAt, 'expected a step of 1 or more')
  return { selector: { ...bounds, step: step?.value ?? 1 }, end: step?.end ?? secondColon + 1 }
}

/** RFC 9535, section 2.1: within 53 bits, without leading zeros and without `-0`. */
function scanInteger(text: string, from: number): { value: number; end: number } | null {
  const digits = text.charAt(from) === '-' ? from + 1 : from
  let end = digits
  while (/[0-9]/.test(text.charAt(end))) end++
  if (end === digits) return null
  const value = Number(text.slice(from, end))
  if (!Number.isSafeInteger(value)) {
    throw new SyntaxFault(from, 'expected a smaller index: this number is too large')
  }
  if (String(value) !== text.slice(from, end)) {
    throw new SyntaxFault(from, `expected \`${value}\`, without leading zeros`)
  }
  return { value, end }
}

export function foundAt(text: string, at: number): string {
  const character = characterAt(text, at)
  return character === '' ? 'found the end' : `found \`${character}\``
}
