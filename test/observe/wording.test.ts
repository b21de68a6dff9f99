import { expect, it } from 'vitest'
import { formatCount, formatDuration } from '../../src/observe/wording.ts'

it.each([
  [0, '0 ms'],
  [-5, '0 ms'],
  [0.4, '0 ms'],
  [250, '250 ms'],
  [999, '999 ms'],
  [999.6, '1000 ms'],
  [1000, '1 s'],
  [1540, '1.5 s'],
  [2000, '2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [60_000, '1 min'],
  [150_000, '2 min 30 s'],
  [3_599_400, '59 min 59 s'],
  [3_599_600, '1 h'],
  [3_600_000, '1 h'],
  [11_100_000, '3 h 5 min'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it.each([
  [0, '0 messages'],
  [1, '1 message'],
  [2, '2 messages'],
])('%d reads %s', (count, text) => {
  expect(formatCount(count, 'message')).toBe(text)
})
