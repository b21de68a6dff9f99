import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTrigger } from '../../../src/match/trigger/compile.ts'

describe('hostile events', () => {
  const triggers = [
    'properties.a = properties.b',
    'properties.a in properties.b',
    'properties.a < properties.b',
    'contains(properties.a, properties.b)',
    'match(properties.a, properties.b)',
    'length(properties.a) > 3',
    'string(properties.a) = string(properties.b)',
    'number(properties.a) = number(properties.b)',
    'bool(properties.a) and snakecase(properties.b) = kebabcase(properties.a)',
    'titlecase(properties.a) = uppercase(properties.b)',
    '$..a = $.properties[*]',
    '$.properties.a[0:2].b in $..*',
    '"x" in $.properties.*.*.a',
    'properties.a.b.c.d = $.properties.b[-1][0]',
    '$ = properties',
  ].map(compileTrigger)

  const everything = (a: unknown, b: unknown): boolean[] =>
    triggers.map((matches) => matches({ properties: { a, b } }))

  it('never make a trigger throw', () => {
    const odd = fc.constantFrom<unknown>(
      10n ** 400n,
      Number.NaN,
      undefined,
      new Map([['a', 1]]),
      new Date(Number.NaN),
      Buffer.from('x'),
      '\uD83C',
      'a*[',
      '__proto__',
    )
    const value = fc.oneof(
      odd,
      fc.anything({
        withBigInt: true,
        withMap: true,
        withDate: true,
        withTypedArray: true,
        withNullPrototype: true,
      }),
    )
    fc.assert(
      fc.property(value, value, (a, b) => {
        for (const result of everything(a, b)) expect(result).toBeTypeOf('boolean')
      }),
      { numRuns: 2_000, seed: 1 },
    )
  })

  it.each([
    {
      name: 'a list of great depth',
      make: (): unknown => JSON.parse(`${'['.repeat(400_000)}${']'.repeat(400_000)}`),
    },
    {
      name: 'an object of great depth',
      make: (): unknown => JSON.parse(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`),
    },
    { name: 'a long list', make: (): unknown => Array.from({ length: 200_000 }, (_none, index) => index) },
    { name: 'a long repetitive text', make: (): unknown => `${'a'.repeat(250_000)}b${'a'.repeat(250_000)}` },
    { name: 'a long pattern', make: (): unknown => `${'*a?'.repeat(150_000)}` },
    { name: 'a long text of digits', make: (): unknown => '9'.repeat(500_000) },
    { name: 'a long text of capitals', make: (): unknown => 'aB'.repeat(250_000) },
  ])('take bounded time and stack with $name', ({ make }) => {
    for (const result of everything(make(), make())) expect(result).toBeTypeOf('boolean')
    for (const result of everything('a'.repeat(500_000), make())) expect(result).toBeTypeOf('boolean')
  }, 10_000)
})
