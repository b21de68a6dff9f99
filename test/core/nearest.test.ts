import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from '../../src/core/nearest.ts'

describe('nearest', () => {
  it.each([
    ['one letter missing', 'brokrs', ['topics', 'brokers'], 'brokers'],
    ['letters swapped', 'sesison_timeout', ['session_timeout'], 'session_timeout'],
    ['hyphens for underscores', 'dead-letter', ['resend', 'dead_letter'], 'dead_letter'],
    ['another case', 'SALES', ['sales', 'sale'], 'sales'],
    ['neighbours swapped in a short name', 'slaes', ['sales'], 'sales'],
    ['letters swapped that are no neighbours', 'lases', ['sales'], null],
    ['nothing near', 'colour', ['brokers', 'topics'], null],
    ['short names tolerate one letter', 'ab', ['ac'], 'ac'],
    ['short names tolerate no more', 'ab', ['cd'], null],
    ['the beginning of one name', 'lower', ['length', 'lowercase'], 'lowercase'],
    ['the beginning of several names', 'find', ['find_index', 'find_exp'], null],
    ['too short a beginning', 'lo', ['lowercase'], null],
    ['a name that Object.prototype has', 'toString', ['string', 'length'], null],
    ['nothing to choose from', 'x', [], null],
  ])('%s', (_, name, known, expected) => {
    expect(nearest(name, known)).toBe(expected)
  })
})

describe('didYouMean', () => {
  it.each([
    ['asks where a name is near', 'sals', ['sales'], '; did you mean "sales"?'],
    ['says nothing where none is', 'colour', ['sales'], ''],
    ['says nothing where there is none', 'x', [], ''],
  ])('%s', (_, name, known, expected) => {
    expect(didYouMean(name, known)).toBe(expected)
  })
})
