import { plainKey } from '../../match/json-path/json-path.ts'
import type { Expression } from '../../match/trigger/ast.ts'
import { parseExpression } from '../../match/trigger/parser.ts'
import { hasAnchor, type Requirements, requirementsOf } from '../../match/trigger/requirements.ts'

/** Calls that a product makes of everyone, again and again. */
const BUSY_CALLS = ['identify', 'page', 'screen']

export interface TriggerTraits {
  /**
   * The call that it lets through whole, with no condition beyond type and event: one of the busy ones, or `track`
   * where no event is asked for. Null where there is none.
   */
  busyCall: string | null
  /** Whether every event has to be parsed for it. */
  lacksAnchor: boolean
}

/** Throws TriggerError. */
export function readTrigger(trigger: string): TriggerTraits {
  const expression = parseExpression(trigger)
  const requires = requirementsOf(expression)
  return { busyCall: busyCallOf(expression, requires), lacksAnchor: !hasAnchor({ requires }) }
}

function busyCallOf(expression: Expression, { types }: Requirements): string | null {
  if (expression.kind === 'or') {
    const calls = expression.operands.map((operand) => busyCallOf(operand, requirementsOf(operand)))
    return calls.find((call) => call !== null) ?? null
  }
  const asked = askedFields(expression)
  if (types === null || [...asked].some((field) => field !== 'type' && field !== 'event')) return null
  const busy = asked.has('event') ? BUSY_CALLS : [...BUSY_CALLS, 'track']
  return busy.find((call) => types.has(call)) ?? null
}

/** Root fields by name; null stands for one that has none, such as a wildcard, and for what lies deeper. */
function askedFields(expression: Expression): Set<string | null> {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return union(expression.operands)
    case 'not':
      return askedFields(expression.operand)
    case 'comparison':
      return union([expression.left, expression.right])
    case 'list':
      return union(expression.items)
    case 'call':
      return union(expression.args)
    case 'path': {
      const [segment] = expression.path
      const name = segment === undefined || expression.path.length > 1 ? null : plainKey(segment)
      return new Set([typeof name === 'string' ? name : null])
    }
    case 'literal':
      return new Set()
  }
}

function union(expressions: readonly Expression[]): Set<string | null> {
  return new Set(expressions.flatMap((expression) => [...askedFields(expression)]))
}
