/**
 * Cuts a trigger into tokens, one at a time as the parser asks, so that an error is always about the first thing
 * that is wrong. White space is free everywhere but inside names, numbers and strings; strings end at their own
 * quote and know no escapes (https://segment.com/docs/api/public-api/fql/).
 */
import type { JsonPath } from '../json-path/json-path.ts'
import { scanJsonPath } from '../json-path/parse.ts'
import { type Alphabet, characterAt, scanName, skipSpace } from '../scan.ts'
import { SyntaxFault } from '../syntax-fault.ts'

export const SYMBOLS = ['!=', '<=', '>=', '=', '<', '>', '!', '(', ')', '[', ']', ',', '.'] as const
export type FqlSymbol = (typeof SYMBOLS)[number]

export type Token = { readonly offset: number; readonly end: number } & (
  | { readonly kind: 'symbol'; readonly symbol: FqlSymbol }
  /** A name, a keyword or a function: the parser knows which, by its place. */
  | { readonly kind: 'word'; readonly name: string; readonly escaped: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'json_path'; readonly path: JsonPath }
  /** Characters that begin nothing in FQL; what was expected instead, the parser says. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'end' }
)

/** https://segment.com/docs/api/public-api/fql/#escaping-field-paths */
const NAME: Alphabet = { first: /[A-Za-z_]/, rest: /[A-Za-z0-9_-]/ }

/** The first token at or after `from`. Throws SyntaxFault for a string, number, name or path cut short. */
export function nextToken(text: string, from: number): Token {
  const offset = skipSpace(text, from)
  const character = text.charAt(offset)
  if (character === '') {
    const end = text.trimEnd().length
    return { kind: 'end', offset: end, end }
  }
  if (character === '"' || character === "'") return scanString(text, offset)
  if (character === '$') {
    const { path, end } = scanJsonPath(text, offset)
    return { kind: 'json_path', path, offset, end }
  }
  const word = scanName(text, offset, NAME)
  if (word !== null) return { kind: 'word', offset, ...word }
  const number = scanNumber(text, offset)
  if (number !== null) return number
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, offset))
  if (symbol !== undefined) return { kind: 'symbol', symbol, offset, end: offset + symbol.length }
  return { kind: 'unknown', offset, end: endOfRun(text, offset) }
}

function scanString(text: string, offset: number): Token {
  const quote = text.charAt(offset)
  const close = text.indexOf(quote, offset + 1)
  if (close < 0) {
    throw new SyntaxFault(
      offset,
      `expected a closing \`${quote}\` for the text that begins here, found the end`,
    )
  }
  return { kind: 'string', value: text.slice(offset + 1, close), offset, end: close + 1 }
}

/** `[+-]?d+(.d+)?`, or null where none begins. */
function scanNumber(text: string, offset: number): Token | null {
  const digits = /[+-]/.test(text.charAt(offset)) ? offset + 1 : offset
  let end = endOfDigits(text, digits)
  if (end === digits) return null
  if (text.charAt(end) === '.') {
    const fraction = end + 1
    end = endOfDigits(text, fraction)
    if (end === fraction) throw new SyntaxFault(fraction, 'expected a digit after the decimal point')
  }
  const value = Number(text.slice(offset, end))
  if (!Number.isFinite(value)) throw new SyntaxFault(offset, 'expected a smaller number')
  return { kind: 'number', value, offset, end }
}

function endOfDigits(text: string, from: number): number {
  let at = from
  while (/[0-9]/.test(text.charAt(at))) at++
  return at
}

/** The end of a character and its repetitions: `&&` is shown whole. */
function endOfRun(text: string, offset: number): number {
  const character = characterAt(text, offset)
  let end = offset + character.length
  while (text.startsWith(character, end)) end += character.length
  return end
}
