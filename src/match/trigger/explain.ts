/**
 * Why a trigger does not hold for an event: the first part of it that was false, and what was seen there. Says that
 * it holds exactly when `matches` of compile.ts does: test/match/trigger/explain.test.ts holds the two together.
 * Slower than a match by far; meant for the events that a person looks at.
 */
import { isRecord } from '../../core/is-record.ts'
import { plainKey } from '../json-path/json-path.ts'
import { compileJsonPath, type Read } from '../json-path/read.ts'
import { positionAt, type TextPosition } from '../text-position.ts'
import type { CallExpression, Expression, PathExpression } from './ast.ts'
import { compileComparison, type Test } from './comparison.ts'
import { spanOf } from './explain-span.ts'
import { FUNCTIONS } from './functions.ts'
import { parseExpression } from './parser.ts'
import { type Requirements, requirementsOf } from './requirements.ts'

/** A piece of the trigger as it is written; the position is the one in the trigger. */
export interface TriggerPart extends TextPosition {
  readonly text: string
}

/** What a path or a function of a part gave; `missing`: the event has nothing there, which counts as null. */
export interface SeenValue {
  readonly text: string
  readonly value: unknown
  readonly missing: boolean
}

/**
 * `value`: a comparison or a single value, and what it was of. `none_held`: an `or`, with a reason for each operand.
 * `all_held`: an `and` that held where `!` stands before it. `not`: a negation, with the reason of what it negates.
 */
export type Reason =
  | {
      readonly kind: 'value'
      readonly part: TriggerPart
      readonly holds: boolean
      readonly seen: readonly SeenValue[]
    }
  | { readonly kind: 'none_held' | 'all_held'; readonly part: TriggerPart; readonly each: readonly Reason[] }
  | { readonly kind: 'not'; readonly part: TriggerPart; readonly holds: boolean; readonly operand: Reason }

/** `held` and `failed`: how many operands of the trigger's outermost `and` did; without one, the trigger is its one operand. */
export type TriggerExplanation =
  | { readonly holds: true }
  | { readonly holds: false; readonly reason: Reason; readonly held: number; readonly failed: number }

export interface TriggerExplainer {
  /** Never throws, whatever the event. */
  explain(event: unknown): TriggerExplanation
  readonly requires: Requirements
}

/** Takes what parseTrigger takes. @throws {TriggerError} */
export function createTriggerExplainer(text: string): TriggerExplainer {
  const expression = parseExpression(text)
  const whole = compileNode(expression)
  const operands = expression.kind === 'and' ? whole.parts : [whole]
  return {
    requires: requirementsOf(expression),
    explain(event) {
      if (!isRecord(event))
        return { holds: false, reason: noObject(text, event), held: 0, failed: operands.length }
      if (whole.test(event)) return { holds: true }
      const held = operands.filter((operand) => operand.test(event)).length
      return { holds: false, reason: reasonOf(text, whole, event), held, failed: operands.length - held }
    },
  }
}

/** A part with its test; `parts` are the operands of `and`, `or` and `!`. */
interface Node {
  readonly expression: Expression
  readonly test: Test
  readonly parts: readonly Node[]
}

function compileNode(expression: Expression): Node {
  switch (expression.kind) {
    case 'and': {
      const parts = expression.operands.map(compileNode)
      return { expression, parts, test: (event) => parts.every((part) => part.test(event)) }
    }
    case 'or': {
      const parts = expression.operands.map(compileNode)
      return { expression, parts, test: (event) => parts.some((part) => part.test(event)) }
    }
    case 'not': {
      const operand = compileNode(expression.operand)
      return { expression, parts: [operand], test: (event) => !operand.test(event) }
    }
    case 'comparison': {
      const { operator, left, right } = expression
      const operand = (side: Expression) => ({ expression: side, read: compileRead(side) })
      return { expression, parts: [], test: compileComparison(operator, operand(left), operand(right)) }
    }
    default: {
      const read = compileRead(expression)
      return { expression, parts: [], test: (event) => read(event) === true }
    }
  }
}

function compileRead(expression: Expression): Read {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value
    case 'list': {
      const items = expression.items.map(compileRead)
      return (event) => items.map((read) => read(event))
    }
    case 'path':
      return compileJsonPath(expression.path)
    case 'call': {
      const args = expression.args.map(compileRead)
      const { call } = FUNCTIONS[expression.name]
      return (event) => {
        const [first, second] = args.map((read) => read(event))
        return call(first, second)
      }
    }
    default:
      return compileNode(expression).test
  }
}

/** Of a part whose value for the event is known by its test: what decided it. */
function reasonOf(text: string, node: Node, event: unknown): Reason {
  const { expression, parts } = node
  const holds = node.test(event)
  const part = partOf(text, expression)
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const decides = expression.kind === 'or'
      const decisive = parts.find((operand) => operand.test(event) === decides)
      if (decisive !== undefined) return reasonOf(text, decisive, event)
      const each = parts.map((operand) => reasonOf(text, operand, event))
      return { kind: decides ? 'none_held' : 'all_held', part, each }
    }
    case 'not': {
      const [operand] = parts
      if (operand === undefined) throw new Error('a negation has an operand')
      return { kind: 'not', part, holds, operand: reasonOf(text, operand, event) }
    }
    default:
      return { kind: 'value', part, holds, seen: seenIn(text, expression, event) }
  }
}

function noObject(text: string, event: unknown): Reason {
  const part = { ...positionAt(text, 0), text: text.trim() }
  return {
    kind: 'value',
    part,
    holds: false,
    seen: [{ text: 'the event', value: event, missing: event === undefined }],
  }
}

function partOf(text: string, expression: Expression): TriggerPart {
  const { start, end } = spanOf(text, expression)
  return { ...positionAt(text, start), text: text.slice(start, end) }
}

/** Each path and function of a part once, in the order of the text. A function that is the whole part is its answer. */
function seenIn(text: string, part: Expression, event: unknown): SeenValue[] {
  const seen = new Map<string, SeenValue>()
  for (const expression of readsOf(part)) {
    const { start, end } = spanOf(text, expression)
    const written = text.slice(start, end)
    const value = compileRead(expression)(event)
    if (expression === part && typeof value === 'boolean' && expression.kind === 'call') continue
    const missing = expression.kind === 'path' && isMissing(event, expression)
    seen.set(written, { text: written, value, missing })
  }
  return [...seen.values()]
}

function readsOf(expression: Expression): (PathExpression | CallExpression)[] {
  switch (expression.kind) {
    case 'literal':
      return []
    case 'path':
      return [expression]
    case 'call':
      return [expression, ...expression.args.flatMap(readsOf)]
    case 'list':
      return expression.items.flatMap(readsOf)
    case 'not':
      return readsOf(expression.operand)
    case 'comparison':
      return [...readsOf(expression.left), ...readsOf(expression.right)]
    case 'and':
    case 'or':
      return expression.operands.flatMap(readsOf)
  }
}

/** Whether a plain path ends nowhere; one with several results gives a list, which may be empty. */
function isMissing(event: unknown, { path }: PathExpression): boolean {
  let value = event
  for (const segment of path) {
    const key = plainKey(segment)
    if (key === null) return false
    if (typeof key === 'number') value = Array.isArray(value) ? value.at(key) : undefined
    else value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
    if (value === undefined) return true
  }
  return false
}
