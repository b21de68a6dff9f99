import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileJsonPath, JsonPathError } from '../../src/match/json-path.ts'
import { parseJsonPath } from '../../src/match/json-path-parser.ts'

const event = {
  type: 'track',
  nothing: null,
  'a b': { c: 1 },
  "it's": { '*': 'star', 'x,y': 'comma', '': 'empty' },
  $set: { plan: 'pro' },
  product: { 'product 1': { price: 3 } },
  items: [
    { id: 'i1', sku: 'A', tags: ['x', 'y'] },
    { id: 'i2', sku: 'B', tags: [] },
    { id: 'i3', tags: ['z'] },
  ],
  deep: { sku: 'D', list: [[1, 2], [3]] },
  text: 'hello',
  digits: { 0: 'zero' },
}

const read = (path: string, value: unknown = event) => compileJsonPath(path).read(value)

describe('plain paths', () => {
  it.each<[string, unknown, string]>([
    ['$', event, 'the dollar alone is the event'],
    ['$.type', 'track', 'a name'],
    ['$.deep.sku', 'D', 'names'],
    ["$['a b'].c", 1, 'a name in single quotes'],
    ['$["a b"]["c"]', 1, 'names in double quotes'],
    ["$.['a b'].c", 1, 'a dot before a bracket'],
    ["$[ 'a b' ].c", 1, 'blanks inside brackets'],
    ["$['it\\'s']['x,y']", 'comma', 'an escaped quote'],
    ["$['\\u0061 b'].c", 1, 'a unicode escape'],
    ["$[\"it's\"]['*']", 'star', 'a quoted star is a name'],
    ["$[\"it's\"]['']", 'empty', 'an empty name'],
    ['$.$set.plan', 'pro', 'a name with a dollar'],
    ['$.product.product\\ 1.price', 3, 'an escaped blank, as in FQL'],
    ['$.items[0].id', 'i1', 'an index'],
    ['$.items.1.id', 'i2', 'an index after a dot'],
    ['$.items[-1].id', 'i3', 'an index from the end'],
    ['$.items[-3].id', 'i1', 'the first from the end'],
    ['$.items[-4].id', null, 'before the first'],
    ['$.items[3].id', null, 'after the last'],
    ['$.deep.list[0][1]', 2, 'a list in a list'],
    ['$.nothing', null, 'null'],
    ['$.nothing.x', null, 'beyond null'],
    ['$.missing', null, 'a missing field'],
    ['$.missing.x[0]', null, 'beyond a missing field'],
    ['$.type.x', null, 'beyond a text'],
    ['$.text[0]', null, 'a character of a text'],
    ['$.text.0', null, 'a character of a text by name'],
    ['$.digits.0', 'zero', 'a name of digits'],
    ['$.digits[0]', null, 'an index where there is no list'],
    ['$.text.length', null, 'the length of a text'],
    ['$.items.length', null, 'the length of a list'],
    ['$.toString', null, 'a method'],
    ['$.constructor.name', null, 'the constructor'],
    ['$.__proto__', null, 'the prototype'],
    ["$['__proto__']['toString']", null, 'the prototype in quotes'],
    ['$.items.map', null, "a list's method"],
  ])('%s reads %o: %s', (path, expected) => {
    const compiled = compileJsonPath(path)
    expect(compiled.plain).toBe(true)
    expect(compiled.read(event)).toEqual(expected)
  })

  it.each([[null], [undefined], [5], ['text'], [true], [[]]])('reads nothing in the value %o', (value) => {
    expect(read('$.a.b', value)).toBe(null)
  })

  it('reads a field that the event itself calls __proto__', () => {
    expect(read('$.__proto__.x', JSON.parse('{"__proto__":{"x":1}}'))).toBe(1)
  })
})

describe('paths with wildcards, lists, slices and descent', () => {
  it.each<[string, unknown[], string]>([
    ['$.items[*].sku', ['A', 'B'], 'a wildcard skips what lacks the field'],
    ['$.items.*.id', ['i1', 'i2', 'i3'], 'a wildcard after a dot'],
    ['$.deep.*', ['D', [[1, 2], [3]]], 'the values of an object'],
    ['$..sku', ['A', 'B', 'D'], 'every field of that name, in the order of the event'],
    ["$..['sku']", ['A', 'B', 'D'], 'the same in brackets'],
    ['$.deep..sku', ['D'], 'descent below a name'],
    ['$.items[*].tags[*]', ['x', 'y', 'z'], 'two wildcards'],
    ['$.items[0:2].id', ['i1', 'i2'], 'a slice'],
    ['$.items[1:].id', ['i2', 'i3'], 'a slice to the end'],
    ['$.items[:1].id', ['i1'], 'a slice from the start'],
    ['$.items[-2:].id', ['i2', 'i3'], 'a slice of the last'],
    ['$.items[::2].id', ['i1', 'i3'], 'a slice with a step'],
    ['$.items[0:0].id', [], 'an empty slice'],
    ['$.items[1:0].id', [], 'a slice that ends before it starts'],
    ['$.items[:-2].id', ['i1'], 'a slice up to the last two'],
    ['$.items[*].tags[0]', ['x', 'z'], 'an index after a wildcard'],
    ['$.items[*].tags[-1]', ['y', 'z'], 'an index from the end after a wildcard'],
    ['$.items[*].tags[-2]', ['x'], 'the last but one after a wildcard'],
    ['$.items[0,2].id', ['i1', 'i3'], 'a list of indices'],
    ["$.items[0]['id','sku']", ['i1', 'A'], 'a list of names'],
    ["$['a b',  'deep']['c', 'sku']", [1, 'D'], 'lists of names'],
    ['$.deep.list[*][0]', [1, 3], 'lists in lists'],
    ["$['a b'].*", [1], 'a quoted name before a wildcard'],
    ['$.missing[*].x', [], 'nothing'],
    ['$.nothing.*', [], 'null'],
    ['$.*.0', [event.items[0], 'zero'], 'a name of digits after a wildcard'],
    ['$..length', [], 'no length of lists or texts'],
    ['$..[0]', [event.items[0], 'x', 'z', [1, 2], 1, 3], 'no characters of texts by index'],
    ['$.*.length', [], 'no length after a wildcard'],
    ['$.*[0]', [event.items[0]], 'no characters of texts'],
    ['$..constructor', [], 'no constructor'],
    ['$..__proto__', [], 'no prototype'],
    ['$..toString', [], 'no methods'],
    ['$.*.__proto__.x', [], 'nothing beyond a prototype'],
  ])('%s reads %o: %s', (path, expected) => {
    const compiled = compileJsonPath(path)
    expect(compiled.plain).toBe(false)
    expect(compiled.read(event)).toEqual(expected)
  })

  it.each([[null], [undefined], [0], [''], ['text'], [true]])('find nothing in the value %o', (value) => {
    expect(read('$..a', value)).toEqual([])
  })

  it('find nothing, and do not overflow the stack, in an event nested a million deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(read('$..x', { deep })).toEqual([])
    expect(read('$.deep[*].x', { deep })).toEqual([])
  })
})

describe('paths that are refused', () => {
  it.each([
    ['', 0, 'begins with $'],
    ['type', 0, 'begins with $'],
    ['$.', 2, 'expected a name'],
    ['$..', 1, 'cannot read'],
    ['$.a b', 3, 'cannot read'],
    ['$.a.', 4, 'expected a name'],
    ['$.a[', 4, 'expected a quoted name'],
    ['$.a[0', 5, 'expected ]'],
    ["$['a", 2, 'expected a quoted name'],
    ['$.a[b]', 4, 'expected a quoted name'],
    ['$.a[1.5]', 5, 'expected ]'],
    ['$.a[99999999999999999999]', 4, 'too large'],
    ['$.a[::0]', 6, 'step'],
    ['$.a[::-1]', 6, 'step'],
    ['$.items[?(@.price > 5)]', 8, 'never evaluated'],
    ['$.items[?@.price > 5]', 8, 'never evaluated'],
    ['$.items[(@.length-1)]', 8, 'never evaluated'],
    ['$.items[0,?(@.x)]', 10, 'never evaluated'],
    ['$.a^', 3, 'cannot read'],
    ['$.a~', 3, 'cannot read'],
    ['$.a@string()', 3, 'cannot read'],
    ['$..a..b', 7, 'at most 1'],
    [`$${'[0,0]'.repeat(7)}`, 36, 'combinations'],
    [`$${'.a'.repeat(101)}`, 203, 'parts'],
    [`$.${'a'.repeat(1_000)}`, 1_000, 'characters'],
    ["$.*['a;b']", 10, 'can only stand in a path without'],
  ])('%s at offset %i: %s', (path, offset, reason) => {
    const refusal = expect(() => compileJsonPath(path))
    refusal.toThrow(JsonPathError)
    refusal.toThrow(expect.objectContaining({ offset, reason: expect.stringContaining(reason) }))
  })
})

describe('a path inside a longer text', () => {
  it.each([
    ['{{ $.a.b | upcase }}', 3, 8],
    ["{{$['a }} b']}}", 2, 13],
    ['(1..$.n)', 4, 7],
    ['($.a..5)', 1, 4],
    ['($.a..$.b)', 1, 4],
    ['$.a = "x"', 0, 3],
    ['$.a\u00a0}}', 0, 3],
    ['$.größe.🎉b”', 0, 11],
    ['$.a, $.b', 0, 3],
  ])('of %s from %i ends at %i', (text, start, end) => {
    expect(parseJsonPath(text, start).end).toBe(end)
  })
})

describe('whatever the event', () => {
  const paths = [
    '$.a.b',
    '$..a',
    '$.*',
    '$.*.*',
    '$[0]',
    '$[-1:]',
    '$..[0]',
    "$['a','b']",
    '$..length',
    '$.a..*',
  ]

  it('a path reads only what the event holds, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(...paths), (value, path) => {
        const held = new Set<unknown>()
        JSON.stringify(value, (_, member) => {
          held.add(member)
          return member
        })
        const { plain, read } = compileJsonPath(path)
        const result = read(value)
        const results = plain ? [result ?? value] : result
        if (!Array.isArray(results)) throw new Error('expected a list')
        for (const found of results) expect(held.has(found)).toBe(true)
      }),
    )
  })

  it('any text is either a path or refused with an offset inside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'$.[]*?\'"\\:,0-1ab ~^@();`') }), (text) => {
        const path = `$${text}`
        try {
          compileJsonPath(path).read({ a: [{ b: 1 }] })
        } catch (error) {
          if (!(error instanceof JsonPathError)) throw error
          expect(error.offset).toBeGreaterThanOrEqual(0)
          expect(error.offset).toBeLessThanOrEqual(path.length)
        }
      }),
    )
  })
})
