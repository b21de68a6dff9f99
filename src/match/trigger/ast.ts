/**
 * A parsed trigger. Parentheses leave no node; runs of `and` and `or` are one node, however long. `offset` is where
 * the node begins in the text, in UTF-16 units.
 */
import type { JsonPath } from '../json-path/json-path.ts'
import type { FunctionName } from './functions.ts'

export const COMPARISON_OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in'] as const
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number]

export type Expression =
  | LogicalExpression
  | NotExpression
  | ComparisonExpression
  | LiteralExpression
  | ListExpression
  | PathExpression
  | CallExpression

export interface LogicalExpression {
  readonly kind: 'and' | 'or'
  /** At least two. */
  readonly operands: readonly Expression[]
  readonly offset: number
}

export interface NotExpression {
  readonly kind: 'not'
  readonly operand: Expression
  readonly offset: number
}

export interface ComparisonExpression {
  readonly kind: 'comparison'
  readonly operator: ComparisonOperator
  readonly left: Expression
  readonly right: Expression
  readonly offset: number
}

export type LiteralValue = string | number | boolean | null

export interface LiteralExpression {
  readonly kind: 'literal'
  readonly value: LiteralValue
  readonly offset: number
}

export interface ListExpression {
  readonly kind: 'list'
  readonly items: readonly Expression[]
  readonly offset: number
}

/** A field path of FQL and a JSONPath alike: `traits.plan` is `$.traits.plan`. */
export interface PathExpression {
  readonly kind: 'path'
  readonly path: JsonPath
  readonly offset: number
}

export interface CallExpression {
  readonly kind: 'call'
  readonly name: FunctionName
  readonly args: readonly Expression[]
  readonly offset: number
}
