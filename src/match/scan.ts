/**
 * The pieces that FQL and JSONPath share: white space and names. Every function takes the text and an offset and
 * reads on from there; none looks back.
 */
import { SyntaxFault } from './syntax-fault.ts'

export interface ScannedName {
  /** The name with its escapes resolved. */
  readonly name: string
  readonly end: number
  /** Whether any character was written with a backslash; such a name is never a keyword or a function. */
  readonly escaped: boolean
}

/** What a name may begin with and go on with, one code point each; beside it `\x` stands for any character x. */
export interface Alphabet {
  readonly first: RegExp
  readonly rest: RegExp
}

/** The offset of the first character at or after `from` that is no white space. */
export function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text.charAt(at))) at++
  return at
}

/** The name that begins at `from`, or null where none does. Throws SyntaxFault for a backslash at the end. */
export function scanName(text: string, from: number, { first, rest }: Alphabet): ScannedName | null {
  let name = ''
  let at = from
  let escaped = false
  for (;;) {
    let character = characterAt(text, at)
    if (character === '\\') {
      escaped = true
      at++
      character = characterAt(text, at)
      if (character === '') {
        throw new SyntaxFault(at, 'expected a character after `\\`, found the end')
      }
    } else if (!(at === from ? first : rest).test(character)) break
    name += character
    at += character.length
  }
  return at === from ? null : { name, end: at, escaped }
}

/** The code point at an offset, or empty at the end. */
export function characterAt(text: string, at: number): string {
  const point = text.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}
