/**
 * Parses FQL by recursive descent, one method for each line of the grammar:
 *
 *     expr := and ("or" and)*
 *     and  := not ("and" not)*
 *     not  := "!" not | cmp
 *     cmp  := value [("=" | "!=" | "<" | "<=" | ">" | ">=" | "in") value]
 *     value := string | number | "null" | "true" | "false" | "[" value, ... "]" | path | fn "(" expr, ... ")"
 *            | "(" expr ")"
 *     path := name ("." name)* | JSONPath
 *
 * After a dot every word is a name: `properties.in` is a field. Length and nesting are bounded, so that no text can
 * exhaust the stack, here or in what is made of the tree.
 */
import { nearest } from '../../core/nearest.ts'
import { nameSegment } from '../json-path/json-path.ts'
import { skipSpace } from '../scan.ts'
import { SyntaxFault } from '../syntax-fault.ts'
import { COMPARISON_OPERATORS, type ComparisonOperator, type Expression } from './ast.ts'
import { FUNCTION_NAMES } from './functions.ts'
import { KEYWORDS, type Keyword, shorten, TokenStream } from './token-stream.ts'
import { TriggerError } from './trigger-error.ts'

/** UTF-16 units. */
export const MAX_TRIGGER_LENGTH = 16_384
/** Parentheses, lists, calls and negations inside one another. */
export const MAX_TRIGGER_DEPTH = 100

const OPERAND = 'a field, a value, a function or `(`'
const FUNCTION_LIST = FUNCTION_NAMES.map((name) => `\`${name}\``).join(', ')

/** Throws TriggerError. */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_TRIGGER_LENGTH) {
    const reason = `expected at most ${MAX_TRIGGER_LENGTH} characters, found ${text.length}`
    throw new TriggerError(text, MAX_TRIGGER_LENGTH, reason)
  }
  try {
    return new Parser(new TokenStream(text)).parse()
  } catch (error) {
    if (error instanceof SyntaxFault) throw new TriggerError(text, error.offset, error.reason)
    throw error
  }
}

class Parser {
  readonly #tokens: TokenStream
  #depth = 0

  constructor(tokens: TokenStream) {
    this.#tokens = tokens
  }

  parse(): Expression {
    const expression = this.#or()
    if (this.#tokens.token.kind !== 'end') {
      throw this.#tokens.unexpectedAfter(expression, 'the end of the trigger')
    }
    return expression
  }

  #or(): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#not()))
  }

  #chain(keyword: 'and' | 'or', parseOperand: () => Expression): Expression {
    const first = parseOperand()
    const operands = [first]
    while (this.#tokens.isKeyword(keyword)) {
      this.#tokens.advance()
      operands.push(parseOperand())
    }
    return operands.length === 1 ? first : { kind: keyword, operands, offset: first.offset }
  }

  #not(): Expression {
    if (!this.#tokens.isSymbol('!')) return this.#comparison()
    const { offset } = this.#tokens.token
    return { kind: 'not', operand: this.#nested(() => this.#not()), offset }
  }

  #comparison(): Expression {
    const left = this.#value()
    const operator = this.#operator()
    if (operator === null) return left
    this.#tokens.advance()
    const right = this.#value()
    if (this.#operator() !== null) {
      throw this.#tokens.error(
        'expected `and`, `or` or the end: comparisons do not chain; write `a < b and b < c`',
      )
    }
    return { kind: 'comparison', operator, left, right, offset: left.offset }
  }

  #operator(): ComparisonOperator | null {
    const { token } = this.#tokens
    if (this.#tokens.isKeyword('in')) return 'in'
    return token.kind === 'symbol' && isOneOf(COMPARISON_OPERATORS, token.symbol) ? token.symbol : null
  }

  #value(): Expression {
    const { token } = this.#tokens
    switch (token.kind) {
      case 'string':
      case 'number':
        this.#tokens.advance()
        return { kind: 'literal', value: token.value, offset: token.offset }
      case 'json_path':
        this.#tokens.advance()
        return { kind: 'path', path: token.path, offset: token.offset }
      case 'word':
        if (!token.escaped && isOneOf(KEYWORDS, token.name)) return this.#keyword(token.name)
        return this.#pathOrCall(token)
      case 'symbol':
        if (token.symbol === '(') return this.#group()
        if (token.symbol === '[') return this.#list()
    }
    throw this.#tokens.unexpected(OPERAND)
  }

  #group(): Expression {
    return this.#nested(() => {
      const expression = this.#or()
      if (!this.#tokens.isSymbol(')')) throw this.#tokens.unexpectedAfter(expression, '`)`')
      this.#tokens.advance()
      return expression
    })
  }

  #list(): Expression {
    const { offset } = this.#tokens.token
    return { kind: 'list', items: this.#nested(() => this.#sequence(']', () => this.#value())), offset }
  }

  #keyword(keyword: Keyword): Expression {
    const { offset } = this.#tokens.token
    if (keyword === 'and' || keyword === 'or' || keyword === 'in') throw this.#tokens.unexpected(OPERAND)
    this.#tokens.advance()
    if (this.#tokens.isSymbol('.')) {
      const reason = `expected an operator after \`${keyword}\`; a field of that name is written \`\\${keyword}\``
      throw this.#tokens.error(reason)
    }
    return { kind: 'literal', value: keyword === 'null' ? null : keyword === 'true', offset }
  }

  #pathOrCall({ name, escaped, offset }: { name: string; escaped: boolean; offset: number }): Expression {
    this.#tokens.advance()
    if (!escaped && this.#tokens.isSymbol('(')) return this.#call(name, offset)
    const path = [nameSegment(name)]
    while (this.#tokens.isSymbol('.')) path.push(nameSegment(this.#nameAfterDot()))
    if (this.#tokens.isSymbol('[')) throw this.#tokens.unexpectedIndex(offset)
    if (this.#tokens.isSymbol('(')) {
      throw this.#tokens.error(`expected an operator after a field; what can be called is ${FUNCTION_LIST}`)
    }
    return { kind: 'path', path, offset }
  }

  /** Steps over the dot and the name behind it. */
  #nameAfterDot(): string {
    // Asked before the token is cut: `items.0.id` would fail as the number `0.`, `a.$b` as a JSONPath.
    const { text, token: dot } = this.#tokens
    const at = skipSpace(text, dot.end)
    const [found = ''] = /^[\d$][\w-]*/.exec(text.slice(at)) ?? []
    if (found.startsWith('$')) {
      throw new SyntaxFault(at, `expected a name after \`.\`; a dollar is escaped: \`\\${shorten(found)}\``)
    }
    if (found !== '') {
      throw this.#tokens.error(
        `expected a name after \`.\`; one that begins with a digit is escaped, \`\\${shorten(found)}\`, and an element of a list has a path such as \`$.properties.items[0]\``,
      )
    }
    this.#tokens.advance()
    const { token } = this.#tokens
    if (token.kind !== 'word') throw this.#tokens.unexpected('a name after `.`')
    this.#tokens.advance()
    return token.name
  }

  #call(name: string, offset: number): Expression {
    if (!isOneOf(FUNCTION_NAMES, name)) {
      const near = nearest(name, FUNCTION_NAMES)
      const question = near === null ? '.' : `; did you mean \`${near}\`?`
      const reason = `unknown function \`${shorten(name)}\`${question} There are ${FUNCTION_LIST}`
      throw new SyntaxFault(offset, reason)
    }
    return { kind: 'call', name, args: this.#nested(() => this.#sequence(')', () => this.#or())), offset }
  }

  /** Items separated by commas, from behind the opening bracket to behind the closing one. */
  #sequence(close: ')' | ']', parseItem: () => Expression): Expression[] {
    const items: Expression[] = []
    if (!this.#tokens.isSymbol(close)) {
      items.push(parseItem())
      while (this.#tokens.isSymbol(',')) {
        this.#tokens.advance()
        items.push(parseItem())
      }
    }
    if (!this.#tokens.isSymbol(close)) throw this.#tokens.unexpected(`\`,\` or \`${close}\``)
    this.#tokens.advance()
    return items
  }

  /** Steps over the token that opens a level, and parses what is inside. */
  #nested<T>(parseInside: () => T): T {
    this.#depth++
    if (this.#depth > MAX_TRIGGER_DEPTH) {
      const reason = `expected at most ${MAX_TRIGGER_DEPTH} groups, lists, calls and negations inside one another`
      throw this.#tokens.error(reason)
    }
    this.#tokens.advance()
    const inside = parseInside()
    this.#depth--
    return inside
  }
}

function isOneOf<T extends string>(list: readonly T[], text: string): text is T {
  return list.some((item) => item === text)
}
