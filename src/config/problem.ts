import { REDACTED } from '../core/secret.ts'
import type { Mask } from './mask.ts'
import { lineAndColumn, lineAround, type Place, type Range } from './source.ts'

/** What is wrong and where, for a person. Holds no secret. */
export interface Problem {
  file: string
  /** From 1; 0 where the problem is the file as a whole. */
  line: number
  /** From 1, in UTF-16 units as editors count; 0 where the problem is the file as a whole. */
  column: number
  message: string
  /** The line with its number and a caret below; empty where the problem is the file as a whole. */
  excerpt: string
}

/** A problem before its excerpt is made. */
export interface Finding {
  place: Place
  message: string
  /** False where a look at the line would say nothing; the message then holds nothing but names and our own words. */
  hasExcerpt?: boolean
}

export function fileProblem(file: string, message: string): Problem {
  return { file, line: 0, column: 0, message, excerpt: '' }
}

export function toProblem(
  { place, message, hasExcerpt = true }: Finding,
  mask: Mask,
  locate: typeof lineAndColumn = lineAndColumn,
): Problem {
  const { line, column } = locate(place)
  const excerpt = hasExcerpt ? drawExcerpt(place, line, mask) : ''
  return {
    file: place.source.file,
    line,
    column,
    message: hasExcerpt ? mask.text(message) : message,
    excerpt,
  }
}

/** Every problem as `file:line:column: message` with its excerpt below. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map(({ file, line, column, message, excerpt }) => {
      const place = line === 0 ? file : `${file}:${line}:${column}`
      return `${place}: ${message}\n${excerpt === '' ? '' : `${excerpt}\n`}`
    })
    .join('\n')
}

/** In the order of the files, lines and columns; what is said twice is said once. */
export function inOrder<P extends Problem>(problems: readonly P[]): P[] {
  const unique = new Map(problems.map((problem) => [formatProblems([problem]), problem]))
  return [...unique.values()].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column,
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

const SHOWN_BEFORE = 60
const SHOWN_AFTER = 60

function drawExcerpt(place: Place, line: number, mask: Mask): string {
  const { text, caret } = maskLine(place, mask)
  const cutStart = caret > SHOWN_BEFORE + 10 ? caret - SHOWN_BEFORE : 0
  const cutEnd = text.length > caret + SHOWN_AFTER + 10 ? caret + SHOWN_AFTER : text.length
  const before = cutStart > 0 ? '…' : ''
  const shown = `${before}${text.slice(cutStart, cutEnd)}${cutEnd < text.length ? '…' : ''}`
  const indent = `${before}${text.slice(cutStart, caret)}`.replaceAll(/[^\t]/g, ' ')
  const number = String(line)
  return `  ${number} | ${neutral(shown)}\n  ${' '.repeat(number.length)} | ${indent}^`
}

/** Control characters could rewrite the terminal's lines. */
function neutral(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  )
}

/** The line with every hidden range as `<redacted>`, and where the caret stands in it then. */
function maskLine(place: Place, mask: Mask): { text: string; caret: number } {
  const line = lineAround(place)
  const { text: source } = place.source
  let text = ''
  let caret = -1
  let at = line.start
  const show = (end: number) => {
    if (caret === -1 && place.offset < end) caret = text.length + Math.max(place.offset - at, 0)
    text += source.slice(at, end)
    at = end
  }
  for (const [start, end] of hiddenInLine(mask.ranges(place.source, [line.start, line.end]), line, source)) {
    show(start)
    if (caret === -1 && place.offset < end) caret = text.length
    text += REDACTED
    at = end
  }
  show(line.end)
  return { text, caret: caret === -1 ? text.length : caret }
}

/** Merged and in order; white space before a hidden value stays. */
function hiddenInLine(
  ranges: readonly Range[],
  line: { start: number; end: number },
  source: string,
): Range[] {
  const inLine = ranges
    .map(([start, end]): [number, number] => {
      const from = Math.max(start, line.start)
      const to = Math.min(end, line.end)
      return [from + source.slice(from, to).search(/\S|$/), to]
    })
    .filter(([start, end]) => end > start)
    .sort((a, b) => a[0] - b[0])
  const merged: [number, number][] = []
  for (const [start, end] of inLine) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}
