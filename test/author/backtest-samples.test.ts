import { describe, expect, it } from 'vitest'
import { SpreadSamples } from '../../src/author/backtest-samples.ts'

function spread(count: number): [string, number][] {
  const samples = new SpreadSamples<number>()
  for (let nth = 0; nth < count; nth += 1) samples.add(nth)
  return samples.firstMiddleLast().map(({ which, sample }) => [which, sample])
}

describe('samples', () => {
  it.each([
    ['none of nothing', 0, []],
    ['the only one', 1, [['first', 0]]],
    [
      'both of two',
      2,
      [
        ['first', 0],
        ['last', 1],
      ],
    ],
    [
      'all of three',
      3,
      [
        ['first', 0],
        ['middle', 1],
        ['last', 2],
      ],
    ],
  ])('are %s', (_what, count, expected) => {
    expect(spread(count)).toEqual(expected)
  })

  it.each([65, 1_000, 123_457])('are the first, about the middle, and the last of %i', (count) => {
    const [first, middle, last] = spread(count)
    expect([first, last]).toEqual([
      ['first', 0],
      ['last', count - 1],
    ])
    expect(Math.abs((middle?.[1] ?? 0) / count - 0.5)).toBeLessThan(0.03)
  })
})
