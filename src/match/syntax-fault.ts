/**
 * Thrown by what reads a part of a text and knows only where in it something is wrong; becomes a TriggerError or a
 * TemplateError where the whole text is at hand. `offset` is 0-based, in UTF-16 units.
 */
export class SyntaxFault extends Error {
  readonly offset: number
  readonly reason: string

  constructor(offset: number, reason: string) {
    super(`${reason} (at offset ${offset})`)
    this.name = 'SyntaxFault'
    this.offset = offset
    this.reason = reason
  }
}
