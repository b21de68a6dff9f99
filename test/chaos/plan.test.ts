import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BROKER_FAULTS,
  type FaultKind,
  LASTING_FAULTS,
  PROCESS_FAULTS,
  WEBHOOK_FAULTS,
} from './fault-kinds.ts'
import { planChaos, SESSION_TIMEOUT_MS } from './plan.ts'

const RECURRING: readonly FaultKind[] = [...WEBHOOK_FAULTS, ...PROCESS_FAULTS, ...BROKER_FAULTS]
const runs = fc.record({ seed: fc.nat(), minutes: fc.integer({ min: 1, max: 12 }) })

function countsOf(plan: ReturnType<typeof planChaos>): Map<FaultKind, number> {
  return new Map([...Map.groupBy(plan.faults, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]))
}

describe('the plan of a chaos run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planChaos({ seed: 7, minutes: 3 })).toEqual(planChaos({ seed: 7, minutes: 3 }))
    expect(planChaos({ seed: 7, minutes: 3 }).faults).not.toEqual(planChaos({ seed: 8, minutes: 3 }).faults)
  })

  it('strikes with every kind at least once in the shortest run', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const counts = countsOf(planChaos({ seed, minutes: 1 }))
        expect([...RECURRING, ...LASTING_FAULTS].filter((kind) => !counts.has(kind))).toEqual([])
      }),
    )
  })

  it('strikes with every kind that can come again at least twice in each minute of events', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const plan = planChaos(run)
        const least = Math.floor((plan.produceForMs / 60_000) * 2)
        const counts = countsOf(plan)
        expect(RECURRING.filter((kind) => (counts.get(kind) ?? 0) < least)).toEqual([])
      }),
    )
  })

  it('has its faults and bursts in order, all while events are produced', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { faults, bursts, produceForMs } = planChaos(run)
        for (const all of [faults, bursts]) {
          const times = all.map(({ atMs }) => atMs)
          expect(times).toEqual([...times].sort((a, b) => a - b))
          expect(Math.max(...times)).toBeLessThan(produceForMs)
        }
      }),
    )
  })

  it('freezes for longer than the session lasts, and only processes that there are', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { faults, processes } = planChaos(run)
        expect([2, 3, 4]).toContain(processes)
        for (const fault of faults) {
          if ('place' in fault) expect(fault.place).toBeLessThan(processes)
          if (fault.kind === 'freeze') expect(fault.forMs).toBeGreaterThan(SESSION_TIMEOUT_MS + 1_000)
        }
      }),
    )
  })

  it('stops processes while the broker is away, in runs that have the time for it', () => {
    const stopsOf = (minutes: number): number =>
      planChaos({ seed: 5, minutes }).faults.filter((fault) => 'stops' in fault && fault.stops !== null)
        .length
    expect(stopsOf(1)).toBe(0)
    expect(stopsOf(10)).toBeGreaterThan(3)
  })

  it('leaves alone what is gone for good, and strikes no webhook twice before each had its turn', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { faults, webhooks } = planChaos({ seed, minutes: 1 })
        const lasting = new Set(webhooks.filter((w) => w.lasting !== null).map(({ name }) => name))
        const struck = faults.flatMap((fault) => ('webhook' in fault ? [fault] : []))
        const recurring = struck.filter(({ kind }) => RECURRING.includes(kind)).map(({ webhook }) => webhook)
        expect(lasting.size).toBe(LASTING_FAULTS.length)
        expect(recurring.filter((name) => lasting.has(name))).toEqual([])
        expect(new Set(recurring).size).toBe(recurring.length)
      }),
    )
  })

  it('bursts over lanes that have no room for them', () => {
    const { bursts, webhooks } = planChaos({ seed: 3, minutes: 1 })
    expect(bursts.length).toBeGreaterThan(0)
    for (const { webhook, messages } of bursts) {
      const limit = webhooks.find(({ name }) => name === webhook)?.laneLimit ?? Number.POSITIVE_INFINITY
      expect(messages).toBeGreaterThan(limit)
    }
  })
})
