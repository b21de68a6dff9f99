/**
 * A trigger that cannot be used: what was expected, where, and the text's own line with a caret under it.
 */

/** A place in a trigger's text: 1-based, columns counted in characters (code points). */
export interface TriggerPosition {
  readonly line: number
  readonly column: number
}

/** Characters of the text's line that a message shows at most, and how many of them stand before the caret. */
const EXCERPT_LENGTH = 100
const EXCERPT_BEFORE = 60

export class TriggerError extends Error {
  readonly line: number
  readonly column: number
  /** Where in the text, in UTF-16 units from 0: for whoever prints an excerpt of a larger file. */
  readonly offset: number
  /** `message` without position and excerpt, on one line. */
  readonly reason: string

  constructor(text: string, offset: number, reason: string) {
    const { line, column } = locate(text, offset)
    const sentence = printable([...reason])
    super(`line ${line}, column ${column}: ${sentence}\n${excerpt(text, offset)}`)
    this.name = 'TriggerError'
    this.line = line
    this.column = column
    this.offset = offset
    this.reason = sentence
  }
}

/** Line and column of an offset; lines end at CRLF, LF or CR. */
export function locate(text: string, offset: number): TriggerPosition {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 }
}

function excerpt(text: string, offset: number): string {
  const lineBefore =
    text
      .slice(0, offset)
      .split(/[\n\r]/)
      .at(-1) ?? ''
  const [lineAfter = ''] = text.slice(offset).split(/[\n\r]/, 1)
  const before = [...lineBefore]
  const after = [...lineAfter]
  const hidden = Math.max(0, before.length - EXCERPT_BEFORE)
  const head = (hidden > 0 ? '…' : '') + printable(before.slice(hidden))
  const room = EXCERPT_LENGTH - (before.length - hidden)
  const tail = printable(after.slice(0, room)) + (after.length > room ? '…' : '')
  return `  ${head}${tail}\n  ${[...head].map((character) => (character === '\t' ? '\t' : ' ')).join('')}^`
}

/** Control characters but the tab are shown as U+FFFD: a terminal or a log must not obey them. */
function printable(characters: readonly string[]): string {
  return characters.map((character) => (/[^\P{C}\t]/u.test(character) ? '\uFFFD' : character)).join('')
}
