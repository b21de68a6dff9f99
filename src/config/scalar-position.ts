import type { Place } from './source.ts'
import type { ScalarNode } from './tree.ts'

/**
 * Finds where a character of a scalar's value stands in the file, through quotes, escapes, folding and
 * indentation (YAML 1.2.2, chapters 7.3 and 8.1). A position after the last visible character is the place
 * right behind it.
 */
export function placeInScalar(node: ScalarNode, offset: number): Place {
  const value = node.text ?? ''
  const raw = node.source.text.slice(node.start, node.end)
  const positions = node.style === 'block' ? alignBlock(value, raw) : alignFlow(node, value, raw)
  const visibleEnd = value.trimEnd().length
  const inRaw =
    offset < visibleEnd
      ? (positions[offset] ?? 0)
      : (positions[visibleEnd - 1] ?? -1) + (visibleEnd > 0 ? 1 : 0)
  return { source: node.source, offset: node.start + Math.max(inRaw, 0) }
}

interface Unit {
  length: number
  /** How many characters of the value it stands for. */
  makes: number
}

const DOUBLE_ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|\r?\n[ \t]*|.)/sy
const FOLD = /[ \t]*(?:\r?\n[ \t]*)+/y

/** Of plain and quoted scalars: for each character of the value its index in the raw text. */
function alignFlow(node: ScalarNode, value: string, raw: string): number[] {
  const positions: number[] = []
  let at = node.style === 'plain' ? 0 : 1
  while (positions.length < value.length && at < raw.length) {
    const unit = readUnit(node.style, raw, at)
    for (let made = 0; made < unit.makes; made += 1) positions.push(at)
    at += unit.length
  }
  return positions
}

function readUnit(style: ScalarNode['style'], raw: string, at: number): Unit {
  if (style === 'single' && raw.startsWith("''", at)) return { length: 2, makes: 1 }
  if (style === 'double' && raw[at] === '\\') {
    const sequence = matchAt(DOUBLE_ESCAPE, raw, at) ?? '\\'
    if (/^\\\r?\n/.test(sequence)) return { length: sequence.length, makes: 0 }
    return { length: sequence.length, makes: decodedLength(sequence) }
  }
  const fold = matchAt(FOLD, raw, at)
  if (fold === null) return { length: 1, makes: 1 }
  const breaks = fold.split('\n').length - 1
  return {
    length: fold.length,
    makes: continuesEscapedBreak(style, raw, at) ? breaks : Math.max(breaks - 1, 1),
  }
}

/** After an escaped line break, every further one is kept. */
function continuesEscapedBreak(style: ScalarNode['style'], raw: string, at: number): boolean {
  return style === 'double' && /\\\r?\n[ \t]*$/.test(raw.slice(0, at))
}

function decodedLength(sequence: string): number {
  return sequence.startsWith('\\U') && Number.parseInt(sequence.slice(2), 16) > 0xffff ? 2 : 1
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  const sticky = new RegExp(pattern)
  sticky.lastIndex = at
  return sticky.exec(text)?.[0] ?? null
}

/**
 * Of `|` and `>` scalars: visible characters stand in the file as they are in the value, in their order; only
 * the white space between them differs, and there the end of a run (a line's own indentation) is aligned.
 */
function alignBlock(value: string, raw: string): number[] {
  const positions: number[] = []
  let at = raw.indexOf('\n') + 1
  while (positions.length < value.length) {
    const visible = skipSpace(value, positions.length)
    const spaces = visible - positions.length
    const next = skipSpace(raw, at)
    for (let index = 0; index < spaces; index += 1) {
      positions.push(Math.max(at, next - spaces + index))
    }
    if (visible < value.length) positions.push(next)
    at = next + 1
  }
  return positions
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
  return at
}
