import type { Random } from '../../src/core/random.ts'

/** A webhook of a chaos run, and the load on it. */
export interface ChaosWebhook {
  /** Also the destination's id. */
  name: string
  /** Its path at the simulator. */
  path: string
  /** As the configuration says it. */
  rate: string
  /** Least time from an answer to the next post; 0 with `rate: off`. */
  intervalMs: number
  coalesce: boolean
  laneLimit: number
  messagesPerSecond: number
  /** How long the simulator takes to answer. */
  latencyMs: number
  /** From some time on it never works again. */
  lasting: 'gone_for_good' | 'broken_for_good' | null
}

interface Kind {
  count: number
  rates: readonly (readonly [rate: string, intervalMs: number])[]
  coalesce: boolean | 'mixed'
  laneLimit: number
  messagesPerSecond: number
}

/**
 * The load stays below what each lane can take in the long run, also one that reads a narrow lane's messages in
 * portions of its limit every 10 s; bursts and faults fill them.
 */
const KINDS: readonly Kind[] = [
  { count: 18, rates: [['1/s', 1_000]], coalesce: true, laneLimit: 1_000, messagesPerSecond: 5 },
  {
    count: 6,
    rates: [
      ['1/s', 1_000],
      ['2/s', 500],
    ],
    coalesce: true,
    laneLimit: 50,
    messagesPerSecond: 1.5,
  },
  { count: 4, rates: [['10/s', 100]], coalesce: false, laneLimit: 50, messagesPerSecond: 2 },
  {
    count: 6,
    rates: [
      ['20/s', 50],
      ['5/s', 200],
    ],
    coalesce: 'mixed',
    laneLimit: 1_000,
    messagesPerSecond: 2.5,
  },
  { count: 4, rates: [['off', 0]], coalesce: 'mixed', laneLimit: 1_000, messagesPerSecond: 4 },
  { count: 2, rates: [['2/s', 500]], coalesce: true, laneLimit: 1_000, messagesPerSecond: 2 },
]
/** The last kind's webhooks, in this order. */
const LASTING = ['gone_for_good', 'broken_for_good'] as const

export function planWebhooks(random: Random): ChaosWebhook[] {
  const webhooks = KINDS.flatMap((kind, nthKind) =>
    Array.from({ length: kind.count }, (_, nth) => {
      const [rate, intervalMs] = kind.rates[nth % kind.rates.length] ?? ['1/s', 1_000]
      const coalesce = kind.coalesce === 'mixed' ? nth % 3 !== 0 : kind.coalesce
      return {
        rate,
        intervalMs,
        coalesce,
        laneLimit: kind.laneLimit,
        messagesPerSecond: kind.messagesPerSecond * (0.7 + random() * 0.6),
        // One message a post: what waits must be gone in a drain's time.
        latencyMs: Math.round(coalesce ? 60 + random() * 140 : 30 + random() * 50),
        lasting: nthKind === KINDS.length - 1 ? (LASTING[nth] ?? null) : null,
      }
    }),
  )
  return webhooks.map((webhook, nth) => ({
    name: `w${nth}`,
    path: `/services/T0/B${nth}/chaos`,
    ...webhook,
  }))
}
