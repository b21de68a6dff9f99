import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonPath, plainKey, type Selector } from '../../../src/match/json-path/json-path.ts'
import { scanJsonPath } from '../../../src/match/json-path/parse.ts'
import { compileJsonPath, MAX_DESCENT } from '../../../src/match/json-path/read.ts'

const read = (text: string, event: unknown): unknown => compileJsonPath(scanJsonPath(text, 0).path)(event)

/** Parsed, so that `__proto__` is a key like any other. */
const event = JSON.parse(`{
  "type": "track", "nothing": null, "zero": 0, "no": false, "text": "hello", "length": 7,
  "a b": { "c": 1 },
  "it's": { "*": "star", "x,y": "comma", "": "empty", "a;b": "semicolon" },
  "$set": { "plan": "pro" },
  "product": { "product 1": { "price": 3 } },
  "items": [
    { "id": "i1", "sku": "A", "tags": ["x", "y"] },
    { "id": "i2", "sku": "B", "tags": [], "length": 2 },
    { "id": "i3", "tags": ["z"] },
    "abc",
    null
  ],
  "deep": { "sku": "D", "list": [[1, 2], [3]] },
  "digits": { "0": "zero" },
  "own": { "__proto__": { "x": 5 } }
}`)

describe('plain paths', () => {
  it.each<[string, unknown, string]>([
    ['$', event, 'the dollar alone is the event'],
    ['$.type', 'track', 'a name'],
    ['$.deep.sku', 'D', 'names'],
    ['$.zero', 0, 'zero'],
    ['$.no', false, 'false'],
    ['$.nothing', null, 'null'],
    ['$.nothing.x', null, 'beyond null'],
    ['$.missing', null, 'a missing field'],
    ['$.missing.x[0].a.b', null, 'beyond a missing field'],
    ['$.type.x', null, 'beyond a text'],
    ["$['a b'].c", 1, 'a name in quotes'],
    ["$['it\\'s']['x,y']", 'comma', 'a name with a comma'],
    ["$[\"it's\"]['*']", 'star', 'a quoted star is a name'],
    ["$[\"it's\"]['']", 'empty', 'an empty name'],
    ['$.$set.plan', 'pro', 'a name with a dollar'],
    ['$.product.product\\ 1.price', 3, 'an escaped blank, as in FQL'],
    ['$.items[0].id', 'i1', 'an index'],
    ['$.items[-3].id', 'i3', 'an index from the end'],
    ['$.items[-5].id', 'i1', 'the first from the end'],
    ['$.items[0].tags[-1]', 'y', 'a list in a list'],
    ['$.items[-6]', null, 'before the first'],
    ['$.items[5]', null, 'after the last'],
    ['$.items[9007199254740991]', null, 'far after the last'],
    ['$.deep.list[0][1]', 2, 'indexes'],
    ["$.digits['0']", 'zero', 'a name of digits'],
    ['$.digits.\\0', 'zero', 'an escaped name of digits'],
    ['$.length', 7, 'a field that is called length'],
    ['$.own.__proto__.x', 5, 'a field that the event itself calls __proto__'],
  ])('%s reads %o: %s', (path, expected) => {
    expect(read(path, event)).toEqual(expected)
  })

  it.each([
    ['the length of a list', '$.items.length'],
    ['the length of a text', '$.text.length'],
    ['a character of a text', '$.text[0]'],
    ['a character of a text by name', "$.text['0']"],
    ['a list by a name', "$.items['0']"],
    ['an object by an index', '$.digits[0]'],
    ['a method', '$.toString'],
    ['a method of a list', '$.items.map'],
    ['the constructor', '$.constructor.name'],
    ['the prototype', '$.__proto__'],
    ['the prototype in quotes', "$['__proto__']['toString']"],
    ['the prototype of a text', '$.type.__proto__'],
  ])('do not read %s: %s', (_, path) => {
    expect(read(path, event)).toBeNull()
  })

  it.each([[null], [undefined], [5], ['text'], [true], [[]]])('read nothing in the value %o', (value) => {
    expect(read('$.a.b', value)).toBeNull()
    expect(read('$.a', value)).toBeNull()
  })

  it('read the fields of an instance and not its methods, as Avro records are', () => {
    class Payload {
      name = 'x'
      clone(): number {
        return 1
      }
    }
    expect(read('$.name', new Payload())).toBe('x')
    expect(read('$.clone', new Payload())).toBeNull()
    expect(read('$.constructor', new Payload())).toBeNull()
  })

  it('never give undefined', () => {
    expect(read('$', undefined)).toBeNull()
    expect(read('$.a', { a: undefined })).toBeNull()
  })
})

describe('paths with many results', () => {
  it.each<[string, unknown[], string]>([
    ['$.items[*].sku', ['A', 'B'], 'a wildcard skips what lacks the field'],
    ['$.items.*.id', ['i1', 'i2', 'i3'], 'a wildcard after a dot'],
    ['$.deep.*', ['D', [[1, 2], [3]]], 'the values of an object'],
    ['$.items[*].tags', [['x', 'y'], [], ['z']], 'lists as they are'],
    ['$.items[*].tags[*]', ['x', 'y', 'z'], 'two wildcards'],
    ['$.items[*][0]', [], 'no characters of a text'],
    ['$.items[*].length', [2], 'a field that is called length'],
    ['$.items[0:2].id', ['i1', 'i2'], 'a slice'],
    ['$.items[2:].id', ['i3'], 'a slice to the end'],
    ['$.items[:1].id', ['i1'], 'a slice from the start'],
    ['$.items[-2:]', ['abc', null], 'a slice of the last, null among it'],
    ['$.items[::2].id', ['i1', 'i3'], 'a slice with a step'],
    ['$.items[0:0].id', [], 'an empty slice'],
    ['$.items[:0]', [], 'a slice up to the first'],
    ['$.items[1:0].id', [], 'a slice that ends before it starts'],
    ['$.items[:-4].id', ['i1'], 'a slice up to one from the end'],
    ['$.deep[0:1]', [], 'a slice of an object'],
    ['$.items[*].tags[0]', ['x', 'z'], 'an index after a wildcard'],
    ['$.items[*].tags[-2]', ['x'], 'an index from the end after a wildcard'],
    ['$.items[2,0].id', ['i3', 'i1'], 'a list of indexes, in its order'],
    ['$.items[-1,9]', [null], 'a list of an index that is there and one that is not'],
    ["$['no','zero','missing']", [false, 0], 'a list of names'],
    ["$['a b',  'deep']['c', 'sku']", [1, 'D'], 'lists of names'],
    ["$.items[0]['sku', *]", ['A', 'i1', 'A', ['x', 'y']], 'a list of a name and everything'],
    ['$.deep.list[1, 0:1]', [[3], [1, 2]], 'a list of an index and a slice'],
    ['$.deep.list[*][0]', [1, 3], 'lists in lists'],
    ["$['a b'].*", [1], 'a quoted name before a wildcard'],
    ["$.*['a;b']", ['semicolon'], 'a name that jsonpath-plus takes for two'],
    ["$.*['*']", ['star'], 'a name that jsonpath-plus takes for a wildcard'],
    ['$..sku', ['A', 'B', 'D'], 'every field of that name, in the order of the event'],
    ["$..['sku']", ['A', 'B', 'D'], 'the same in brackets'],
    ['$.deep..sku', ['D'], 'descent below a name'],
    ['$..length', [7, 2], 'no length of lists or texts'],
    ['$..x', [5], 'below a field that is called __proto__'],
    [
      '$..[0]',
      [{ id: 'i1', sku: 'A', tags: ['x', 'y'] }, 'x', 'z', [1, 2], 1, 3],
      'no characters of texts by index',
    ],
    ["$.*['0']", ['zero'], 'a name of digits reads no list'],
    ['$.missing[*].x', [], 'nothing'],
    ['$.missing..x', [], 'nothing below'],
    ['$.nothing.*', [], 'null'],
    ['$.type[*]', [], 'a text'],
    ['$..constructor', [], 'no constructor'],
    ['$..toString', [], 'no methods'],
    ['$.*.__proto__.y', [], 'nothing beyond a prototype'],
    ['$.items[*].constructor.name', [], 'no constructor after a wildcard'],
  ])('%s reads %o: %s', (path, expected) => {
    expect(read(path, event)).toEqual(expected)
  })

  it.each([[null], [undefined], [0], [''], ['text'], [true]])('find nothing in the value %o', (value) => {
    expect(read('$..a', value)).toEqual([])
    expect(read('$.*', value)).toEqual([])
  })

  it('give an empty list below the greatest depth, and do not throw', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'{"x":'.repeat(depth)}1${'}'.repeat(depth)}`)
    expect(read('$..x', nested(MAX_DESCENT))).toHaveLength(MAX_DESCENT)
    expect(read('$..x', nested(MAX_DESCENT + 2))).toEqual([])
    expect(read('$..x', nested(200_000))).toEqual([])
    expect(read('$.x[*].x', nested(200_000))).toHaveLength(1)
    const lists = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(read('$..x', { lists })).toEqual([])
    expect(read('$.lists[*].x', { lists })).toEqual([])
  })
})

/** RFC 9535 in a few lines, to hold the library against. */
function select(selector: Selector, value: unknown): unknown[] {
  const own = (key: string | number): unknown[] => {
    if (typeof key === 'number')
      return Array.isArray(value) ? value.slice(key).slice(0, key < -value.length ? 0 : 1) : []
    const entries =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
    return entries.filter(([name]) => name === key).map(([, found]) => found)
  }
  switch (selector.kind) {
    case 'name':
      return own(selector.name)
    case 'index':
      return own(selector.index)
    case 'wildcard':
      return typeof value === 'object' && value !== null ? Object.values(value) : []
    case 'slice': {
      if (!Array.isArray(value)) return []
      const items = value.slice(selector.start ?? 0, selector.end ?? value.length)
      return items.filter((_item, position) => position % selector.step === 0)
    }
  }
}

function readSlowly(path: JsonPath, given: unknown): unknown[] {
  const descend = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(descend)] : []
  return path.reduce<unknown[]>(
    (values, { descendant, selectors }) =>
      (descendant ? values.flatMap(descend) : values).flatMap((value) =>
        selectors.flatMap((selector) => select(selector, value)),
      ),
    [given],
  )
}

describe('against the standard', () => {
  const keys = [
    'a',
    'b',
    '*',
    '..',
    '0',
    '0:1',
    'length',
    '$',
    '^',
    '~',
    '`a',
    '@string()',
    '__proto__',
    "it's",
    'a,b',
  ]
  const key = fc.constantFrom(...keys)
  const integer = fc.integer({ min: -3, max: 3 })
  const selector = fc.oneof(
    key.map((text): Selector => ({ kind: 'name', name: text })),
    integer.map((position): Selector => ({ kind: 'index', index: position })),
    fc
      .record({ start: fc.option(integer), end: fc.option(integer), step: fc.integer({ min: 1, max: 2 }) })
      .map((bounds): Selector => ({ kind: 'slice', ...bounds })),
    fc.constant<Selector>({ kind: 'wildcard' }),
    fc.constant<Selector>({ kind: 'wildcard' }),
  )
  const selectors = fc.oneof(
    { weight: 4, arbitrary: selector.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(selector, { minLength: 2, maxLength: 3 }) },
  )
  const path = fc
    .tuple(fc.array(selectors, { maxLength: 4 }), fc.nat(6))
    .map(
      ([segments, descent]): JsonPath =>
        segments.map((several, at) => ({ descendant: at === descent, selectors: several })),
    )
  const { hostile } = fc.letrec((tie) => ({
    hostile: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, 'abc', null, true),
      fc.array(tie('hostile'), { maxLength: 4 }),
      fc
        .array(fc.tuple(key, tie('hostile')), { maxLength: 4 })
        .map((entries): unknown =>
          JSON.parse(
            `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
          ),
        ),
    ),
  }))

  it('reads what RFC 9535 says, also with keys that jsonpath-plus takes for operators', () => {
    let found = 0
    fc.assert(
      fc.property(path, hostile, (segments, value) => {
        const many = segments.some((segment) => plainKey(segment) === null)
        const expected = readSlowly(segments, value)
        if (expected.length > 0) found++
        expect(compileJsonPath(segments)(value)).toEqual(many ? expected : (expected[0] ?? null))
      }),
      { numRuns: 5_000, seed: 1 },
    )
    expect(found).toBeGreaterThan(500)
  })

  const texts = [
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

  it('reads only what the event holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(...texts), (value, text) => {
        const held = new Set<unknown>([null])
        JSON.stringify(value, (_, member) => {
          held.add(member)
          return member
        })
        const result = read(text, value)
        const many = scanJsonPath(text, 0).path.some((segment) => plainKey(segment) === null)
        for (const found of many && Array.isArray(result) ? result : [result]) expect(held).toContain(found)
      }),
    )
  })
})
