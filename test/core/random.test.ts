import { expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'

const draw = (seed: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: 1_000 }, () => random())
}

it('draws the same numbers for the same seed and others for another', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

it('stays within 0 and 1 and covers the range', () => {
  const numbers = draw(1)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(Math.min(...numbers)).toBeLessThan(0.01)
  expect(Math.max(...numbers)).toBeGreaterThan(0.99)
})
