import { describe, expect, it } from 'vitest'
import { filtered, message } from './rendering.ts'

describe('money', () => {
  it.each<[unknown, string, string, string]>([
    [1234.5, 'money: "USD"', '$1,234.50', 'dollars'],
    [1234.5, 'money: "EUR"', '€1,234.50', 'euros'],
    [1234.5, 'money: "jpy"', '¥1,235', 'yen, which have no cents, in lower case'],
    [-5, 'money: "USD"', '-$5.00', 'a negative amount'],
    [0, 'money: "USD"', '$0.00', 'nothing'],
    ['129.5', 'money: "USD"', '$129.50', 'a number in text'],
    [' 7 ', 'money: "USD"', '$7.00', 'a number among blanks'],
    ['1e3', 'money: "USD"', '$1,000.00', 'a number with an exponent'],
    [12345678901234567890n, 'money: "USD"', '$12,345,678,901,234,567,890.00', 'a bigint'],
    [1234.5, 'money', '1,234.5', 'no currency'],
    [1234.5, 'money: $.nope', '1,234.5', 'a missing currency'],
    [1234.5, 'money: "dollars"', '1,234.5', 'a currency that is none'],
    [1234.5, 'money: "ZZZ"', '1,234.5', 'a code that names no currency'],
    [1234.5, 'money: "<b>"', '1,234.5', 'a currency that is markup'],
    [1234.5, 'money: 5', '1,234.5', 'a currency that is a number'],
    ['12 <b>', 'money: "USD"', '12 &lt;b&gt;', 'text that is no number'],
    ['1,234.50', 'money: "USD"', '1,234.50', 'text that is formatted already'],
    [null, 'money: "USD"', '', 'null'],
    [undefined, 'money: "USD" | default: "free"', 'free', 'a missing amount with a default'],
    [Number.NaN, 'money: "USD"', '', 'NaN'],
    [Number.POSITIVE_INFINITY, 'money: "USD"', '', 'infinity'],
    [true, 'money: "USD"', 'true', 'a boolean'],
    [{ a: 1 }, 'money: "USD"', '{"a":1}', 'an object'],
  ])('%o | %s is %j: %s', (value, filter, ...[expected]) => {
    expect(filtered(value, filter)).toBe(expected)
  })

  it('takes the currency from the event', () => {
    const properties = { total: 99, currency: 'GBP' }
    expect(message('{{ $.properties.total | money: $.properties.currency }}', { properties })).toBe('£99.00')
  })
})

describe('number', () => {
  it.each<[unknown, string, string]>([
    [1234567.891, 'number', '1,234,567.891'],
    ['1234567', 'number', '1,234,567'],
    [1234.5, 'number: 2', '1,234.50'],
    [1234.567, 'number: 0', '1,235'],
    [1234.5, 'number: "2"', '1,234.50'],
    [1234.5, 'number: -1', '1,234.5'],
    [1234.5, 'number: 500', '1,234.5'],
    [1234.5, 'number: "x"', '1,234.5'],
    ['many', 'number', 'many'],
    [null, 'number', ''],
    ['', 'number', ''],
    [`${'1'.repeat(100_000)}x`, 'number | truncate: 5', '11...'],
  ])('%o | %s is %j', (value, filter, expected) => {
    expect(filtered(value, filter)).toBe(expected)
  })
})
