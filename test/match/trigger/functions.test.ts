import { describe, expect, it } from 'vitest'
import { FUNCTIONS, type FunctionName } from '../../../src/match/trigger/functions.ts'

function call(name: FunctionName, ...args: [unknown, unknown?]): unknown {
  return FUNCTIONS[name].call(args[0], args[1])
}

const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)

describe('what the functions give', () => {
  it.each<{ name: FunctionName; args: [unknown, unknown?]; gives: unknown }>([
    { name: 'contains', args: ['abc', 'b'], gives: true },
    { name: 'contains', args: ['abc', ''], gives: true },
    { name: 'contains', args: ['abc', 'B'], gives: false },
    { name: 'contains', args: [['b'], 'b'], gives: false },
    { name: 'contains', args: [null, 'b'], gives: false },
    { name: 'contains', args: ['5', 5], gives: false },
    { name: 'match', args: ['abc', 'a*'], gives: true },
    { name: 'match', args: ['abc', '['], gives: false },
    { name: 'match', args: [null, '*'], gives: false },
    { name: 'match', args: ['null', null], gives: false },
    { name: 'match', args: [5, '5'], gives: false },
    { name: 'length', args: [''], gives: 0 },
    { name: 'length', args: ['ア'], gives: 3 },
    { name: 'length', args: ['🎉a'], gives: 5 },
    { name: 'length', args: [[1, [2, 3]]], gives: 2 },
    { name: 'length', args: [null], gives: 0 },
    { name: 'length', args: [5], gives: null },
    { name: 'length', args: [{ length: 5 }], gives: null },
    { name: 'lowercase', args: ['ÄB'], gives: 'äb' },
    { name: 'lowercase', args: [null], gives: null },
    { name: 'lowercase', args: [5], gives: null },
    { name: 'uppercase', args: ['straße'], gives: 'STRASSE' },
    { name: 'uppercase', args: [['a']], gives: null },
    { name: 'snakecase', args: ['test string'], gives: 'test_string' },
    { name: 'kebabcase', args: ['test string'], gives: 'test-string' },
    { name: 'titlecase', args: ['test string'], gives: 'Test String' },
    { name: 'titlecase', args: [null], gives: null },
    { name: 'typeof', args: [undefined], gives: 'null' },
    { name: 'typeof', args: [5n], gives: 'number' },
    { name: 'typeof', args: [{}], gives: 'object' },
    { name: 'bool', args: [true], gives: true },
    { name: 'bool', args: ['true'], gives: true },
    { name: 'bool', args: ['false'], gives: false },
    { name: 'bool', args: ['yes'], gives: false },
    { name: 'bool', args: [0], gives: false },
    { name: 'bool', args: [-0.5], gives: true },
    { name: 'bool', args: [Number.NaN], gives: false },
    { name: 'bool', args: [0n], gives: false },
    { name: 'bool', args: [[]], gives: false },
    { name: 'bool', args: [[0]], gives: true },
    { name: 'bool', args: [{}], gives: false },
    { name: 'bool', args: [null], gives: false },
    { name: 'string', args: [5], gives: '5' },
    { name: 'string', args: [12.5], gives: '12.5' },
    { name: 'string', args: [9007199254740993n], gives: '9007199254740993' },
    { name: 'string', args: [false], gives: 'false' },
    { name: 'string', args: ['x'], gives: 'x' },
    { name: 'string', args: [null], gives: null },
    { name: 'string', args: [[1, 'a', null]], gives: '[1,"a",null]' },
    { name: 'string', args: [{ a: 5n }], gives: '{"a":"5"}' },
    { name: 'string', args: [deep], gives: null },
    { name: 'number', args: [5], gives: 5 },
    { name: 'number', args: [5n], gives: 5n },
    { name: 'number', args: ['12.5'], gives: 12.5 },
    { name: 'number', args: ['+3'], gives: 3 },
    { name: 'number', args: ['-1e3'], gives: -1000 },
    { name: 'number', args: [''], gives: null },
    { name: 'number', args: [' 5'], gives: null },
    { name: 'number', args: ['5.'], gives: null },
    { name: 'number', args: ['0x10'], gives: null },
    { name: 'number', args: ['1e999'], gives: null },
    { name: 'number', args: ['x'], gives: null },
    { name: 'number', args: [true], gives: null },
    { name: 'number', args: [null], gives: null },
  ])('$name of $args', ({ name, args, gives }) => {
    expect(call(name, ...args)).toStrictEqual(gives)
  })
})
