/**
 * Looks into a JSON event without parsing it: what stands there under a key, at any depth. It is for leaving out
 * events, so it may find too much and never too little: a key within a list, one that a later one of the same name
 * overrides, or even one of a text that is no JSON, all count.
 *
 * It rests on this: JSON is UTF-8, and only a backslash can make a text stand for anything but its own bytes. Where
 * there is none, a member is its key in quotes, white space, a colon, white space and its value, byte for byte, and
 * a quote begins or ends a text.
 */
import { isUtf8 } from 'node:buffer'

/**
 * The bytes of an event, one character each: strings are searched several times as fast as buffers. What is not
 * ASCII is thus not what it means, and is compared in the same form.
 */
export type EventBytes = string

/**
 * The bytes to search; null where a search cannot be trusted: what is not UTF-8 from `{` to `}`, or has a backslash,
 * is for the parser to judge. So are a byte order mark and UTF-16.
 */
export function bytesToPeekAt(value: Buffer): EventBytes | null {
  const bytes = value.toString('latin1')
  return !bytes.includes('\\') && isBraced(bytes) && isUtf8(value) ? bytes : null
}

/** Takes where each value under the key begins, until it says true. */
export type MemberVisitor = (bytes: EventBytes, at: number) => boolean

/** Whether the visitor says true to anything under the key. */
export type MemberSearch = (bytes: EventBytes, visit: MemberVisitor) => boolean

export function createMemberSearch(key: string): MemberSearch {
  const quoted = toBytes(`"${key}"`)
  const skipped = rarestAt(quoted)
  const searched = quoted.slice(skipped)
  return (bytes, visit) => {
    for (let at = bytes.indexOf(searched); at !== -1; at = bytes.indexOf(searched, at + 1)) {
      if (!bytes.startsWith(quoted, at - skipped)) continue
      const colon = skipSpace(bytes, at + searched.length)
      if (bytes.charCodeAt(colon) === COLON && visit(bytes, skipSpace(bytes, colon + 1))) return true
    }
    return false
  }
}

/** Finds what belongs to the text that begins at `at`. */
export function createTextLookup<T>(
  items: ReadonlyMap<string, T>,
): (bytes: EventBytes, at: number) => T | undefined {
  // Half of a surrogate pair has no bytes: those of U+FFFD would stand for it, and hide an item of that name.
  const byBytes = new Map(
    [...items].filter(([text]) => text.isWellFormed()).map(([text, item]) => [toBytes(text), item]),
  )
  return (bytes, at) => {
    if (bytes.charCodeAt(at) !== QUOTE) return undefined
    const end = bytes.indexOf('"', at + 1)
    return end === -1 ? undefined : byBytes.get(bytes.slice(at + 1, end))
  }
}

/** Undefined for a list, an object and whatever is cut short. */
export type PeekedValue = string | number | boolean | null | undefined

/** The value that begins at `at`. */
export function readValue(bytes: EventBytes, at: number): PeekedValue {
  switch (bytes.charCodeAt(at)) {
    case QUOTE: {
      const end = bytes.indexOf('"', at + 1)
      return end === -1 ? undefined : toText(bytes.slice(at + 1, end))
    }
    case 0x74:
      return true
    case 0x66:
      return false
    case 0x6e:
      return null
    default:
      return readNumber(bytes, at)
  }
}

/** Whether a text, number, bool or null begins at `at`: what readValue reads. */
export function isScalarAt(bytes: EventBytes, at: number): boolean {
  const code = bytes.charCodeAt(at)
  return code === QUOTE || code === 0x74 || code === 0x66 || code === 0x6e || isOfNumber(code)
}

const QUOTE = 0x22
const COLON = 0x3a

/**
 * The letters of English from the rarest on, and what JSON has least of. The search runs from one hit of the first
 * byte to the next, so a quote, which stands everywhere, makes it five times as slow as a `v`.
 */
const RAREST_FIRST = 'QXZJKVWYqxzjkvwybghfGHUNBFLMREDPOTSCAIpumdlcronistae'
/** A shorter needle is found too often. */
const LEAST_NEEDLE = 4

/** Where in a quoted key the search begins, so that it begins with a rare byte. */
function rarestAt(quoted: EventBytes): number {
  let best = 0
  let bestRank = RAREST_FIRST.length
  for (let at = 1; at <= quoted.length - LEAST_NEEDLE; at += 1) {
    const rank = RAREST_FIRST.indexOf(quoted.charAt(at))
    if (rank === -1 || rank >= bestRank) continue
    best = at
    bestRank = rank
  }
  return best
}

function toBytes(text: string): EventBytes {
  return Buffer.from(text).toString('latin1')
}

function toText(bytes: EventBytes): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString()
}

function isAscii(bytes: EventBytes): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (bytes.charCodeAt(at) >= 0x80) return false
  return true
}

function isBraced(bytes: EventBytes): boolean {
  let last = bytes.length - 1
  while (isSpace(bytes.charCodeAt(last))) last -= 1
  return bytes[last] === '}' && bytes[skipSpace(bytes, 0)] === '{'
}

function skipSpace(bytes: EventBytes, from: number): number {
  let at = from
  while (isSpace(bytes.charCodeAt(at))) at += 1
  return at
}

/** As JSON has it: blank, tab, line feed, carriage return. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

function readNumber(bytes: EventBytes, at: number): number | undefined {
  let end = at
  let whole = 0
  for (let code = bytes.charCodeAt(end); isDigit(code); code = bytes.charCodeAt(end)) {
    whole = whole * 10 + code - ZERO
    end += 1
  }
  const isWhole = end > at && end - at <= EXACT_DIGITS && !isOfNumber(bytes.charCodeAt(end))
  if (isWhole) return whole
  while (isOfNumber(bytes.charCodeAt(end))) end += 1
  return end === at ? undefined : Number(bytes.slice(at, end))
}

const ZERO = 0x30
/** A whole number of more may be beyond 2^53. */
const EXACT_DIGITS = 15

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39
}

/** Digits, `-`, `+`, `.`, `e` and `E`. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45
}
