import { describe, expect, it } from 'vitest'
import { createSwitches } from '../../../src/demo/simulator/switches.ts'

describe('switches', () => {
  it('meet their own target only, until they are cleared', () => {
    const switches = createSwitches()
    switches.set('a', { kind: 'hang' })
    expect([switches.next('a'), switches.next('b'), switches.next('a')]).toEqual([
      { kind: 'hang' },
      null,
      { kind: 'hang' },
    ])
    switches.clear('a')
    expect(switches.next('a')).toBeNull()
  })

  it('end after the given number of requests', () => {
    const switches = createSwitches()
    switches.set('a', { kind: 'gone' }, { times: 2 })
    expect([1, 2, 3, 4].map(() => switches.next('a') !== null)).toEqual([true, true, false, false])
  })

  it('the later fault replaces the earlier', () => {
    const switches = createSwitches()
    switches.set('a', { kind: 'gone' }, { times: 1 })
    switches.set('a', { kind: 'slow', ms: 5 })
    expect([switches.next('a'), switches.next('a')]).toEqual([
      { kind: 'slow', ms: 5 },
      { kind: 'slow', ms: 5 },
    ])
  })

  it('flaky strikes its share of requests, and the same ones for the same seed', () => {
    const strikes = (seed: number): boolean[] => {
      const switches = createSwitches()
      switches.set('a', { kind: 'flaky', share: 0.3, seed })
      return Array.from({ length: 2_000 }, () => switches.next('a') !== null)
    }
    expect(strikes(7)).toEqual(strikes(7))
    expect(strikes(7)).not.toEqual(strikes(8))
    expect(strikes(7).filter(Boolean).length / 2_000).toBeCloseTo(0.3, 1)
  })
})
