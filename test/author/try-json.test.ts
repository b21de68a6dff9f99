import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonFault } from '../../src/author/try-json.ts'

describe('where a text stops being JSON', () => {
  it.each([
    ['a word', 'abc', 0, 'a value; a text stands in double quotes'],
    ['a comma at the end of an object', '{"a":1,}', 7, 'a name in double quotes'],
    ['a comma at the end of a list', '[1, ]', 4, 'a value; a text stands in double quotes'],
    ['a name without quotes', '{a: 1}', 1, 'a name in double quotes, or }'],
    ['a missing colon', '{"a" 1}', 5, 'a colon'],
    ['undefined', '{"a": undefined}', 6, 'a value; a text stands in double quotes'],
    ['a number that runs on', '[12abc]', 1, 'a value or ]; a text stands in double quotes'],
    ['a second value', '{} {}', 3, 'the end'],
    ['the wrong bracket of a list', '{"a": [1}', 8, 'a comma or the closing bracket'],
    ['the wrong bracket of an object', '[{"a": 1]', 8, 'a comma or the closing bracket'],
    ['nothing', ' ', 0, 'a value; a text stands in double quotes'],
    ['an object that is cut', '{"a": 1 ', 7, 'a comma or the closing bracket'],
    ['a line break in a text', '{"a": "x\ny"}', 6, 'a value; a text stands in double quotes'],
  ])('%s', (_, text, offset, expected) => {
    expect(findJsonFault(text)).toEqual({ offset, expected })
  })

  it('is told of texts of 10 MB, escapes in them or not', () => {
    const long = 'x'.repeat(10_000_000)
    expect(findJsonFault(`{"a":"${long}"}`)).toBeNull()
    expect(findJsonFault(`["${'\\n'.repeat(100_000)}"]`)).toBeNull()
    expect(findJsonFault(`["${long}`)).toMatchObject({ offset: 1 })
  })

  it('agrees with JSON.parse', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u00e9"',
      '"\\x"',
      '1',
      '-0.5e3',
      '01',
      'null',
      ' ',
      '\n',
    )
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.json(),
      fc
        .tuple(fc.json(), piece, fc.nat(60))
        .map(([json, extra, at]) => json.slice(0, at) + extra + json.slice(at)),
    )
    const seen = { good: 0, bad: 0 }
    fc.assert(
      fc.property(text, (candidate) => {
        let isJson = true
        try {
          JSON.parse(candidate)
        } catch {
          isJson = false
        }
        seen[isJson ? 'good' : 'bad'] += 1
        expect(findJsonFault(candidate) === null).toBe(isJson)
      }),
      { numRuns: 5_000 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(1_000)
  })
})
