/**
 * What a trigger needs of an event, read off its tree: rules are found by it, so it must be sound. An event outside
 * of it can never match; one inside may still not match.
 */
import { plainKey } from '../json-path/json-path.ts'
import type { Expression } from './ast.ts'
import { type MemberNeed, memberNeedOf } from './member-need.ts'

/** Null: any value, also none. Empty: no event can match; then all are empty. */
export interface Requirements {
  /** Values of the root field `type`. */
  readonly types: ReadonlySet<string> | null
  /** Values of the root field `event`. */
  readonly events: ReadonlySet<string> | null
  /** One of these must be met. */
  readonly members: readonly MemberNeed[] | null
}

const ANY: Requirements = { types: null, events: null, members: null }
const NEVER: Requirements = { types: new Set(), events: new Set(), members: [] }

/**
 * Whether an event can be left out for this trigger without being parsed, by its bytes: by its type, its name, or a
 * field that must have a certain value. For a trigger without an anchor every event is parsed.
 */
export function hasAnchor({ requires }: { readonly requires: Requirements }): boolean {
  return requires.types !== null || requires.events !== null || requires.members !== null
}

export function requirementsOf(expression: Expression): Requirements {
  switch (expression.kind) {
    case 'and':
      return expression.operands.map(requirementsOf).reduce(both)
    case 'or':
      return expression.operands.map(requirementsOf).reduce(either)
    case 'comparison':
      if (expression.operator === 'in') {
        return both(oneOf(expression.left, expression.right), oneMember(expression))
      }
      if (expression.operator === '=') {
        const { left, right } = expression
        return [equal(left, right), equal(right, left), oneMember(expression)].reduce(both)
      }
      return oneMember(expression)
    case 'literal':
      return expression.value === true ? ANY : NEVER
    case 'list':
      return NEVER
    case 'not':
    case 'path':
    case 'call':
      return oneMember(expression)
  }
}

function oneMember(condition: Expression): Requirements {
  const need = memberNeedOf(condition)
  return need === null ? ANY : { types: null, events: null, members: [need] }
}

function both(left: Requirements, right: Requirements): Requirements {
  const types = intersection(left.types, right.types)
  const events = intersection(left.events, right.events)
  const members = moreTelling(left.members, right.members)
  if (types?.size === 0 || events?.size === 0 || members?.length === 0) return NEVER
  return { types, events, members }
}

/** Both must be met; to ask for one is enough, and cheaper. */
function moreTelling(left: Requirements['members'], right: Requirements['members']): Requirements['members'] {
  if (left === null || right === null) return left ?? right
  return rank(right) < rank(left) ? right : left
}

/** Types and names are asked for before members are; texts are looked up, however many there are. */
function rank(members: readonly MemberNeed[]): number {
  if (members.length === 0) return 0
  if (members.some(({ key }) => key === 'type' || key === 'event')) return 3
  return members.every(({ texts }) => texts !== null) ? 1 : 2
}

function either(left: Requirements, right: Requirements): Requirements {
  return {
    types: union(left.types, right.types),
    events: union(left.events, right.events),
    members: left.members && right.members && [...left.members, ...right.members],
  }
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
  if (name === 'type') return { ...ANY, types: new Set(values) }
  return name === 'event' ? { ...ANY, events: new Set(values) } : ANY
}
