import { expect, it } from 'vitest'
import { mostOfEach } from '../../../src/observe/status/growing-topic.ts'

it.each([
  ['all where that is few enough', [10, 20, 30], 60, [10, 20, 30]],
  ['the same of each where each has too many', [100, 100], 60, [30, 30]],
  ['more of one where the others have little', [1_000, 0, 2, 8], 100, [90, 0, 2, 8]],
  ['the whole total of the only one', [1_000], 100, [100]],
  ['nothing of none', [], 100, []],
  ['all without a limit', [5, 7], Number.POSITIVE_INFINITY, [5, 7]],
])('takes %s', (_, sizes, total, taken) => {
  const most = mostOfEach(sizes, total)
  expect(sizes.map((size) => Math.min(size, most))).toEqual(taken)
})
