import { expect, it } from 'vitest'
import { cutToWidth, padTo, widthOf } from '../../../src/cli/status/text-width.ts'

it.each([
  ['plain', 5],
  ['', 0],
  ['🎉 party', 8],
  ['東京', 4],
  ['한국', 4],
  ['e\u0301', 1],
  ['ﬁ', 1],
  ['a…b', 3],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

it.each([
  ['hello', 5, 'hello'],
  ['hello', 4, 'hel…'],
  ['東京都', 5, '東京…'],
  ['東京都', 4, '東…'],
  ['🎉🎉', 2, '…'],
  ['hello', 1, '…'],
  ['hello', 0, ''],
])('%s cut to %i columns is %s', (text, columns, cut) => {
  expect(cutToWidth(text, columns)).toBe(cut)
  expect(widthOf(cut)).toBeLessThanOrEqual(columns)
})

it('pads by columns', () => {
  expect(padTo('東京', 6)).toBe('東京  ')
  expect(padTo('long', 2)).toBe('long')
})
