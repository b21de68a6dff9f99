import { describe, expect, it } from 'vitest'
import { nestsDeeperThan } from '../../src/match/nesting.ts'

describe('nestsDeeperThan', () => {
  it.each([
    { value: 1, limit: 0, deeper: false },
    { value: [], limit: 0, deeper: false },
    { value: [[]], limit: 0, deeper: true },
    { value: { a: { b: [1] } }, limit: 2, deeper: false },
    { value: { a: { b: [{}] } }, limit: 2, deeper: true },
  ])('$value below $limit: $deeper', ({ value, limit, deeper }) => {
    expect(nestsDeeperThan(value, limit)).toBe(deeper)
  })

  it('stops at the limit', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(500_000)}1${']'.repeat(500_000)}`)
    expect(nestsDeeperThan(deep, 10)).toBe(true)
  })
})
