/** Compiles `=`, `!=`, `<`, `<=`, `>`, `>=` and `in`, with short ways for literals. None coerces, none throws. */

import type { Read } from '../json-path/read.ts'
import type { ComparisonOperator, Expression, LiteralValue } from './ast.ts'
import { equalValues, isNumber } from './value.ts'

export type Test = (event: unknown) => boolean

/** One side: its tree, and how it is read from an event; a read never gives undefined. */
export interface Operand {
  readonly expression: Expression
  readonly read: Read
}

export function compileComparison(operator: ComparisonOperator, left: Operand, right: Operand): Test {
  switch (operator) {
    case '=':
      return compileEqual(left, right)
    case '!=': {
      const equal = compileEqual(left, right)
      return (event) => !equal(event)
    }
    case 'in':
      return compileIn(left, right)
    case '<':
      return compileOrder(left, right, (a, b) => a < b)
    case '<=':
      return compileOrder(left, right, (a, b) => a <= b)
    case '>':
      return compileOrder(left, right, (a, b) => a > b)
    case '>=':
      return compileOrder(left, right, (a, b) => a >= b)
  }
}

type Order = (left: number | bigint, right: number | bigint) => boolean

function compileOrder(left: Operand, right: Operand, holds: Order): Test {
  return (event) => {
    const a = left.read(event)
    const b = right.read(event)
    return isNumber(a) && isNumber(b) && holds(a, b)
  }
}

function compileEqual(left: Operand, right: Operand): Test {
  if (isLiteral(right.expression)) return compileEqualLiteral(left.read, right.expression.value)
  if (isLiteral(left.expression)) return compileEqualLiteral(right.read, left.expression.value)
  return (event) => equalValues(left.read(event), right.read(event))
}

function compileEqualLiteral(read: Read, literal: LiteralValue): Test {
  if (typeof literal === 'number') return (event) => equalValues(read(event), literal)
  return (event) => read(event) === literal
}

function compileIn(left: Operand, right: Operand): Test {
  const list = right.expression
  if (list.kind === 'list' && list.items.every(isLiteral)) {
    return compileInLiterals(left.read, new Set(list.items.map((item) => item.value)))
  }
  return (event) => {
    const items = right.read(event)
    if (!Array.isArray(items)) return false
    const value = left.read(event)
    return items.some((item) => equalValues(item, value))
  }
}

function compileInLiterals(read: Read, literals: ReadonlySet<unknown>): Test {
  return (event) => {
    const value = read(event)
    if (typeof value !== 'bigint') return literals.has(value)
    const number = Number(value)
    return literals.has(number) && BigInt(number) === value
  }
}

function isLiteral(expression: Expression): expression is Extract<Expression, { kind: 'literal' }> {
  return expression.kind === 'literal'
}
