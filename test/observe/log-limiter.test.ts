import { describe, expect, it } from 'vitest'
import { createLogLimiter } from '../../src/observe/log-limiter.ts'

function limiterAt(options: { maxKeys?: number } = {}) {
  let nowMs = 0
  const limiter = createLogLimiter({
    clock: { monotonicMs: () => nowMs },
    intervalMs: 1000,
    maxKeys: 3,
    ...options,
  })
  return {
    admit: limiter.admit,
    at: (ms: number) => {
      nowMs = ms
    },
  }
}

describe('one key', () => {
  it('is let through, held back for the interval, and let through with the number held back', () => {
    const { admit, at } = limiterAt()
    expect(admit('a')).toBe(0)
    at(1)
    expect(admit('a')).toBeNull()
    at(999)
    expect(admit('a')).toBeNull()
    at(1000)
    expect(admit('a')).toBe(2)
    at(1999)
    expect(admit('a')).toBeNull()
    at(2000)
    expect(admit('a')).toBe(1)
  })

  it('is let through again after a silence, with nothing held back', () => {
    const { admit, at } = limiterAt()
    admit('a')
    at(60_000)
    expect(admit('a')).toBe(0)
  })
})

describe('several keys', () => {
  it('do not hold each other back', () => {
    const { admit } = limiterAt()
    expect([admit('a'), admit('b'), admit('a'), admit('c')]).toEqual([0, 0, null, 0])
  })

  it('beyond the greatest number share one allowance', () => {
    const { admit } = limiterAt({ maxKeys: 2 })
    const admitted = Array.from({ length: 10_000 }, (_, i) => admit(`key ${i}`)).filter(
      (each) => each !== null,
    )
    expect(admitted).toHaveLength(3)
  })

  it('make room for others once their interval is over', () => {
    const { admit, at } = limiterAt({ maxKeys: 2 })
    admit('a')
    admit('b')
    at(1000)
    expect([admit('c'), admit('d'), admit('c')]).toEqual([0, 0, null])
  })
})
