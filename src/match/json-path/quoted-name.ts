/** Names in quotes, with the escapes of RFC 9535, section 2.3.1.1: JSON's, and of quotes the one that encloses. */
import { SyntaxFault } from '../syntax-fault.ts'

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['/', '/'],
  ['\\', '\\'],
])

interface Unit {
  readonly text: string
  readonly length: number
}

/** The name in the quotes that begin at `start`. Throws SyntaxFault. */
export function scanQuotedName(text: string, start: number): { name: string; end: number } {
  const quote = text.charAt(start)
  let name = ''
  let at = start + 1
  while (text.charAt(at) !== quote) {
    if (at >= text.length) throw new SyntaxFault(start, `expected a closing \`${quote}\`, found the end`)
    const unit = readUnit(text, at, quote)
    name += unit.text
    at += unit.length
  }
  if (!name.isWellFormed())
    throw new SyntaxFault(start, 'expected surrogates in pairs, as in `\\ud83c\\udf89`')
  return { name, end: at + 1 }
}

function readUnit(text: string, at: number, quote: string): Unit {
  const character = text.charAt(at)
  if (character < ' ') {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    throw new SyntaxFault(at, `expected a control character as an escape: \`\\u${code}\``)
  }
  if (character !== '\\') return { text: character, length: 1 }
  const escaped = text.charAt(at + 1)
  const plain = escaped === quote ? quote : ESCAPES.get(escaped)
  if (plain !== undefined) return { text: plain, length: 2 }
  const hex = escaped === 'u' ? text.slice(at + 2, at + 6) : ''
  if (/^[0-9A-Fa-f]{4}$/.test(hex)) {
    return { text: String.fromCharCode(Number.parseInt(hex, 16)), length: 6 }
  }
  throw new SyntaxFault(at, `expected \`\\${quote}\`, \`\\\\\` or another escape that JSON has`)
}
