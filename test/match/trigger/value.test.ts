import { describe, expect, it } from 'vitest'
import { equalValues, typeName } from '../../../src/match/trigger/value.ts'

const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`)

describe('equalValues', () => {
  it.each<{ name: string; a: unknown; b: unknown; equal: boolean }>([
    { name: 'numbers and texts differ', a: 1, b: '1', equal: false },
    { name: 'true and text differ', a: true, b: 'true', equal: false },
    { name: '0 and false differ', a: 0, b: false, equal: false },
    { name: '0 and -0 are equal', a: 0, b: -0, equal: true },
    { name: 'null and undefined are equal', a: null, b: undefined, equal: true },
    { name: 'null and false differ', a: null, b: false, equal: false },
    { name: 'NaN equals nothing', a: Number.NaN, b: Number.NaN, equal: false },
    { name: 'a bigint is a number', a: 5n, b: 5, equal: true },
    { name: 'a bigint and a fraction differ', a: 5n, b: 5.5, equal: false },
    { name: 'a bigint is compared exactly', a: 9007199254740993n, b: 9007199254740992, equal: false },
    { name: 'lists item by item', a: [1, ['x']], b: [1, ['x']], equal: true },
    { name: 'lists in order', a: [1, 2], b: [2, 1], equal: false },
    { name: 'lists of other length', a: [1], b: [1, 1], equal: false },
    { name: 'a list and an object differ', a: [], b: {}, equal: false },
    { name: 'a list and null differ', a: [], b: null, equal: false },
    { name: 'objects in any order', a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, equal: true },
    { name: 'objects with other keys', a: { x: null }, b: { y: null }, equal: false },
    { name: 'a key that the prototype has is not there', a: { toString: 1 }, b: { x: 1 }, equal: false },
    { name: 'bigints in lists', a: [5n], b: [5], equal: true },
    { name: 'two Maps differ', a: new Map(), b: new Map(), equal: false },
    { name: 'bytes and an object differ', a: Buffer.from('a'), b: { 0: 97 }, equal: false },
  ])('$name', ({ a, b, equal }) => {
    expect(equalValues(a, b)).toBe(equal)
    expect(equalValues(b, a)).toBe(equal)
  })

  it('compares values of any depth', () => {
    expect(equalValues(deep(100_000), deep(100_000))).toBe(true)
    expect(equalValues(deep(100_000), deep(100_001))).toBe(false)
  })
})

describe('typeName', () => {
  it.each([
    { value: '', type: 'string' },
    { value: 0, type: 'number' },
    { value: 0n, type: 'number' },
    { value: Number.NaN, type: 'number' },
    { value: false, type: 'bool' },
    { value: [], type: 'list' },
    { value: {}, type: 'object' },
    { value: new Map(), type: 'object' },
    { value: null, type: 'null' },
    { value: undefined, type: 'null' },
  ])('$type', ({ value, type }) => {
    expect(typeName(value)).toBe(type)
  })
})
