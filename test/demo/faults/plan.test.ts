import { describe, expect, it } from 'vitest'
import { planFaults } from '../../../src/demo/faults/plan.ts'

describe('plan of the faults', () => {
  it.each([
    5_000, 10_000, 30_000, 120_000, 3_600_000,
  ])('of %i ms comes one after the other, within the traffic', (forMs) => {
    const { gone, throttled, killAtMs, leftOut } = planFaults(forMs)
    expect(leftOut).toEqual([])
    if (gone === null || throttled === null || killAtMs === null) throw new Error('a fault is missing')
    const times = [0, gone.fromMs, gone.untilMs, throttled.fromMs, throttled.untilMs, killAtMs, forMs]
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(new Set(times)).toHaveLength(times.length)
  })

  it('keeps no webhook away for longer than half a minute, however long the demo', () => {
    const { gone, throttled } = planFaults(24 * 3_600_000)
    expect((gone?.untilMs ?? 0) - (gone?.fromMs ?? 0)).toBe(30_000)
    expect((throttled?.untilMs ?? 0) - (throttled?.fromMs ?? 0)).toBe(10_000)
  })

  it.each([
    { forMs: 4_000, kill: true, leftOut: [/^4 s of traffic is too short for a webhook/] },
    { forMs: 2_000, kill: false, leftOut: [/a webhook/, /a process/] },
  ])('leaves out what $forMs ms have no room for, and says so', ({ forMs, kill, leftOut }) => {
    const plan = planFaults(forMs)
    expect([plan.gone, plan.throttled, plan.killAtMs !== null]).toEqual([null, null, kill])
    expect(plan.leftOut).toEqual(leftOut.map((text) => expect.stringMatching(text)))
  })
})
