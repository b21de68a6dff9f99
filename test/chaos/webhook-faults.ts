import type { Random } from '../../src/core/random.ts'
import {
  type LASTING_FAULTS,
  type PlannedFault,
  WEBHOOK_FAULTS,
  type WebhookFaultKind,
} from './fault-kinds.ts'
import type { ChaosWebhook } from './webhooks.ts'

const TIMES_A_CYCLE = 2

/** Each kind, a few times; early in a cycle, so that a fault which waits for a request meets one before its end. */
export function webhookFaults(of: {
  fromMs: number
  withinMs: number
  targets: () => ChaosWebhook
  random: Random
}): PlannedFault[] {
  const { fromMs, withinMs, targets, random } = of
  return WEBHOOK_FAULTS.flatMap((kind) =>
    Array.from({ length: TIMES_A_CYCLE }, () => ({
      kind,
      atMs: Math.round(fromMs + random() * withinMs),
      webhook: targets().name,
      times: timesOf(kind, random),
      amount: amountOf(kind, random),
    })),
  )
}

function timesOf(kind: WebhookFaultKind, random: Random): number {
  switch (kind) {
    case 'server_error':
    case 'rate_limited':
    case 'rate_limited_bare':
    case 'gone':
      return 1 + Math.floor(random() * 2)
    case 'reset_before_body':
    case 'reset_after_body':
      // Three in a row is one more than a message is sent again after.
      return random() < 0.5 ? 3 : 1
    case 'slow':
      return 3
    default:
      return 1
  }
}

function amountOf(kind: WebhookFaultKind, random: Random): number {
  // The longest outlasts a takeover.
  if (kind === 'rate_limited') return random() < 0.3 ? 12 : 1 + Math.floor(random() * 4)
  return kind === 'slow' ? Math.round(1_000 + random() * 2_500) : 0
}

/** From early on. */
export function lastingFault(
  kind: (typeof LASTING_FAULTS)[number],
  webhook: string,
  random: Random,
): PlannedFault {
  const atMs = Math.round(3_000 + random() * 8_000)
  return { kind, atMs, webhook, times: Number.MAX_SAFE_INTEGER, amount: 0 }
}
