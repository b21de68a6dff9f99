/**
 * The grammar of patterns: `*`, `?`, `[abc]`, `[a-z]`, `[^abc]`, `\x`. A malformed pattern is a value, since FQL
 * lets it be written and never match. Malformed are a class that is not closed, empty, or holds an unescaped `-`
 * that is not between two characters, and a backslash at the end.
 */

export type GlobElement =
  | { readonly kind: 'any' }
  | { readonly kind: 'character'; readonly codePoint: number }
  | {
      readonly kind: 'class'
      readonly negated: boolean
      readonly ranges: readonly { readonly low: number; readonly high: number }[]
    }

export type ParsedGlob =
  /** The pattern cut at its stars: n + 1 chunks for n stars; stars in a row are one. */
  | { readonly ok: true; readonly chunks: readonly (readonly GlobElement[])[] }
  | { readonly ok: false; readonly problem: string }

export function parseGlob(pattern: string): ParsedGlob {
  const characters = [...pattern]
  let chunk: GlobElement[] = []
  const chunks = [chunk]
  let at = 0
  while (at < characters.length) {
    const character = characters[at]
    if (character === '*') {
      while (characters[at] === '*') at++
      chunk = []
      chunks.push(chunk)
      continue
    }
    const parsed = character === '[' ? parseClass(characters, at) : parseSingle(characters, at)
    if ('problem' in parsed) return { ok: false, problem: parsed.problem }
    chunk.push(parsed.element)
    at = parsed.end
  }
  return { ok: true, chunks }
}

type ParsedElement = { element: GlobElement; end: number } | { problem: string }

function parseSingle(characters: readonly string[], at: number): ParsedElement {
  if (characters[at] === '?') return { element: { kind: 'any' }, end: at + 1 }
  const place = characters[at] === '\\' ? at + 1 : at
  const codePoint = characters[place]?.codePointAt(0)
  if (codePoint === undefined) return { problem: 'a `\\` at the end escapes nothing' }
  return { element: { kind: 'character', codePoint }, end: place + 1 }
}

function parseClass(characters: readonly string[], open: number): ParsedElement {
  const negated = characters[open + 1] === '^'
  const ranges: { low: number; high: number }[] = []
  let at = open + (negated ? 2 : 1)
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = parseClassCharacter(characters, at)
    if ('problem' in low) return low
    at = low.end
    let high = low
    if (characters[at] === '-') {
      const bound = parseClassCharacter(characters, at + 1)
      if ('problem' in bound) return bound
      high = bound
      at = bound.end
    }
    ranges.push({ low: low.codePoint, high: high.codePoint })
  }
  return { element: { kind: 'class', negated, ranges }, end: at + 1 }
}

function parseClassCharacter(
  characters: readonly string[],
  at: number,
): { codePoint: number; end: number } | { problem: string } {
  const character = characters[at]
  if (character === ']') return { problem: 'a class ends too early; write `\\]` for the character' }
  if (character === '-')
    return { problem: 'a `-` in a class stands between two characters; write `\\-` for the character' }
  const place = character === '\\' ? at + 1 : at
  const codePoint = characters[place]?.codePointAt(0)
  if (codePoint === undefined) return { problem: 'a class is not closed with `]`' }
  return { codePoint, end: place + 1 }
}
