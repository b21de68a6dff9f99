import { describe, expect, it } from 'vitest'
import { compileTrigger } from '../../../src/match/trigger/compile.ts'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'

describe('a JSONPath in a trigger is refused at its place in the trigger', () => {
  it.each([
    { name: 'a filter in a JSONPath', text: 'a or\n $.b[?(@.x)]', at: [2, 6], says: 'never evaluated' },
    { name: 'a script in a JSONPath', text: '$.b[(@.length-1)] = 1', at: [1, 5], says: 'never evaluated' },
    { name: 'an emoji before the mistake', text: '$.🎉[b] = 1', at: [1, 6], says: "write `['b']`" },
    {
      name: 'a name behind the dollar',
      text: 'a = $plan',
      at: [1, 5],
      says: '`$.plan` for a path, `$.$plan` for',
    },
    { name: 'what is no more JSONPath', text: '$.a^ = 1', at: [1, 4], says: 'expected an operator' },
    { name: 'a range', text: '$.a..5 = 1', at: [1, 4], says: 'found `.`' },
  ])('$name: $text', ({ text, at: [line, column], says }) => {
    const refusal = expect(() => compileTrigger(text))
    refusal.toThrow(TriggerError)
    refusal.toThrow(expect.objectContaining({ line, column, reason: expect.stringContaining(says) }))
  })
})

describe('a JSONPath in a trigger ends where FQL goes on', () => {
  it.each([
    { text: '$.a=1', event: { a: 1 } },
    { text: '$.a>-1 and $.a<2', event: { a: 1 } },
    { text: '1 in $.a[*] and !$ . b', event: { a: [1] } },
    { text: 'length($.a[0,1])=2', event: { a: [1, 2] } },
    { text: '($.größe)="L"', event: { größe: 'L' } },
    { text: "$['it\\'s']=$.a", event: { "it's": 1, a: 1 } },
  ])('$text', ({ text, event }) => {
    expect(compileTrigger(text)(event)).toBe(true)
  })
})
