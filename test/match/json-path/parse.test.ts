import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Segment, Selector } from '../../../src/match/json-path/json-path.ts'
import {
  MAX_COMBINATIONS,
  MAX_PATH_LENGTH,
  MAX_SEGMENTS,
  scanJsonPath,
} from '../../../src/match/json-path/parse.ts'
import { SyntaxFault } from '../../../src/match/syntax-fault.ts'

const child = (...selectors: Selector[]): Segment => ({ descendant: false, selectors })
const below = (...selectors: Selector[]): Segment => ({ descendant: true, selectors })
const name = (text: string): Selector => ({ kind: 'name', name: text })
const index = (position: number): Selector => ({ kind: 'index', index: position })
const slice = (start: number | null, end: number | null, step = 1): Selector => ({
  kind: 'slice',
  start,
  end,
  step,
})
const wildcard: Selector = { kind: 'wildcard' }
const names = (...texts: string[]): Segment[] => texts.map((text) => child(name(text)))

describe('paths', () => {
  it.each<[string, Segment[], string]>([
    ['$', [], 'the dollar alone'],
    ['$.traits.plan', names('traits', 'plan'), 'names'],
    ['$ .a\n. b', names('a', 'b'), 'white space around a dot'],
    ['$.product-1', names('product-1'), 'a name with a hyphen'],
    ['$.$set.plan', names('$set', 'plan'), 'a name with a dollar'],
    ['$.größe.🎉', names('größe', '🎉'), 'names beyond ASCII'],
    ['$.null.in', names('null', 'in'), 'keywords of FQL'],
    ['$.constructor.__proto__', names('constructor', '__proto__'), 'names that every object has'],
    ['$.product.product\\ 1.\\2.\\🎉', names('product', 'product 1', '2', '🎉'), 'escapes as in FQL'],
    ["$['a b'].c", names('a b', 'c'), 'a name in single quotes'],
    ['$["a b"]["c"]', names('a b', 'c'), 'names in double quotes'],
    ["$.['a b'].c", names('a b', 'c'), 'a dot before a bracket'],
    ['$[ "it\'s" ]', names("it's"), 'the other quote'],
    ["$['it\\'s']['x,y']", names("it's", 'x,y'), 'an escaped quote'],
    ["$['\\u0061 b']", names('a b'), 'a unicode escape'],
    ['$["\\ud83c\\udf89\\b\\f\\n\\r\\t\\/\\\\"]', names('🎉\b\f\n\r\t/\\'), 'every other escape of JSON'],
    ["$['a.b[0]*']", names('a.b[0]*'), 'operators in quotes'],
    ["$['']", names(''), 'the empty name'],
    ['$.items[0][-1]', [...names('items'), child(index(0)), child(index(-1))], 'indexes'],
    ['$[9007199254740991]', [child(index(9_007_199_254_740_991))], 'the greatest index of RFC 9535'],
    ['$.items[*].sku', [...names('items'), child(wildcard), ...names('sku')], 'a wildcard in brackets'],
    ['$.*', [child(wildcard)], 'a wildcard after a dot'],
    ['$[1:3]', [child(slice(1, 3))], 'a slice'],
    ['$[:]', [child(slice(null, null))], 'a slice without bounds'],
    ['$[ -2 : ]', [child(slice(-2, null))], 'blanks in a slice'],
    ['$[::2]', [child(slice(null, null, 2))], 'a step'],
    ['$[1::]', [child(slice(1, null))], 'two colons and no step'],
    ['$[:-1:3]', [child(slice(null, -1, 3))], 'a slice of three parts'],
    ['$[0, 2]', [child(index(0), index(2))], 'a list of indexes'],
    ["$['a','b']", [child(name('a'), name('b'))], 'a list of names'],
    ["$[0,1:2,*,'a']", [child(index(0), slice(1, 2), wildcard, name('a'))], 'a list of everything'],
    ['$..sku', [below(name('sku'))], 'descent to a name'],
    ["$..['sku']", [below(name('sku'))], 'descent to a name in brackets'],
    ['$..*', [below(wildcard)], 'descent to everything'],
    ['$..[*]', [below(wildcard)], 'descent to everything in brackets'],
    ['$..[0,1]', [below(index(0), index(1))], 'descent to a list of indexes'],
  ])('%s: %3$s', (path, expected) => {
    expect(scanJsonPath(path, 0)).toEqual({ path: expected, end: path.length })
  })
})

describe('a path inside a longer text', () => {
  it.each([
    ['{{ $.a.b | upcase }}', 3, 8],
    ["{{$['a }} b']}}", 2, 13],
    ['a in $.b[0] and c', 5, 11],
    ['(1..$.n)', 4, 7],
    ['($.a..5)', 1, 4],
    ['($.a..-5)', 1, 4],
    ['($.a..$.b)', 1, 4],
    ['($.a .. b)', 1, 4],
    ['$.a = "x"', 0, 3],
    ['$.a\u00a0}}', 0, 3],
    ['$.größe.🎉b”', 0, 11],
    ['$.a≠1', 0, 3],
    ['$.a, $.b', 0, 3],
    ['$.a b', 0, 3],
    ['$.a^', 0, 3],
    ['$.a~', 0, 3],
    ['$.a@string()', 0, 3],
    ['$ ', 0, 1],
    ['$5', 0, 1],
  ])('of %s from %i ends at %i', (text, start, end) => {
    expect(scanJsonPath(text, start).end).toBe(end)
  })
})

describe('paths that are refused', () => {
  it.each([
    ['$.', 2, 'expected a name or `*` after `.`'],
    ['$. }}', 2, 'expected a name or `*` after `.`'],
    ['$..', 3, 'expected a name or `*` after `..`'],
    ['$.a.', 4, 'expected a name'],
    ['$...a', 3, 'expected a name'],
    ['$.2fa', 2, "['2 go']"],
    ['$.items.1.id', 8, '[0]'],
    ['$.-a', 2, 'expected a name'],
    ['$.`a', 2, 'expected a name or `*`'],
    ['$.“a”', 2, 'expected a name'],
    ['$.\ud83c', 2, 'expected a name'],
    ['$amount', 0, 'write `$.amount` for a path, `$.$amount` for a name with a dollar'],
    ['$.a\\', 4, 'a character after `\\`'],
    ['$.a[', 4, 'expected a quoted name, a number, `*` or a slice such as `0:2`, found the end'],
    ['$.a[]', 4, 'found `]`'],
    ['$.a[sku]', 4, "found `s`; write `['sku']`"],
    ['$.a[0', 5, 'expected `]` or `,`, found the end'],
    ['$.a[0,]', 6, 'found `]`'],
    ['$.a[1.5]', 5, 'expected `]`'],
    ['$.a[1 2]', 6, 'expected `]` or `,`, found `2`'],
    ["$['a", 2, "expected a closing `'`"],
    ['$.a["b\']', 4, 'expected a closing `"`'],
    ["$['a\\x']", 4, 'another escape that JSON has'],
    ["$['a\\\"']", 4, 'another escape that JSON has'],
    ["$['\\u12']", 3, 'another escape that JSON has'],
    ["$['a\nb']", 4, '`\\u000a`'],
    ["$['\\ud83c']", 2, 'surrogates in pairs'],
    ['$.a[9007199254740992]', 4, 'too large'],
    ['$.a[99999999999999999999]', 4, 'too large'],
    ['$.a[0:99999999999999999999]', 6, 'too large'],
    ['$.a[01]', 4, 'expected `1`, without leading zeros'],
    ['$.a[-0]', 4, 'expected `0`, without leading zeros'],
    ['$.a[0:1:0]', 8, 'a step of 1 or more'],
    ['$.a[::0]', 6, 'a step of 1 or more'],
    ['$.a[::-1]', 6, 'a step of 1 or more'],
    ['$.items[?(@.price > 5)]', 8, 'never evaluated'],
    ['$.items[?@.price > 5]', 8, 'never evaluated'],
    ['$.items[(@.length-1)]', 8, 'never evaluated'],
    ['$.items[0,?(@.x)]', 10, 'never evaluated'],
    ['$.a[ ?(1)]', 5, 'never evaluated'],
    ['$..?(1)', 3, 'never evaluated'],
    ['$..[?(1)]', 4, 'never evaluated'],
    ['$.(1)', 2, 'never evaluated'],
    ['$..a..b', 4, 'at most one `..`'],
    [`$${'[0,0]'.repeat(7)}`, 31, `at most ${MAX_COMBINATIONS} combinations`],
    [`$${'.a'.repeat(MAX_SEGMENTS + 1)}`, 201, `at most ${MAX_SEGMENTS} parts`],
    [`  $.${'a'.repeat(MAX_PATH_LENGTH)}`, 1_002, `at most ${MAX_PATH_LENGTH} characters`],
  ])('%s at offset %i: %s', (text, offset, reason) => {
    const refusal = expect(() => scanJsonPath(text, text.indexOf('$')))
    refusal.toThrow(SyntaxFault)
    refusal.toThrow(expect.objectContaining({ offset, reason: expect.stringContaining(reason) }))
  })

  it('are those just over the bounds', () => {
    expect(scanJsonPath(`$${'.a'.repeat(MAX_SEGMENTS)}`, 0).path).toHaveLength(MAX_SEGMENTS)
    expect(scanJsonPath(`$.${'a'.repeat(MAX_PATH_LENGTH - 2)}`, 0).end).toBe(MAX_PATH_LENGTH)
    expect(scanJsonPath(`$[${'0,'.repeat(MAX_COMBINATIONS - 1)}0]`, 0).path).toHaveLength(1)
  })
})

it('any text is read or refused with an offset inside it', () => {
  const unit = fc.constantFrom(...'$.[]*?\'"\\:,0-1ab ~^@();`\u00e9\ud83c')
  fc.assert(
    fc.property(fc.string({ unit }), (rest) => {
      const text = `$${rest}`
      try {
        expect(scanJsonPath(text, 0).end).toBeLessThanOrEqual(text.length)
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error
        expect(error.offset).toBeGreaterThanOrEqual(0)
        expect(error.offset).toBeLessThanOrEqual(text.length)
      }
    }),
    { numRuns: 2_000 },
  )
})
