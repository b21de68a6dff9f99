import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonPath, parseJsonPath, type Selector } from '../../../src/match/trigger/json-path.ts'
import { compileJsonPath, MAX_DESCENT } from '../../../src/match/trigger/json-path-read.ts'

const read = (path: string, event: unknown): unknown => compileJsonPath(parseJsonPath(path))(event)

const order: unknown = JSON.parse(`{
  "type": "track",
  "properties": {
    "a b": 1, "zero": 0, "no": false, "none": null, "text": "abc", "length": 7,
    "items": [{ "sku": "a", "tags": ["x", "y"] }, { "sku": "b", "length": 2 }, { "name": "c" }, "abc", null],
    "*": "star", "0": "zero", "__proto__": { "x": 5 }
  }
}`)

describe('plain paths', () => {
  it.each([
    { path: '$', gives: order },
    { path: '$.type', gives: 'track' },
    { path: '$.properties.zero', gives: 0 },
    { path: '$.properties.no', gives: false },
    { path: '$.properties.none', gives: null },
    { path: '$.properties.missing', gives: null },
    { path: '$.properties.missing.more', gives: null },
    { path: '$.missing.a.b.c.d', gives: null },
    { path: "$.properties['a b']", gives: 1 },
    { path: "$.properties['*']", gives: 'star' },
    { path: '$.properties.items[0].sku', gives: 'a' },
    { path: '$.properties.items[0].tags[-1]', gives: 'y' },
    { path: '$.properties.items[-4].sku', gives: 'b' },
    { path: '$.properties.items[9]', gives: null },
    { path: '$.properties.items[-9]', gives: null },
    { path: "$.properties['0']", gives: 'zero' },
    { path: '$.properties.__proto__.x', gives: 5 },
    { path: '$.properties.length', gives: 7 },
  ])('$path', ({ path, gives }) => {
    expect(read(path, order)).toEqual(gives)
  })

  it.each([
    { name: 'the length of a list', path: '$.properties.items.length' },
    { name: 'the length of a text', path: '$.properties.text.length' },
    { name: 'a character of a text', path: '$.properties.text[0]' },
    { name: 'a list by a name', path: "$.properties.items['0']" },
    { name: 'an object by an index', path: '$.properties[0]' },
    { name: 'a method', path: '$.toString' },
    { name: 'a method of a list', path: '$.properties.items.map' },
    { name: 'the constructor', path: '$.properties.constructor.name' },
    { name: 'the prototype', path: '$.__proto__.x' },
    { name: 'the prototype, by its own name', path: '$.type.__proto__' },
  ])('does not read $name', ({ path }) => {
    expect(read(path, order)).toBeNull()
  })

  it('reads the fields of an instance and not its methods, as Avro records are', () => {
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
})

describe('paths with many results', () => {
  it.each([
    { path: '$.properties.items[*].sku', gives: ['a', 'b'] },
    { path: '$.properties.items[*].tags[*]', gives: ['x', 'y'] },
    { path: '$.properties.items[*].tags', gives: [['x', 'y']] },
    { path: '$.properties.items[*][0]', gives: [] },
    { path: '$.properties.items[*].length', gives: [2] },
    { path: '$.properties.items[0:2].sku', gives: ['a', 'b'] },
    { path: '$.properties.items[-2:]', gives: ['abc', null] },
    { path: '$.properties.items[:0]', gives: [] },
    { path: '$.properties.items[::3].sku', gives: ['a'] },
    { path: '$.properties.items[1,0].sku', gives: ['b', 'a'] },
    { path: '$.properties.items[-1,9]', gives: [null] },
    { path: "$.properties['no','zero','missing']", gives: [false, 0] },
    { path: '$.properties[0:1]', gives: [] },
    { path: '$..sku', gives: ['a', 'b'] },
    { path: '$..length', gives: [7, 2] },
    { path: '$..x', gives: [5] },
    { path: '$..[0]', gives: [{ sku: 'a', tags: ['x', 'y'] }, 'x'] },
    { path: '$.missing[*]', gives: [] },
    { path: '$.missing..x', gives: [] },
    { path: '$.type[*]', gives: [] },
    { path: '$..constructor', gives: [] },
    { path: '$..toString', gives: [] },
    { path: '$..__proto__.y', gives: [] },
    { path: '$.properties.items[*].constructor.name', gives: [] },
  ])('$path', ({ path, gives }) => {
    expect(read(path, order)).toEqual(gives)
  })

  it('gives an empty list below the greatest depth, and does not throw', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'{"x":'.repeat(depth)}1${'}'.repeat(depth)}`)
    expect(read('$..x', nested(MAX_DESCENT))).toHaveLength(MAX_DESCENT)
    expect(read('$..x', nested(MAX_DESCENT + 2))).toEqual([])
    expect(read('$..x', nested(200_000))).toEqual([])
    expect(read('$.x[*].x', nested(200_000))).toHaveLength(1)
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
    case 'union':
      return selector.members.flatMap(own)
    case 'wildcard':
      return typeof value === 'object' && value !== null ? Object.values(value) : []
    case 'slice': {
      if (!Array.isArray(value)) return []
      const items = value.slice(selector.start ?? 0, selector.end ?? value.length)
      return items.filter((_item, position) => position % selector.step === 0)
    }
  }
}

function readSlowly(path: JsonPath, event: unknown): unknown[] {
  const descend = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(descend)] : []
  return path.reduce<unknown[]>(
    (values, { selector, recursive }) =>
      (recursive ? values.flatMap(descend) : values).flatMap((value) => select(selector, value)),
    [event],
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
      .array(fc.oneof(key, integer), { minLength: 2, maxLength: 3 })
      .map((members): Selector => ({ kind: 'union', members })),
    fc
      .record({ start: fc.option(integer), end: fc.option(integer), step: fc.integer({ min: 1, max: 2 }) })
      .map((bounds): Selector => ({ kind: 'slice', ...bounds })),
    fc.constant<Selector>({ kind: 'wildcard' }),
    fc.constant<Selector>({ kind: 'wildcard' }),
  )
  const path = fc
    .tuple(fc.array(selector, { maxLength: 4 }), fc.nat(6))
    .map(
      ([selectors, descent]): JsonPath =>
        selectors.map((one, at) => ({ selector: one, recursive: at === descent })),
    )
  const { event } = fc.letrec((tie) => ({
    event: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, 'abc', null, true),
      fc.array(tie('event'), { maxLength: 4 }),
      fc
        .array(fc.tuple(key, tie('event')), { maxLength: 4 })
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
      fc.property(path, event, (steps, value) => {
        const many = steps.some((step) => step.recursive || !['name', 'index'].includes(step.selector.kind))
        const expected = readSlowly(steps, value)
        if (expected.length > 0) found++
        expect(compileJsonPath(steps)(value)).toEqual(many ? expected : (expected[0] ?? null))
      }),
      { numRuns: 5_000, seed: 1 },
    )
    expect(found).toBeGreaterThan(500)
  })
})
