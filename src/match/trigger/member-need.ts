/**
 * What one condition of a trigger needs of an event, as far as it can be told without knowing where in the event: a
 * member of that name, anywhere, whose value passes. `traits.plan = "enterprise"` needs a `plan` that is
 * `enterprise`, `contains(properties.email, "@")` an `email` with an at sign.
 */
import { plainKey } from '../json-path/json-path.ts'
import type { Read } from '../json-path/read.ts'
import type { CallExpression, Expression, PathExpression } from './ast.ts'
import { compileComparison, type Test } from './comparison.ts'
import { FUNCTIONS } from './functions.ts'
import { compileGlob } from './glob.ts'

export interface MemberNeed {
  readonly key: string
  /** The texts that pass, where nothing else can; null where `passes` decides. */
  readonly texts: ReadonlySet<string> | null
  /** The number that the value is compared with, where only numbers on one side of it pass. */
  readonly bound: Bound | null
  /** What the value contains, where only texts that do pass. */
  readonly part: string | null
  /** Of a text, a number, a bool or null. A list or an object may pass whatever this says. */
  readonly passes: Test
}

export interface Bound {
  readonly operator: '<' | '<=' | '>' | '>='
  readonly limit: number
}

/** Null where the condition reads no field, several, or one that can be missing: then no member is needed. */
export function memberNeedOf(condition: Expression): MemberNeed | null {
  const paths = pathsOf(condition)
  const [path] = paths
  const key = path === undefined || paths.length > 1 ? null : lastKey(path)
  if (key === null) return null
  const passes = testOf(condition)
  if (passes(null)) return null
  return { key, texts: textsOf(condition), bound: boundOf(condition), part: partOf(condition), passes }
}

function pathsOf(expression: Expression): PathExpression[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap(pathsOf)
    case 'not':
      return pathsOf(expression.operand)
    case 'comparison':
      return [...pathsOf(expression.left), ...pathsOf(expression.right)]
    case 'list':
      return expression.items.flatMap(pathsOf)
    case 'call':
      return expression.args.flatMap(pathsOf)
    case 'path':
      return [expression]
    case 'literal':
      return []
  }
}

/** A path with several results gives a list, and an element of a list has no key. */
function lastKey({ path }: PathExpression): string | null {
  const keys = path.map(plainKey)
  const last = keys.at(-1)
  return typeof last === 'string' && !keys.includes(null) ? last : null
}

/** Of `path = "text"`, either way round, and `path in ["text", …]`. */
function textsOf(condition: Expression): ReadonlySet<string> | null {
  if (condition.kind !== 'comparison') return null
  const { left, operator, right } = condition
  const values = operator === '=' && left.kind === 'path' ? right : left
  const field = values === right ? left : right
  if (operator === '=') return field.kind === 'path' ? allTexts([values]) : null
  return operator === 'in' && left.kind === 'path' && right.kind === 'list' ? allTexts(right.items) : null
}

function allTexts(expressions: readonly Expression[]): ReadonlySet<string> | null {
  const texts = expressions.flatMap((expression) =>
    expression.kind === 'literal' && typeof expression.value === 'string' ? [expression.value] : [],
  )
  return texts.length === expressions.length ? new Set(texts) : null
}

/** Of `path > number` and its like. */
function boundOf(condition: Expression): Bound | null {
  if (condition.kind !== 'comparison' || condition.left.kind !== 'path') return null
  const { operator, right } = condition
  if (operator === '=' || operator === '!=' || operator === 'in') return null
  return right.kind === 'literal' && typeof right.value === 'number' ? { operator, limit: right.value } : null
}

/** Of `contains(path, "text")`. */
function partOf(condition: Expression): string | null {
  if (condition.kind !== 'call' || condition.name !== 'contains') return null
  const [text, part] = condition.args
  if (text?.kind !== 'path' || part?.kind !== 'literal') return null
  return typeof part.value === 'string' ? part.value : null
}

/** As the trigger's own, but of the field's value in place of the event. */
function testOf(expression: Expression): Test {
  switch (expression.kind) {
    case 'and': {
      const tests = expression.operands.map(testOf)
      return (value) => tests.every((test) => test(value))
    }
    case 'or': {
      const tests = expression.operands.map(testOf)
      return (value) => tests.some((test) => test(value))
    }
    case 'not': {
      const holds = testOf(expression.operand)
      return (value) => !holds(value)
    }
    case 'comparison': {
      const { left, operator, right } = expression
      const leftOperand = { expression: left, read: readOf(left) }
      return compileComparison(operator, leftOperand, { expression: right, read: readOf(right) })
    }
    default: {
      const read = readOf(expression)
      return (value) => read(value) === true
    }
  }
}

function readOf(expression: Expression): Read {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression
      return () => value
    }
    case 'path':
      return (value) => value
    case 'list': {
      const items = expression.items.map(readOf)
      return (value) => items.map((read) => read(value))
    }
    case 'call':
      return callOf(expression)
    default:
      return testOf(expression)
  }
}

function callOf({ name, args }: CallExpression): Read {
  const fql = FUNCTIONS[name]
  const [first, second] = args.map(readOf)
  const pattern = args[1]
  if (name === 'match' && pattern?.kind === 'literal' && typeof pattern.value === 'string') {
    const { matches } = compileGlob(pattern.value)
    return (value) => {
      const text = first?.(value)
      return typeof text === 'string' && matches(text)
    }
  }
  return (value) => fql.call(first?.(value), second?.(value))
}
