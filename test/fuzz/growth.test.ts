import { expect, it } from 'vitest'
import { growthFindings } from './growth.ts'
import type { Growing } from './target.ts'

const SIZES = { small: 1_000, large: 8_000 }

/** What grows at a cost that it says itself, on a clock that it moves. */
async function found(costMsOf: (size: number, nth: number) => number): Promise<string[]> {
  let nowMs = 0
  let nth = 0
  const one: Growing = {
    what: 'it',
    most: SIZES.large,
    ofSize: (size) => size,
    run: (size) => {
      nth += 1
      nowMs += costMsOf(Number(size), nth)
    },
  }
  return growthFindings(
    [one],
    () => undefined,
    () => nowMs,
  )
}

it.each([
  ['the square of its size', (size: number) => size ** 2 / 100_000, ['it: 10 ms for 1000, 640 ms for 8000']],
  ['two to its size', (size: number) => 2 ** (size / 700), ['it: 3 ms for 1000, 2756 ms for 8000']],
  [
    'its size, and far too much from the beginning',
    (size: number) => size * 2,
    ['it: 2000 ms for 1000, 16000 ms for 8000'],
  ],
  ['its size', (size: number) => size / 10, []],
  ['its size and what sorting costs', (size: number) => (size * Math.log2(size)) / 100, []],
  ['the square of its size, and nothing to speak of', (size: number) => size ** 2 / 10_000_000, []],
  [
    'nothing but once, when the machine was busy',
    (_size: number, nth: number) => (nth === 2 ? 3_000 : 1),
    [],
  ],
])('what costs %s', async (_, costMsOf, expected) => {
  expect(await found(costMsOf)).toEqual(expected)
})
