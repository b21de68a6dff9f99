import { expect, it } from 'vitest'
import { escapeForRegExp } from '../../src/core/escape-for-reg-exp.ts'

it.each(['a.b', 'a+b?', '^$', '(x)|[y]{2}', '\\d', 'a-z/'])('%s matches itself and nothing else', (text) => {
  expect(`<${text}>`.replace(new RegExp(escapeForRegExp(text)), '')).toBe('<>')
  expect(new RegExp(`^[${escapeForRegExp(text)}]+$`, 'u').test(text)).toBe(true)
  expect(new RegExp(`^${escapeForRegExp(text)}$`).test('aab')).toBe(false)
})
