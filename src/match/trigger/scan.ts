/**
 * The pieces that FQL and its JSONPaths share: white space and names. Every function takes the text and an
 * offset and reads on from there; none looks back.
 */
import { TriggerError } from './trigger-error.ts'

export interface ScannedName {
  /** The name with its escapes resolved. */
  readonly name: string
  readonly end: number
  /** Whether any character was written with a backslash; such a name is never a keyword or a function. */
  readonly escaped: boolean
}

/** The offset of the first character at or after `from` that is no white space. */
export function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text.charAt(at))) at++
  return at
}

/**
 * The name that begins at `from`, or null where none does: `[A-Za-z_\\][A-Za-z0-9_-]*`, where `\x` stands for any
 * character x (https://segment.com/docs/api/public-api/fql/#escaping-field-paths).
 */
export function scanName(text: string, from: number): ScannedName | null {
  if (!/[A-Za-z_\\]/.test(text.charAt(from))) return null
  let name = ''
  let at = from
  let escaped = false
  while (/[A-Za-z0-9_\\-]/.test(text.charAt(at))) {
    if (text.charAt(at) === '\\') {
      escaped = true
      at++
      if (at >= text.length)
        throw new TriggerError(text, at, 'expected a character after `\\`, found the end')
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    name += character
    at += character.length
  }
  return { name, end: at, escaped }
}
