import { expect, it } from 'vitest'
import { MinuteCounts } from '../../../src/observe/overview/minute-counts.ts'

const MINUTE = 60_000
/** In the middle of a minute. */
const NOW = 29_000_000 * MINUTE + 30_000

it.each([
  ['this minute last', [0, 0], [[59, 2]]],
  [
    'an earlier minute in its place',
    [59, 1],
    [
      [0, 1],
      [58, 1],
    ],
  ],
  ['nothing that is older than an hour', [60, 600], []],
  [
    'in whatever order it comes',
    [10, 0, 30, 10],
    [
      [29, 1],
      [49, 2],
      [59, 1],
    ],
  ],
])('counts %s', (_, minutesAgo, expected) => {
  const counts = new MinuteCounts()
  for (const ago of minutesAgo) counts.add(NOW - ago * MINUTE)
  const seen = counts.until(NOW)
  expect(seen).toHaveLength(60)
  expect([...seen.entries()].filter(([, count]) => count > 0)).toEqual(expected)
})

it('moves on with time, though nothing comes', () => {
  const counts = new MinuteCounts()
  counts.add(NOW)
  expect(counts.until(NOW + 5 * MINUTE)[54]).toBe(1)
  expect(counts.until(NOW + 60 * MINUTE).every((count) => count === 0)).toBe(true)
})

it('forgets what lay in a place an hour ago', () => {
  const counts = new MinuteCounts()
  counts.add(NOW)
  counts.add(NOW + 60 * MINUTE)
  expect(counts.until(NOW + 60 * MINUTE)[59]).toBe(1)
})
