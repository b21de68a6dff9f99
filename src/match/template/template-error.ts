import { complain } from '../text-position.ts'

/**
 * A message template that cannot be used, found when it is compiled. `line` and `column` are 1-based, `offset` is
 * 0-based, both in UTF-16 units; `reason` says what is wrong and what to write instead; `message` adds the line
 * with a caret.
 */
export class TemplateError extends Error {
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly reason: string

  constructor(text: string, offset: number, reason: string) {
    const complaint = complain(text, offset, reason)
    super(complaint.message)
    this.name = 'TemplateError'
    this.line = complaint.line
    this.column = complaint.column
    this.offset = offset
    this.reason = complaint.reason
  }
}
