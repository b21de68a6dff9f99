import { type Random, seededRandom } from '../../src/core/random.ts'
import { endlessly, shuffled } from './draw.ts'
import { BROKER_FAULTS, type FaultKind, type PlannedFault, PROCESS_FAULTS } from './fault-kinds.ts'
import { lastingFault, webhookFaults } from './webhook-faults.ts'
import { type ChaosWebhook, planWebhooks } from './webhooks.ts'

/**
 * All that a chaos run does to bellhop, and when: a pure function of seed and minutes. Time is cut into cycles of
 * half a minute, and each kind of fault strikes at least once in each.
 */
export interface Plan {
  seed: number
  minutes: number
  /** How many processes share the group. */
  processes: number
  /** How long events are produced and faults strike. */
  produceForMs: number
  /** How long all that is left may take to end after that. */
  drainWithinMs: number
  webhooks: readonly ChaosWebhook[]
  /** In order of time. */
  faults: readonly PlannedFault[]
  /** Many messages at once, more than their lane has room for. In order of time. */
  bursts: readonly { atMs: number; webhook: string; messages: number }[]
}

export const SESSION_TIMEOUT_MS = 6_000
const CYCLE_MS = 30_000
/** What of a run's minutes is left for coming up, ending what is left, and judging. */
const REST_MS = 28_000
/** Cycles begin once lanes are at work. */
const FIRST_CYCLE_MS = 2_000

export interface PlanOptions {
  seed: number
  minutes: number
  /** Left out: all. The other kinds keep their times. */
  only?: readonly FaultKind[]
}

export function planChaos({ seed, minutes, only }: PlanOptions): Plan {
  const random = seededRandom(seed)
  const produceForMs = Math.max(32_000, minutes * 60_000 - REST_MS)
  const processes = minutes <= 1 ? 3 : 2 + Math.floor(random() * 3)
  const webhooks = planWebhooks(random)
  const cycles = Math.max(1, Math.ceil((produceForMs - FIRST_CYCLE_MS) / CYCLE_MS - 0.5))
  // In turn, so that no fault replaces another that has met nothing yet.
  const targets = endlessly(
    webhooks.filter(({ lasting }) => lasting === null),
    random,
  )
  const faults: PlannedFault[] = webhooks.flatMap(({ name, lasting }) =>
    lasting === null ? [] : [lastingFault(lasting, name, random)],
  )
  const bursts: Plan['bursts'][number][] = []
  for (let cycle = 0; cycle < cycles; cycle++) {
    const fromMs = FIRST_CYCLE_MS + cycle * CYCLE_MS
    faults.push(...disruptions({ fromMs, processes, isFirst: cycle === 0, random }))
    faults.push(...webhookFaults({ fromMs, withinMs: CYCLE_MS * 0.6, targets, random }))
    bursts.push(...burstsOf({ fromMs, webhooks, random }))
  }
  const byTime = (a: { atMs: number }, b: { atMs: number }): number => a.atMs - b.atMs
  return {
    seed,
    minutes,
    processes,
    produceForMs,
    drainWithinMs: 60_000 + minutes * 20_000,
    webhooks,
    faults: faults.filter(({ kind }) => only === undefined || only.includes(kind)).sort(byTime),
    bursts: bursts.sort(byTime),
  }
}

/** The five that hit processes and the broker, in a drawn order, with room for each to be got over. */
function disruptions(of: {
  fromMs: number
  processes: number
  isFirst: boolean
  random: Random
}): PlannedFault[] {
  const { fromMs, processes, isFirst, random } = of
  const kinds = shuffled([...PROCESS_FAULTS, ...BROKER_FAULTS], random)
  return kinds.map((kind, nth) => {
    const atMs = Math.round(fromMs + nth * 5_400 + random() * 1_000)
    const place = Math.floor(random() * processes)
    if (kind === 'broker_restart' || kind === 'broker_kill')
      return { kind, atMs, stops: !isFirst && random() < 0.5 ? place : null }
    const forMs = kind === 'freeze' ? SESSION_TIMEOUT_MS + 1_500 + random() * 1_500 : 300 + random() * 2_000
    return { kind, atMs, place, forMs: Math.round(forMs) }
  })
}

function burstsOf(of: {
  fromMs: number
  webhooks: readonly ChaosWebhook[]
  random: Random
}): Plan['bursts'][number][] {
  const { fromMs, webhooks, random } = of
  const narrow = shuffled(
    webhooks.filter(({ laneLimit }) => laneLimit < 100),
    random,
  )
  return narrow.slice(0, 4).map(({ name, laneLimit }) => ({
    atMs: Math.round(fromMs + random() * 8_000),
    webhook: name,
    messages: Math.round(laneLimit * (1.2 + random() * 0.5)),
  }))
}
