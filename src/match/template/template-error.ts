/**
 * A message template that cannot be used, found when it is compiled. `line` and `column` are 1-based, `offset` is
 * 0-based, both in UTF-16 units; `reason` says what is wrong and what to write instead; `message` adds the line
 * with a caret.
 */
export class TemplateError extends Error {
  readonly offset: number
  readonly line: number
  readonly column: number
  readonly reason: string

  constructor(text: string, offset: number, reason: string) {
    const { line, column } = positionAt(text, offset)
    super(`line ${line}, column ${column}: ${reason}\n${excerpt(text, line, column)}`)
    this.name = 'TemplateError'
    this.offset = offset
    this.line = line
    this.column = column
    this.reason = reason
  }
}

/** Thrown where only the offset is known; becomes a TemplateError where the whole text is at hand. */
export class TemplateFault extends Error {
  readonly offset: number

  constructor(offset: number, reason: string) {
    super(reason)
    this.name = 'TemplateFault'
    this.offset = offset
  }
}

/** A place in a template: 1-based, the column in UTF-16 units. */
export interface TemplatePosition {
  line: number
  column: number
}

export function positionAt(text: string, offset: number): TemplatePosition {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

const EXCERPT_BEFORE = 60
const EXCERPT_AFTER = 40

function excerpt(text: string, line: number, column: number): string {
  const whole = text.split('\n')[line - 1] ?? ''
  const start = Math.max(0, column - 1 - EXCERPT_BEFORE)
  const shown = whole.slice(start, column - 1 + EXCERPT_AFTER)
  const padding = shown.slice(0, column - 1 - start).replace(/[^\t]/g, ' ')
  return `  ${shown}\n  ${padding}^`
}
