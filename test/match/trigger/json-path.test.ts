import { describe, expect, it } from 'vitest'
import { parseJsonPath, scanJsonPath } from '../../../src/match/trigger/json-path.ts'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'

const name = (text: string, recursive = false) => ({ selector: { kind: 'name', name: text }, recursive })
const index = (position: number) => ({ selector: { kind: 'index', index: position }, recursive: false })
const slice = (start: number | null, end: number | null, step = 1) => ({
  selector: { kind: 'slice', start, end, step },
  recursive: false,
})
const wildcard = (recursive = false) => ({ selector: { kind: 'wildcard' }, recursive })
const union = (...members: (string | number)[]) => ({
  selector: { kind: 'union', members },
  recursive: false,
})

describe('paths', () => {
  it.each([
    { path: '$', steps: [] },
    { path: ' $ ', steps: [] },
    { path: '$.traits.plan', steps: [name('traits'), name('plan')] },
    { path: '$ .a\n. b', steps: [name('a'), name('b')] },
    { path: "$['a b'].c", steps: [name('a b'), name('c')] },
    { path: '$[ "it\'s" ]', steps: [name("it's")] },
    { path: "$['a.b[0]*']", steps: [name('a.b[0]*')] },
    { path: "$['']", steps: [name('')] },
    { path: '$.a\\ b.\\2', steps: [name('a b'), name('2')] },
    { path: '$.null.in', steps: [name('null'), name('in')] },
    { path: '$.items[0][-1]', steps: [name('items'), index(0), index(-1)] },
    { path: '$.items[*].sku', steps: [name('items'), wildcard(), name('sku')] },
    { path: '$.*', steps: [wildcard()] },
    { path: '$[1:3]', steps: [slice(1, 3)] },
    { path: '$[:]', steps: [slice(null, null)] },
    { path: '$[ -2 : ]', steps: [slice(-2, null)] },
    { path: '$[::2]', steps: [slice(null, null, 2)] },
    { path: '$[1::]', steps: [slice(1, null)] },
    { path: '$[:-1:3]', steps: [slice(null, -1, 3)] },
    { path: '$[0, 2]', steps: [union(0, 2)] },
    { path: "$['a','b']", steps: [union('a', 'b')] },
    { path: '$..sku', steps: [name('sku', true)] },
    { path: "$..['sku']", steps: [name('sku', true)] },
    { path: '$..*', steps: [wildcard(true)] },
    { path: '$..[*]', steps: [wildcard(true)] },
    { path: '$.constructor.__proto__', steps: [name('constructor'), name('__proto__')] },
  ])('$path', ({ path, steps }) => {
    expect(parseJsonPath(path)).toEqual(steps)
  })

  it('ends where the path ends', () => {
    expect(scanJsonPath('a in $.b[0] and c', 5)).toEqual({ path: [name('b'), index(0)], end: 11 })
    expect(scanJsonPath('$ ', 0).end).toBe(1)
  })
})

describe('errors', () => {
  it.each([
    { path: '$.a[?(@.price > 10)]', column: 5, says: 'a trigger never runs code' },
    { path: '$.a[?@.price > 10]', column: 5, says: 'a trigger never runs code' },
    { path: '$.a[(@.length-1)]', column: 5, says: 'a trigger never runs code' },
    { path: '$.a[ ?(1)]', column: 6, says: 'a trigger never runs code' },
    { path: '$.a[0,?(1)]', column: 7, says: 'a trigger never runs code' },
    { path: '$..?(1)', column: 4, says: 'a trigger never runs code' },
    { path: '$..[?(1)]', column: 5, says: 'a trigger never runs code' },
    { path: '$.(1)', column: 3, says: 'a trigger never runs code' },
    { path: '$.a^', column: 4, says: 'the end of the path' },
    { path: '$.a~', column: 4, says: 'the end of the path' },
    { path: '$.a@string()', column: 4, says: 'the end of the path' },
    { path: '$.`a', column: 3, says: 'expected a name or `*`' },
    { path: '$..a..b', column: 5, says: 'at most one `..`' },
    { path: '$amount', column: 1, says: '`\\$amount`' },
    { path: 'a.b', column: 1, says: 'begins with `$`' },
    { path: '$.', column: 3, says: 'expected a name or `*` after `.`' },
    { path: '$..', column: 4, says: 'expected a name or `*` after `..`' },
    { path: '$.2fa', column: 3, says: "['2 go']" },
    { path: '$.a[sku]', column: 5, says: "['sku']" },
    { path: '$.a[]', column: 5, says: 'found `]`' },
    { path: '$.a[0', column: 6, says: 'expected `]`' },
    { path: '$.a[0,]', column: 7, says: 'found `]`' },
    { path: '$.a[0,1:2]', column: 8, says: 'expected `]`' },
    { path: '$.a[*,0]', column: 6, says: 'expected `]`' },
    { path: "$.a['b", column: 5, says: "expected a closing `'`" },
    { path: '$.a[0:1:0]', column: 9, says: 'a step of 1 or more' },
    { path: '$.a[::-1]', column: 7, says: 'a step of 1 or more' },
    { path: '$.a[12345678901]', column: 5, says: 'a smaller index' },
    { path: '$.a\\', column: 5, says: 'a character after `\\`' },
  ])('$path', ({ path, column, says }) => {
    expect(() => parseJsonPath(path)).toThrow(TriggerError)
    expect(() => parseJsonPath(path)).toThrow(`line 1, column ${column}: `)
    expect(() => parseJsonPath(path)).toThrow(says)
  })
})
