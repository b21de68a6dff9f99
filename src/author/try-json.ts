/** Where a text stops being JSON: V8 says so for some mistakes only. */
export interface JsonFault {
  /** UTF-16 units from 0. */
  offset: number
  /** Completes "expected". */
  expected: string
}

const SPACE = /[ \t\n\r]*/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
const PRIMITIVE = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y

/** What may come next. */
type Expecting = 'value' | 'value_or_end' | 'name' | 'name_or_end' | 'colon' | 'comma_or_end' | 'end'

const WORDS: Record<Expecting, string> = {
  value: 'a value; a text stands in double quotes',
  value_or_end: 'a value or ]; a text stands in double quotes',
  name: 'a name in double quotes',
  name_or_end: 'a name in double quotes, or }',
  colon: 'a colon',
  comma_or_end: 'a comma or the closing bracket',
  end: 'the end',
}

/** Null where all of it is one JSON value. */
export function findJsonFault(text: string): JsonFault | null {
  const open: ('{' | '[')[] = []
  let expecting: Expecting = 'value'
  let at = endOf(SPACE, text, 0) ?? 0
  while (at < text.length) {
    const step = takeOne(text, { at, expecting, open })
    if (step === null) return { offset: at, expected: WORDS[expecting] }
    expecting = step.expecting
    at = endOf(SPACE, text, step.end) ?? step.end
  }
  return expecting === 'end' ? null : { offset: text.trimEnd().length, expected: WORDS[expecting] }
}

interface Reading {
  at: number
  expecting: Expecting
  /** The brackets around the place, outermost first; changed by the step. */
  open: ('{' | '[')[]
}

function takeOne(
  text: string,
  { at, expecting, open }: Reading,
): { end: number; expecting: Expecting } | null {
  const character = text.charAt(at)
  const closes =
    expecting === 'comma_or_end' ||
    (character === ']' ? expecting === 'value_or_end' : expecting === 'name_or_end')
  if (closes && ((character === ']' && open.at(-1) === '[') || (character === '}' && open.at(-1) === '{'))) {
    open.pop()
    return { end: at + 1, expecting: afterValue(open) }
  }
  switch (expecting) {
    case 'value':
    case 'value_or_end':
      if (character === '{' || character === '[') {
        open.push(character)
        return { end: at + 1, expecting: character === '{' ? 'name_or_end' : 'value_or_end' }
      }
      return stepOver(endOfString(text, at) ?? endOf(PRIMITIVE, text, at), afterValue(open))
    case 'name':
    case 'name_or_end':
      return stepOver(endOfString(text, at), 'colon')
    case 'colon':
      return stepOver(character === ':' ? at + 1 : null, 'value')
    case 'comma_or_end':
      return stepOver(character === ',' ? at + 1 : null, open.at(-1) === '{' ? 'name' : 'value')
    case 'end':
      return null
  }
}

function stepOver(end: number | null, expecting: Expecting) {
  return end === null ? null : { end, expecting }
}

function afterValue(open: readonly string[]): Expecting {
  return open.length === 0 ? 'end' : 'comma_or_end'
}

/** Piece by piece: one pattern for the whole recurses for each character, and ends in a stack overflow at 10 MB. */
function endOfString(text: string, start: number): number | null {
  if (text.charAt(start) !== '"') return null
  let at: number | null = start + 1
  while (at !== null) {
    at = endOf(PLAIN, text, at) ?? at
    if (text.charAt(at) === '"') return at + 1
    at = endOf(ESCAPE, text, at)
  }
  return null
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  const sticky = new RegExp(pattern)
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : null
}
