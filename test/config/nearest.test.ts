import { describe, expect, it } from 'vitest'
import { nearest, suggestion } from '../../src/config/nearest.ts'

describe('nearest', () => {
  it.each([
    ['one letter missing', 'brokrs', ['topics', 'brokers'], 'brokers'],
    ['letters swapped', 'sesison_timeout', ['session_timeout'], 'session_timeout'],
    ['hyphens for underscores', 'dead-letter', ['resend', 'dead_letter'], 'dead_letter'],
    ['another case', 'SALES', ['sales', 'sale'], 'sales'],
    ['nothing near', 'colour', ['brokers', 'topics'], null],
    ['short names tolerate one letter', 'ab', ['ac'], 'ac'],
    ['short names tolerate no more', 'ab', ['cd'], null],
    ['nothing to choose from', 'x', [], null],
  ])('%s', (_, name, known, expected) => {
    expect(nearest(name, known)).toBe(expected)
  })
})

describe('suggestion', () => {
  it.each([
    ['asks where a name is near', 'sals', ['sales'], '; did you mean "sales"?'],
    ['lists what there is where none is', 'x', ['sales', 'alerts'], '; known are sales, alerts'],
    ['says nothing where there is nothing', 'x', [], ''],
    ['repeats no name that may be a secret', 'x', ['https://a/b', 'sales'], '; known are sales'],
    [
      'lists no more than twelve',
      'x',
      [...'abcdefghijklm'].map((letter) => `${letter}-long-name`),
      expect.stringMatching(/l-long-name, \.\.\.$/),
    ],
  ])('%s', (_, name, known, expected) => {
    expect(suggestion(name, known)).toEqual(expected)
  })
})
