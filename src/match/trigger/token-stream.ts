/** The parser's view of a trigger: the token at hand, and errors that say what was expected in its place. */
import { scanJsonPath } from '../json-path/parse.ts'
import { SyntaxFault } from '../syntax-fault.ts'
import type { Expression } from './ast.ts'
import { hintFor } from './hints.ts'
import { type FqlSymbol, nextToken, type Token } from './lexer.ts'

export const KEYWORDS = ['and', 'or', 'null', 'true', 'false', 'in'] as const
export type Keyword = (typeof KEYWORDS)[number]

export class TokenStream {
  readonly text: string
  #token: Token
  /** The symbol just before the token, or empty. */
  #before = ''

  constructor(text: string) {
    this.text = text
    this.#token = nextToken(text, 0)
  }

  get token(): Token {
    return this.#token
  }

  advance(): void {
    this.#before = this.#token.kind === 'symbol' ? this.#token.symbol : ''
    this.#token = nextToken(this.text, this.#token.end)
  }

  isSymbol(symbol: FqlSymbol): boolean {
    return this.#token.kind === 'symbol' && this.#token.symbol === symbol
  }

  isKeyword(keyword: Keyword): boolean {
    return this.#token.kind === 'word' && !this.#token.escaped && this.#token.name === keyword
  }

  error(reason: string): SyntaxFault {
    return new SyntaxFault(this.#token.offset, reason)
  }

  unexpected(expected: string): SyntaxFault {
    if (this.#token.kind === 'end') return this.error(`expected ${expected}, found the end of the trigger`)
    const found = this.text.slice(this.#token.offset, this.#token.end)
    const hint = hintFor(found, this.#before)
    return this.error(`expected ${expected}, found \`${shorten(found)}\`${hint === null ? '' : `; ${hint}`}`)
  }

  unexpectedAfter(expression: Expression, close: string): SyntaxFault {
    const compared = expression.kind === 'comparison' || expression.kind === 'and' || expression.kind === 'or'
    return this.unexpected(`${compared ? '' : 'an operator, '}\`and\`, \`or\` or ${close}`)
  }

  /** FQL has no indexes; the same path as a JSONPath has. `offset` is where the path begins. */
  unexpectedIndex(offset: number): SyntaxFault {
    const path = `$.${this.text.slice(offset)}`
    const end = endOfPath(path) ?? this.#token.end - offset + 2
    return this.error(
      `expected no \`[\` in a field path; a path with an index begins with \`$.\`: \`${path.slice(0, end)}\``,
    )
  }
}

function endOfPath(text: string): number | null {
  try {
    return scanJsonPath(text, 0).end
  } catch (error) {
    if (error instanceof SyntaxFault) return null
    throw error
  }
}

/** Foreign text within a sentence: on one line and not long. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 40 ? `${line.slice(0, 40)}…` : line
}
