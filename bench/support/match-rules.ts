import { COMMON_NAMES, RARE_NAMES } from './match-events.ts'

/**
 * `sparse`: 30 % of the events carry a name that some rule requires, and 1 % match. `dense`: every event carries
 * such a name, and 80 % match. Either way one rule matches, however many there are.
 */
export const SHARES = ['sparse', 'dense'] as const
export type Share = (typeof SHARES)[number]
export type EventsFormat = 'json' | 'avro'

export interface BenchRules {
  rules: number
  share: Share
  format: EventsFormat
}

/** What actions look like in the field: type, name, and a text, a number or a part of a text. */
const LIVE = ['properties.plan = "gold"', 'properties.total > 4000', 'contains(properties.coupon, "vip")']

/**
 * Up to as many rules as names, the names are shared out among the rules, and every rule is live; from there on the
 * rules share the names, and those beyond one a name never match.
 */
export function actionsOf({ rules, share }: Omit<BenchRules, 'format'>): object[] {
  const names = share === 'sparse' ? RARE_NAMES : [...RARE_NAMES, ...COMMON_NAMES]
  return Array.from({ length: rules }, (_, rule) => {
    const own = names.filter((_name, name) => name % rules === rule % names.length)
    const isLive = rule < names.length
    const condition = isLive ? liveCondition(rule, share) : deadCondition(rule)
    return {
      id: `rule-${rule}`,
      trigger: `type = "track" and ${nameCondition(own)} and ${condition}`,
      destination: 'nowhere',
      message: '{{ event }} by {{ userId }}: {{ properties.total }} {{ properties.currency }}',
    }
  })
}

function nameCondition(names: readonly string[]): string {
  const [first] = names
  if (names.length === 1) return `event = "${first}"`
  return `event in [${names.map((name) => `"${name}"`).join(', ')}]`
}

function liveCondition(rule: number, share: Share): string {
  return share === 'dense' ? 'properties.score < 80' : (LIVE[rule % LIVE.length] ?? '')
}

function deadCondition(rule: number): string {
  const dead = [
    `properties.plan = "plan-${rule}"`,
    `properties.total > ${10_000 + rule}`,
    `contains(properties.coupon, "code-${rule}")`,
  ]
  return dead[rule % dead.length] ?? ''
}
