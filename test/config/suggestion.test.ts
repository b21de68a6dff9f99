import { describe, expect, it } from 'vitest'
import { suggestion } from '../../src/config/suggestion.ts'

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
