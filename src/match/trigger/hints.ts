/** What people write who know other languages, and how FQL writes it. */
import { FUNCTION_NAMES } from './functions.ts'

/** By word, or by the first character. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['&', 'FQL writes `and`'],
  ['|', 'FQL writes `or`'],
  ['!', 'a negation stands before the whole comparison: `!( type in ["page"] )`'],
  ['not', 'FQL negates with `!`: `!( type in ["page"] )`'],
  ['is', 'FQL writes `=`, also for null'],
  ['like', 'FQL writes `match( field, "a*" )`'],
  ['matches', 'FQL writes `match( field, "a*" )`'],
  ['≠', 'FQL writes `!=`'],
  ['≤', 'FQL writes `<=`'],
  ['≥', 'FQL writes `>=`'],
  ['“', 'write straight quotes: `"`'],
  ['”', 'write straight quotes: `"`'],
  ['„', 'write straight quotes: `"`'],
  ['«', 'write straight quotes: `"`'],
  ['»', 'write straight quotes: `"`'],
  ['‘', "write straight quotes: `'`"],
  ['’', "write straight quotes: `'`"],
  ['`', 'text stands in `"` or `\'`'],
  ['*', 'a `*` stands in the pattern of `match( … )` or in a path that begins with `$.`'],
  ['+', 'FQL has no arithmetic'],
  ['-', 'FQL has no arithmetic'],
  ['/', 'FQL has no arithmetic'],
  ['%', 'FQL has no arithmetic'],
  ['{', 'a trigger is FQL; `{{ … }}` belongs in the message'],
  ['?', 'filter and script expressions are refused: a trigger never runs code'],
])

/** Two symbols in a row that mean one operator elsewhere. */
const OPERATOR_HINTS: ReadonlyMap<string, string> = new Map([
  ['==', 'FQL writes `=`, once'],
  ['!==', 'FQL writes `!=`'],
  ['<>', 'FQL writes `!=`'],
  ['=>', 'FQL writes `>=`'],
  ['=<', 'FQL writes `<=`'],
  ['=!', 'FQL writes `!=`, or puts a negation on the right in parentheses: `( !… )`'],
])

/** A hint on what was found, or null. `before` is the symbol just before it, or empty. */
export function hintFor(found: string, before: string): string | null {
  const operator = OPERATOR_HINTS.get(before + found)
  if (operator !== undefined) return operator
  const word = found.toLowerCase()
  if (['and', 'or', 'in'].includes(word) && word !== found) return `keywords are lower case: \`${word}\``
  const hint = HINTS.get(word) ?? HINTS.get(word.charAt(0))
  if (hint !== undefined) return hint
  if (FUNCTION_NAMES.some((name) => name === word)) return `\`${word}\` is a function: \`${word}( … )\``
  const foreign = /^[^\x00-\x7f]/u.exec(found)
  return foreign === null ? null : `in a name, such a character is escaped: \`\\${foreign[0]}\``
}
