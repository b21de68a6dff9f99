/** Places in a trigger or template, as numbers and as an excerpt for a person. */

export interface TextPosition {
  /** From 0, in UTF-16 units. */
  readonly offset: number
  /** From 1; lines end at CRLF, LF or CR. */
  readonly line: number
  /** From 1, in UTF-16 units as editors count. */
  readonly column: number
}

export interface Complaint extends TextPosition {
  /** What is wrong and what to write instead, on one line and without control characters. */
  readonly reason: string
  /** Position and reason, and below them the text's line with a caret. */
  readonly message: string
}

/** Characters of the text's line that a message shows at most, and how many of them stand before the caret. */
const EXCERPT_LENGTH = 100
const EXCERPT_BEFORE = 60

export function positionAt(text: string, offset: number): TextPosition {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/)
  return { offset, line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

export function complain(text: string, offset: number, reason: string): Complaint {
  const position = positionAt(text, offset)
  const sentence = printable([...reason])
  const message = `line ${position.line}, column ${position.column}: ${sentence}\n${excerpt(text, offset)}`
  return { ...position, reason: sentence, message }
}

/** Counts in code points, so that no character is cut in two. */
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
