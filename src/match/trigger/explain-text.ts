/** A reason in words: on one line where it is one comparison, else a line for each part, indented below its own. */
import { nestsDeeperThan } from '../nesting.ts'
import type { Reason, SeenValue, TriggerPart } from './explain.ts'

/** Code points of a part and of a value that are shown. */
const PART_LENGTH = 120
const VALUE_LENGTH = 60
/** Values of one part, and operands of one `or`. */
const MOST_SEEN = 6
const MOST_OPERANDS = 6
/** Deeper lists and objects are not written out: that recurses. */
const MOST_DEPTH = 50

/** `properties.total > 100: properties.total is 42`, and so on. At least one line; none ends in a full stop. */
export function formatReason(reason: Reason): string[] {
  const part = shownPart(reason.part)
  switch (reason.kind) {
    case 'value':
      return [`${part}${reason.holds ? ' holds' : ''}: ${shownSeen(reason)}`]
    case 'none_held':
      return [`none of ${reason.each.length} held: ${part}`, ...operandLines(reason.each)]
    case 'all_held':
      return [`all ${reason.each.length} held: ${part}`, ...operandLines(reason.each)]
    case 'not': {
      const { operand } = reason
      if (operand.kind === 'value' && !reason.holds) return [`${part}: ${shownSeen(operand)}`]
      return [`${part} is ${reason.holds}:`, ...indent(formatReason(operand))]
    }
  }
}

function operandLines(reasons: readonly Reason[]): string[] {
  const lines = reasons.slice(0, MOST_OPERANDS).flatMap(formatReason)
  const more = reasons.length - MOST_OPERANDS
  return indent(more > 0 ? [...lines, `and ${more} more`] : lines)
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

function shownSeen({ seen, holds }: Extract<Reason, { kind: 'value' }>): string {
  if (seen.length === 0) return holds ? 'it always does' : 'it never holds'
  const shown = seen.slice(0, MOST_SEEN).map((one) => `${inlined(one.text)} is ${shownValue(one)}`)
  return seen.length > MOST_SEEN ? `${shown.join(', ')}, ...` : shown.join(', ')
}

/** The part on one line, cut where it is long. */
export function shownPart({ text }: TriggerPart): string {
  return inlined(text)
}

function inlined(text: string): string {
  return withoutControls(cut(text.replaceAll(/\s+/g, ' '), PART_LENGTH))
}

/** As JSON writes it and cut where it is long; `missing` where there is nothing. Harmless on a terminal. */
export function shownValue({ value, missing }: Pick<SeenValue, 'value' | 'missing'>): string {
  if (missing) return 'missing'
  if (typeof value === 'string') return shownText(value)
  if (typeof value !== 'object' || value === null) return String(value ?? null)
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (nestsDeeperThan(value, MOST_DEPTH)) return `a deeply nested ${Array.isArray(value) ? 'list' : 'object'}`
  const json = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? String(inner) : inner,
  )
  return withoutControls(cut(json, VALUE_LENGTH))
}

function shownText(text: string): string {
  const short = cut(text, VALUE_LENGTH)
  const length = short === text ? '' : ` (${text.length.toLocaleString('en-US')} characters)`
  return `${withoutControls(JSON.stringify(short))}${length}`
}

/** Counts in code points, and never walks a text that is long. */
function cut(text: string, most: number): string {
  const characters = [...text.slice(0, 2 * most + 2)]
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text
}

/** Controls, line separators and the marks that change reading direction, as JSON would escape them. */
export function withoutControls(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
