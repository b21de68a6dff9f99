import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { sameValue } from '../../src/reload/same-value.ts'

describe('sameValue', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['equal text', 'a', 'a', true],
    ['different text', 'a', 'b', false],
    ['null and nothing', null, undefined, false],
    ['a number and its text', 1, '1', false],
    ['no limit and no limit', Infinity, Infinity, true],
    ['secrets of one value', new Secret('s'), new Secret('s'), true],
    ['secrets of two values, which print alike', new Secret('s'), new Secret('t'), false],
    ['a secret and what it prints', new Secret('s'), '<redacted>', false],
    ['lists in another order', [1, 2], [2, 1], false],
    ['a list and its beginning', [1], [1, 2], false],
    ['a list and a record of the same', ['a'], { 0: 'a' }, false],
    ['records in another order', { a: 1, b: { c: [2] } }, { b: { c: [2] }, a: 1 }, true],
    ['a record and one with more', { a: 1 }, { a: 1, b: 2 }, false],
    ['records with other keys', { a: undefined }, { b: undefined }, false],
    [
      'maps in another order',
      new Map(Object.entries({ a: 1, b: 2 })),
      new Map(Object.entries({ b: 2, a: 1 })),
      true,
    ],
    ['maps with another value', new Map([['a', { x: 1 }]]), new Map([['a', { x: 2 }]]), false],
    ['null and a record', null, {}, false],
  ])('%s', (_, one, other, same) => {
    expect(sameValue(one, other)).toBe(same)
    expect(sameValue(other, one)).toBe(same)
  })
})
