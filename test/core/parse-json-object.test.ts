import { expect, it } from 'vitest'
import { parseJsonObject } from '../../src/core/parse-json-object.ts'

it.each<[string, object | null, string]>([
  ['{"a":1}', { a: 1 }, 'an object'],
  [' {} ', {}, 'white space around it'],
  ['[{"a":1}]', null, 'a list'],
  ['null', null, 'null'],
  ['"{}"', null, 'a text'],
  ['{"a":1', null, 'an object cut short'],
  ['<html>', null, 'no JSON'],
  ['', null, 'nothing'],
])('%j is %j: %s', (text, expected) => {
  expect(parseJsonObject(text)).toEqual(expected)
})
