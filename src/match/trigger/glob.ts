/**
 * The patterns of `match( … )`: the whole text, case-sensitive, by code points, in time that grows with the text's
 * length and never explodes. The rules are those of Go's path.Match (https://pkg.go.dev/path#Match), which FQL took
 * over, with two differences: `*` and `?` match `/` too, and a malformed pattern never matches whatever the text.
 *
 * A pattern is cut at its stars into chunks of fixed length. The first chunk is tied to the start of the text, the
 * last to its end, and each one between is taken where it first occurs: no choice is ever taken back.
 */
import { type GlobElement, type ParsedGlob, parseGlob } from './glob-parse.ts'
import { findText } from './text-search.ts'

export type GlobMatch = (text: string) => boolean

export interface Glob {
  readonly matches: GlobMatch
  /** What is malformed, for a warning; null when nothing is. */
  readonly problem: string | null
}

/** Between two stars a chunk with `?` or a class is tried at every place of the text, so its length is bounded. */
export const MAX_FLOATING_CHUNK = 64

export function compileGlob(pattern: string): Glob {
  const parsed = parseGlob(pattern)
  if (!parsed.ok) return { matches: () => false, problem: parsed.problem }
  const chunks = parsed.chunks.map(compileChunk)
  if (chunks.slice(1, -1).some((chunk) => chunk.literal === null && chunk.length > MAX_FLOATING_CHUNK)) {
    return {
      matches: () => false,
      problem: `more than ${MAX_FLOATING_CHUNK} characters between two \`*\`, with \`?\` or a class among them`,
    }
  }
  return { matches: compileChunks(chunks), problem: null }
}

/** A part of a pattern without stars: it takes exactly `length` code points. */
interface Chunk {
  readonly length: number
  /** The chunk's text where it is no more than that; then UTF-16 units can be compared instead of code points. */
  readonly literal: string | null
  /** Where the text goes on after the chunk, taken at `from`; -1 where it does not fit. */
  readonly endAt: (text: string, from: number) => number
}

type ParsedChunk = Extract<ParsedGlob, { ok: true }>['chunks'][number]

function compileChunk(elements: ParsedChunk): Chunk {
  const text = elements.every((element) => element.kind === 'character')
    ? elements.map((element) => String.fromCodePoint(element.codePoint)).join('')
    : null
  // A lone surrogate in the pattern could match half of a character.
  if (text !== null && !/\p{Surrogate}/u.test(text)) {
    const endAt = (whole: string, from: number) => (whole.startsWith(text, from) ? from + text.length : -1)
    return { length: elements.length, literal: text, endAt }
  }
  return {
    length: elements.length,
    literal: null,
    endAt: (whole, from) => endOfElements(elements, whole, from),
  }
}

function endOfElements(elements: readonly GlobElement[], text: string, from: number): number {
  let at = from
  for (const element of elements) {
    const codePoint = text.codePointAt(at)
    if (codePoint === undefined || !accepts(element, codePoint)) return -1
    at += codePoint > 0xffff ? 2 : 1
  }
  return at
}

function accepts(element: GlobElement, codePoint: number): boolean {
  switch (element.kind) {
    case 'any':
      return true
    case 'character':
      return element.codePoint === codePoint
    case 'class':
      return element.negated !== element.ranges.some(({ low, high }) => low <= codePoint && codePoint <= high)
  }
}

function compileChunks(chunks: readonly Chunk[]): GlobMatch {
  const [first, ...others] = chunks
  const last = others.pop()
  if (first === undefined) return (text) => text === ''
  if (last === undefined) {
    const { literal, endAt } = first
    return literal === null ? (text) => endAt(text, 0) === text.length : (text) => text === literal
  }
  return (text) => {
    let at = first.endAt(text, 0)
    for (const chunk of others) {
      if (at < 0) return false
      at = endOfFirst(chunk, text, at)
    }
    if (at < 0) return false
    const tail = startOfLast(last, text)
    return tail >= at && last.endAt(text, tail) === text.length
  }
}

/** Where the text goes on after the first place at or after `from` at which the chunk fits; -1 where it never does. */
function endOfFirst(chunk: Chunk, text: string, from: number): number {
  if (chunk.literal !== null) {
    const at = findText(text, chunk.literal, from)
    return at < 0 ? -1 : at + chunk.literal.length
  }
  let at = from
  while (at < text.length) {
    const end = chunk.endAt(text, at)
    if (end >= 0) return end
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  }
  return -1
}

/** Where a chunk must begin that ends with the text; -1 where the text is too short. */
function startOfLast(chunk: Chunk, text: string): number {
  if (chunk.literal !== null) return text.length - chunk.literal.length
  let at = text.length
  for (let left = chunk.length; left > 0; left--) {
    if (at <= 0) return -1
    at -= at >= 2 && (text.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1
  }
  return at
}
