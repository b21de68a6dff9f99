/**
 * Liquid's tokenizer, taught three things: a value may be a JSONPath that begins with `$`, `{{{ … }}}` is an
 * output, and an unknown filter is an error at its own place. Everything else, literals and raw blocks among
 * it, is read by Liquid itself.
 */
import {
  type Context,
  defaultOperators,
  defaultOptions,
  Expression,
  Token,
  Tokenizer,
  TokenKind,
  TypeGuards,
} from 'liquidjs'
import { scanJsonPath } from '../json-path/parse.ts'
import { compileJsonPath, type Read } from '../json-path/read.ts'
import { SyntaxFault } from '../syntax-fault.ts'
import { filterProblem } from './filters.ts'
import { stateOf } from './render-state.ts'

type FullOptions = Parameters<Tokenizer['readTopLevelToken']>[0]
type TagToken = ReturnType<Tokenizer['readTagToken']>
type OutputToken = ReturnType<Tokenizer['readOutputToken']>
type LiquidTagToken = ReturnType<Tokenizer['readLiquidTagToken']>
type FilterToken = ReturnType<Tokenizer['readFilter']>

/** Reads the event by a path, as the value of a token that Liquid evaluates like any expression. */
class PathExpression extends Expression {
  readonly read: Read

  constructor(read: Read) {
    super([])
    this.read = read
  }

  override *evaluate(context: Context): Generator<unknown, unknown, unknown> {
    return yield this.read(stateOf(context).event)
  }
}

/** A `$` path. */
export class PathToken extends Token {
  readonly initial: PathExpression
  readonly filters: [] = []

  constructor(read: Read, at: { input: string; begin: number; end: number }) {
    super(TokenKind.FilteredValue, at.input, at.begin, at.end)
    this.initial = new PathExpression(read)
  }
}

const TRIPLE = { outputDelimiterLeft: '{{{', outputDelimiterRight: '}}}' }

export class MessageTokenizer extends Tokenizer {
  /** Offsets of every `| raw` that was read, shared by all tokenizers of one template. */
  readonly #rawFilters: Set<number>

  constructor(input: string, rawFilters: Set<number>, range?: [number, number]) {
    super(input, defaultOperators, undefined, range)
    this.#rawFilters = rawFilters
  }

  /** A tokenizer of its own for a part of the template. */
  within(range: [number, number]): MessageTokenizer {
    return new MessageTokenizer(this.input, this.#rawFilters, range)
  }

  override readValue(): ReturnType<Tokenizer['readValue']> {
    this.skipBlank()
    return this.peek() === '$' ? this.#readPath() : super.readValue()
  }

  /** As Liquid's, which would silently drop what is one value or operator too many. */
  override *readExpressionTokens(): Generator<Token, void, undefined> {
    let expectsValue = true
    for (const token of super.readExpressionTokens()) {
      const isBinary = TypeGuards.isOperatorToken(token) && token.operator !== 'not'
      if (isBinary === expectsValue) {
        throw new SyntaxFault(token.begin, `expected ${expectsValue ? 'a value' : 'an operator or |'} here`)
      }
      expectsValue = TypeGuards.isOperatorToken(token)
      yield token
    }
    if (expectsValue) throw new SyntaxFault(this.p, 'expected a value, such as $.properties.name or "text"')
  }

  override readFilter(): FilterToken {
    this.skipBlank()
    const next = this.peek()
    if (!this.end() && !'|),'.includes(next)) {
      throw new SyntaxFault(this.p, `cannot read ${this.snapshot()}; filters follow a |, and == compares`)
    }
    const filter = super.readFilter()
    if (filter === null) return null
    const problem = filterProblem(filter)
    if (problem !== null) throw new SyntaxFault(filter.begin, problem)
    if (filter.name === 'raw') this.#rawFilters.add(filter.begin)
    return filter
  }

  override readOutputToken(options: FullOptions = defaultOptions): OutputToken {
    return super.readOutputToken(this.match('{{{') ? { ...options, ...TRIPLE } : options)
  }

  override readTagToken(options: FullOptions): TagToken {
    const token = super.readTagToken(options)
    token.tokenizer = this.#continue(token)
    return token
  }

  override readLiquidTagToken(options: FullOptions): LiquidTagToken {
    const token = super.readLiquidTagToken(options)
    if (token !== undefined) token.tokenizer = this.#continue(token)
    return token
  }

  /** Liquid gives each tag a tokenizer that stands after its name: the same, of this class. */
  #continue(token: { tokenizer: Tokenizer }): MessageTokenizer {
    return this.within([token.tokenizer.p, token.tokenizer.N])
  }

  #readPath(): PathToken {
    const { input, p: begin } = this
    const { path, end } = scanJsonPath(input.slice(0, this.N), begin)
    this.p = end
    return new PathToken(compileJsonPath(path), { input, begin, end })
  }
}
