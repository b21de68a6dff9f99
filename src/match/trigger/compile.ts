/**
 * Triggers: text in FQL, compiled once to closures. A trigger matches when its value is the literal true.
 *
 * In a place where true or false is asked for (`and`, `or`, `!`, the whole trigger), everything but true counts as
 * false: null, texts, numbers. So `!x` is exactly when `x` is not, and `!properties.enabled` holds where the field is
 * missing. `and` and `or` stop at the first operand that decides.
 */
import { isRecord } from '../../core/is-record.ts'
import { plainKey } from '../json-path/json-path.ts'
import { compileJsonPath, type Read } from '../json-path/read.ts'
import { positionAt, type TextPosition } from '../text-position.ts'
import type { CallExpression, Expression, PathExpression } from './ast.ts'
import { compileComparison, type Test } from './comparison.ts'
import { FUNCTIONS, type Parameter } from './functions.ts'
import { compileGlob } from './glob.ts'
import { parseExpression } from './parser.ts'
import { type Requirements, requirementsOf } from './requirements.ts'
import { KEYWORDS } from './token-stream.ts'
import { TriggerError } from './trigger-error.ts'
import { typeName } from './value.ts'

export interface Trigger {
  /** Never throws, whatever the event; a value that is no object matches nothing. */
  matches(event: unknown): boolean
  readonly requires: Requirements
  /** What is allowed and most likely a mistake, in the order of the text. */
  readonly warnings: readonly TriggerWarning[]
}

export interface TriggerWarning extends TextPosition {
  readonly kind: 'malformed-glob' | 'keyword-as-field'
  /** One sentence, without the position. */
  readonly message: string
}

/** Throws TriggerError. */
export function parseTrigger(text: string): Trigger {
  const expression = parseExpression(text)
  const warnings: TriggerWarning[] = []
  const holds = new Compiler(text, warnings).test(expression)
  return {
    matches: (event) => isRecord(event) && holds(event),
    requires: requirementsOf(expression),
    warnings,
  }
}

/** Only the test of parseTrigger. Throws TriggerError. */
export function compileTrigger(text: string): (event: unknown) => boolean {
  return parseTrigger(text).matches
}

class Compiler {
  readonly #text: string
  readonly #warnings: TriggerWarning[]

  constructor(text: string, warnings: TriggerWarning[]) {
    this.#text = text
    this.#warnings = warnings
  }

  test(expression: Expression): Test {
    switch (expression.kind) {
      case 'and':
        return all(expression.operands.map((operand) => this.test(operand)))
      case 'or':
        return any(expression.operands.map((operand) => this.test(operand)))
      case 'not': {
        const holds = this.test(expression.operand)
        return (event) => !holds(event)
      }
      case 'comparison': {
        const { left, operator, right } = expression
        const leftOperand = { expression: left, read: this.read(left) }
        return compileComparison(operator, leftOperand, { expression: right, read: this.read(right) })
      }
      default: {
        const read = this.read(expression)
        return (event) => read(event) === true
      }
    }
  }

  read(expression: Expression): Read {
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression
        return () => value
      }
      case 'list': {
        const items = expression.items.map((item) => this.read(item))
        return (event) => items.map((read) => read(event))
      }
      case 'path':
        this.#checkPath(expression)
        return compileJsonPath(expression.path)
      case 'call':
        return this.#call(expression)
      default:
        return this.test(expression)
    }
  }

  #call(expression: CallExpression): Read {
    const fql = FUNCTIONS[expression.name]
    this.#checkArguments(expression, fql.parameters)
    const [first, second] = expression.args
    if (first === undefined) throw new Error(`a call of ${expression.name} without arguments was let through`)
    const readFirst = this.read(first)
    if (second === undefined) return (event) => fql.call(readFirst(event), undefined)
    const constant = expression.name === 'match' ? this.#constantMatch(readFirst, second) : null
    if (constant !== null) return constant
    const readSecond = this.read(second)
    return (event) => fql.call(readFirst(event), readSecond(event))
  }

  /** A pattern that is a literal is compiled here, once. */
  #constantMatch(readText: Read, pattern: Expression): Test | null {
    if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') return null
    const { matches, problem } = compileGlob(pattern.value)
    if (problem !== null) {
      const message = `the pattern is malformed and never matches: ${problem}`
      this.#warn('malformed-glob', pattern.offset, message)
    }
    return (event) => {
      const text = readText(event)
      return typeof text === 'string' && matches(text)
    }
  }

  #checkArguments({ name, args, offset }: CallExpression, parameters: readonly Parameter[]): void {
    if (args.length !== parameters.length) {
      const takes = parameters.map((parameter) => parameter.name).join(', ')
      const count = `${parameters.length} argument${parameters.length === 1 ? '' : 's'}`
      const reason = `expected ${count} in \`${name}( ${takes} )\`, found ${args.length}`
      throw new TriggerError(this.#text, offset, reason)
    }
    for (const [index, parameter] of parameters.entries()) {
      const arg = args[index]
      const given = arg === undefined ? null : literalType(arg)
      if (arg === undefined || given === null || given === 'null' || parameter.accepts.includes(given))
        continue
      const reason = `expected a ${parameter.accepts.join(' or a ')} as the ${parameter.name} of \`${name}( … )\`, found a ${given}`
      throw new TriggerError(this.#text, arg.offset, reason)
    }
  }

  /** `= TRUE` compares with a root field of that name, which nobody means. */
  #checkPath({ path, offset }: PathExpression): void {
    const [segment] = path
    const name = segment === undefined ? null : plainKey(segment)
    if (path.length !== 1 || typeof name !== 'string' || !this.#text.startsWith(name, offset)) return
    const keyword = KEYWORDS.find((word) => word === name.toLowerCase())
    if (keyword === undefined) return
    const message = `\`${name}\` is read as a field of the event; the keyword is \`${keyword}\``
    this.#warn('keyword-as-field', offset, message)
  }

  #warn(kind: TriggerWarning['kind'], offset: number, message: string): void {
    this.#warnings.push({ kind, ...positionAt(this.#text, offset), message })
  }
}

function literalType(expression: Expression) {
  if (expression.kind === 'list') return 'list'
  return expression.kind === 'literal' ? typeName(expression.value) : null
}

function all(tests: readonly Test[]): Test {
  const [first, second] = tests
  if (first !== undefined && second !== undefined && tests.length === 2) {
    return (event) => first(event) && second(event)
  }
  return (event) => {
    for (const test of tests) if (!test(event)) return false
    return true
  }
}

function any(tests: readonly Test[]): Test {
  const [first, second] = tests
  if (first !== undefined && second !== undefined && tests.length === 2) {
    return (event) => first(event) || second(event)
  }
  return (event) => {
    for (const test of tests) if (test(event)) return true
    return false
  }
}
