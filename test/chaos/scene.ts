import { createSlackSimulator, type SlackSimulator } from '../../src/demo/simulator/server.ts'
import type { Fault } from '../../src/demo/simulator/switches.ts'
import type { FaultKind, WebhookFault } from './fault-kinds.ts'
import { type Plan, SESSION_TIMEOUT_MS } from './plan.ts'

/** The word that the simulator refuses, joint posts with it included. */
export const BAD_WORD = 'REFUSE-THIS'
/** Goes to two destinations. */
export const PAIR = ['w0', 'w7'] as const
/** Shorter than the drain, so that webhooks which stay broken end as dead letters. */
const RETRY_FOR = '12s'
const DISPATCH_PARTITIONS = 6
export const EVENTS_PARTITIONS = 4

/** The strict simulator of a run: a rate and a latency for each webhook. */
export function openSlack({ webhooks }: Plan): Promise<SlackSimulator> {
  const byPath = new Map(webhooks.map((webhook) => [webhook.path, webhook]))
  return createSlackSimulator({
    known: { webhooks: [...byPath.keys()] },
    ratePerSecond: (target) => {
      const intervalMs = byPath.get(target)?.intervalMs ?? 1_000
      return intervalMs === 0 ? null : 1_000 / intervalMs
    },
    latencyMs: (target) => byPath.get(target)?.latencyMs ?? 0,
    refuse: ({ text }) => (text.includes(BAD_WORD) ? 'invalid_payload' : null),
  })
}

/** Null where the fault lies in the message itself. */
export function simulatorFault(fault: WebhookFault): Fault | null {
  switch (fault.kind) {
    case 'rate_limited':
      return { kind: 'rate_limited', retryAfterSeconds: fault.amount }
    case 'rate_limited_bare':
      return { kind: 'rate_limited', retryAfterSeconds: null }
    case 'server_error':
      return { kind: 'answer', status: 503, body: 'upstream connect error' }
    case 'broken_for_good':
      return { kind: 'answer', status: 500, body: 'rollup_error' }
    case 'hang':
      return { kind: 'hang' }
    case 'hang_recorded':
      return { kind: 'hang', record: true }
    case 'reset_before_body':
      return { kind: 'reset', when: 'before_body' }
    case 'reset_after_body':
      return { kind: 'reset', when: 'after_body' }
    case 'reset_after_record':
      return { kind: 'reset', when: 'after_record' }
    case 'slow':
      return { kind: 'slow', ms: fault.amount }
    case 'gone':
      // Twice is waited out where Slack says no_service; any other word opens the breaker at once.
      return fault.times > 1 ? { kind: 'gone' } : { kind: 'gone', status: 410, body: 'channel_is_archived' }
    case 'gone_for_good':
      return { kind: 'gone' }
    case 'bad_message':
      return null
  }
}

/** The configuration of every process, as YAML. */
export function configOf(of: { plan: Plan; brokers: string; prefix: string; origin: string }): string {
  const { plan, brokers, prefix, origin } = of
  const destinations = plan.webhooks.map(({ name, path, rate, coalesce, laneLimit }) => [
    name,
    { webhook_url: `${origin}${path}`, rate, coalesce: coalesce ? 'on' : 'off', lane_limit: laneLimit },
  ])
  const action = (id: string, destination: string | readonly string[]): object => ({
    id: `to-${id}`,
    trigger: `type = "track" and event = "to ${id}"`,
    destination,
    message: '{{ $.properties.text }}',
  })
  return JSON.stringify({
    kafka: {
      brokers,
      prefix,
      events: [{ topic: `${prefix}.events`, start: 'earliest' }],
      topics: { partitions: DISPATCH_PARTITIONS },
      session_timeout: `${SESSION_TIMEOUT_MS}ms`,
    },
    slack: { allow_origins: [origin], retry_for: RETRY_FOR },
    destinations: Object.fromEntries(destinations),
    actions: [...plan.webhooks.map(({ name }) => action(name, name)), action('pair', PAIR)],
  })
}

/** How often each kind of fault was to strike, did, and hit a post that was in flight or on its way. */
export class FaultCount {
  readonly #counts = new Map<FaultKind, { planned: number; struck: number; hit: number }>()

  constructor(plan: Plan) {
    for (const { kind } of plan.faults) this.#of(kind).planned += 1
  }

  strike(kind: FaultKind): void {
    this.#of(kind).struck += 1
  }

  hit(kind: FaultKind): void {
    this.#of(kind).hit += 1
  }

  isUnproved(): boolean {
    return [...this.#counts.values()].some(({ hit }) => hit === 0)
  }

  rows(): { kind: FaultKind; planned: number; struck: number; hit: number }[] {
    return [...this.#counts].map(([kind, count]) => ({ kind, ...count }))
  }

  #of(kind: FaultKind): { planned: number; struck: number; hit: number } {
    const count = this.#counts.get(kind) ?? { planned: 0, struck: 0, hit: 0 }
    this.#counts.set(kind, count)
    return count
  }
}
