/**
 * What a trigger needs of an event's `type` and `event`, read off its tree: rules are found by it, so it must be
 * sound. An event outside of it can never match; one inside may still not match.
 */
import { plainKey } from '../json-path/json-path.ts'
import type { Expression } from './ast.ts'

/** Null: any value, also none. An empty set: no event can match; then both are empty. */
export interface Requirements {
  /** Values of the root field `type`. */
  readonly types: ReadonlySet<string> | null
  /** Values of the root field `event`. */
  readonly events: ReadonlySet<string> | null
}

const ANY: Requirements = { types: null, events: null }
const NEVER: Requirements = { types: new Set(), events: new Set() }

export function requirementsOf(expression: Expression): Requirements {
  switch (expression.kind) {
    case 'and':
      return expression.operands.map(requirementsOf).reduce(both)
    case 'or':
      return expression.operands.map(requirementsOf).reduce(either)
    case 'comparison':
      if (expression.operator === 'in') return oneOf(expression.left, expression.right)
      if (expression.operator === '=') {
        return both(equal(expression.left, expression.right), equal(expression.right, expression.left))
      }
      return ANY
    case 'literal':
      return expression.value === true ? ANY : NEVER
    case 'list':
      return NEVER
    case 'not':
    case 'path':
    case 'call':
      return ANY
  }
}

function both(left: Requirements, right: Requirements): Requirements {
  const types = intersection(left.types, right.types)
  const events = intersection(left.events, right.events)
  return types?.size === 0 || events?.size === 0 ? NEVER : { types, events }
}

function either(left: Requirements, right: Requirements): Requirements {
  return { types: union(left.types, right.types), events: union(left.events, right.events) }
}

function intersection(left: ReadonlySet<string> | null, right: ReadonlySet<string> | null) {
  if (left === null || right === null) return left ?? right
  return new Set([...left].filter((value) => right.has(value)))
}

function union(left: ReadonlySet<string> | null, right: ReadonlySet<string> | null) {
  return left === null || right === null ? null : new Set([...left, ...right])
}

function equal(field: Expression, value: Expression): Requirements {
  if (value.kind !== 'literal' || typeof value.value !== 'string') return ANY
  return requireField(field, [value.value])
}

function oneOf(field: Expression, list: Expression): Requirements {
  if (list.kind !== 'list') return ANY
  if (list.items.length === 0) return NEVER
  const values = list.items.flatMap((item) =>
    item.kind === 'literal' && typeof item.value === 'string' ? [item.value] : [],
  )
  return values.length === list.items.length ? requireField(field, values) : ANY
}

/** A value that is no text can equal none of the values, so only texts need to be known. */
function requireField(field: Expression, values: readonly string[]): Requirements {
  if (field.kind !== 'path' || field.path.length !== 1) return ANY
  const [segment] = field.path
  const name = segment === undefined ? null : plainKey(segment)
  if (name === 'type') return { types: new Set(values), events: null }
  return name === 'event' ? { types: null, events: new Set(values) } : ANY
}
