/**
 * JSONPath (RFC 9535) without filters and scripts, read from any position of a longer text. A path ends at the
 * first character that cannot go on with it, so triggers and templates can embed one.
 *
 * Beyond the RFC: names may hold `-` and `$`, a digit may follow a dot (`$.items.0`), and `\x` in a name stands
 * for any character x, as in FQL, and a dot may stand before a bracket (`$.['a b']`).
 */
export type Selector =
  | { kind: 'name'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'wildcard' }
  | { kind: 'slice'; start: number | null; end: number | null; step: number }

export interface Segment {
  /** True after `..`: the selectors apply to the value and to everything within it. */
  descend: boolean
  selectors: readonly Selector[]
}

/** A path that cannot be read. `offset`: where in the text, in UTF-16 units from its start. */
export class JsonPathError extends Error {
  readonly offset: number
  readonly reason: string

  constructor(offset: number, reason: string) {
    super(`${reason} (at offset ${offset})`)
    this.name = 'JsonPathError'
    this.offset = offset
    this.reason = reason
  }
}

interface Cursor {
  readonly text: string
  at: number
}

/** Beyond ASCII anything but blanks and curly quotes, which come in by copying. */
const NAME = /(?:[\w$-]|[^\0-\x7f\s\u2018\u2019\u201c\u201d]|\\.)+/sy
/** `($.first..5)` and `(1..$.last)` are Liquid ranges: a digit or dollar after two dots is not the path's. */
const NAME_AFTER_DESCENT = /(?![\d$-])(?:[\w$-]|[^\0-\x7f\s\u2018\u2019\u201c\u201d]|\\.)+/sy
const BLANK = /[ \t\r\n]*/y
const INTEGER = /-?\d+/y
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * Reads the path that begins with the `$` at `start`; `end` is the position after it.
 * @throws {JsonPathError}
 */
export function parseJsonPath(text: string, start = 0): { segments: Segment[]; end: number } {
  if (text[start] !== '$') throw new JsonPathError(start, 'a JSONPath begins with $')
  const cursor: Cursor = { text, at: start + 1 }
  const segments: Segment[] = []
  for (;;) {
    const segment = readSegment(cursor)
    if (segment === null) return { segments, end: cursor.at }
    segments.push(segment)
  }
}

function readSegment(cursor: Cursor): Segment | null {
  const { text, at } = cursor
  if (text[at] === '[') return { descend: false, selectors: readBrackets(cursor) }
  if (text[at] !== '.') return null
  const descend = text[at + 1] === '.'
  cursor.at += descend ? 2 : 1
  if (take(cursor, /\*/y) !== null) return { descend, selectors: [{ kind: 'wildcard' }] }
  if (text[cursor.at] === '[') return { descend, selectors: readBrackets(cursor) }
  const name = take(cursor, descend ? NAME_AFTER_DESCENT : NAME)
  if (name !== null) return { descend, selectors: [{ kind: 'name', name: name.replace(/\\(.)/gs, '$1') }] }
  if (descend) {
    cursor.at = at
    return null
  }
  throw new JsonPathError(
    cursor.at,
    "expected a name or * after the dot; write ['...'] around any other name",
  )
}

function readBrackets(cursor: Cursor): Selector[] {
  cursor.at += 1
  const selectors: Selector[] = []
  do {
    take(cursor, BLANK)
    selectors.push(readSelector(cursor))
    take(cursor, BLANK)
  } while (take(cursor, /,/y) !== null)
  if (take(cursor, /\]/y) === null) throw new JsonPathError(cursor.at, 'expected ] or , here')
  return selectors
}

function readSelector(cursor: Cursor): Selector {
  const { at } = cursor
  if (take(cursor, /\*/y) !== null) return { kind: 'wildcard' }
  const quoted = take(cursor, QUOTED)
  if (quoted !== null) return { kind: 'name', name: unquote(quoted) }
  if (take(cursor, /[?(@]/y) !== null) {
    throw new JsonPathError(at, 'filter and script expressions in a JSONPath are never evaluated')
  }
  const start = readInteger(cursor)
  take(cursor, BLANK)
  if (take(cursor, /:/y) !== null) return readSlice(cursor, start)
  if (start === null)
    throw new JsonPathError(at, "expected a quoted name, an index, * or a slice as in ['name']")
  return { kind: 'index', index: start }
}

function readSlice(cursor: Cursor, start: number | null): Selector {
  take(cursor, BLANK)
  const end = readInteger(cursor)
  take(cursor, BLANK)
  if (take(cursor, /:/y) === null) return { kind: 'slice', start, end, step: 1 }
  take(cursor, BLANK)
  const { at } = cursor
  const step = readInteger(cursor) ?? 1
  if (step < 1) throw new JsonPathError(at, 'the step of a slice must be 1 or more')
  return { kind: 'slice', start, end, step }
}

function readInteger(cursor: Cursor): number | null {
  const { at } = cursor
  const digits = take(cursor, INTEGER)
  if (digits === null) return null
  const value = Number(digits)
  if (!Number.isSafeInteger(value)) throw new JsonPathError(at, 'the number is too large')
  return value
}

function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, plain: string) =>
      hex === undefined ? (ESCAPES[plain] ?? plain) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
}

function take(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found === null) return null
  cursor.at = pattern.lastIndex
  return found[0]
}
