import { complain } from '../text-position.ts'

/**
 * A trigger that cannot be used: what was expected, where, and the text's own line with a caret under it. `line`
 * and `column` are 1-based, `offset` is 0-based, both in UTF-16 units; `reason` is `message` without position and
 * excerpt, on one line.
 */
export class TriggerError extends Error {
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly reason: string

  constructor(text: string, offset: number, reason: string) {
    const complaint = complain(text, offset, reason)
    super(complaint.message)
    this.name = 'TriggerError'
    this.line = complaint.line
    this.column = complaint.column
    this.offset = offset
    this.reason = complaint.reason
  }
}
