import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTrigger } from '../../../src/match/trigger/compile.ts'
import { createTriggerExplainer, type Reason } from '../../../src/match/trigger/explain.ts'
import { formatReason } from '../../../src/match/trigger/explain-text.ts'

function why(trigger: string, event: unknown): string[] {
  const explained = createTriggerExplainer(trigger).explain(event)
  return explained.holds ? ['holds'] : formatReason(explained.reason)
}

const order = {
  type: 'track',
  event: 'Order Completed',
  userId: null,
  properties: { total: 42, name: 'Ann', tags: ['a', 'b'], active: 'yes', empty: '', rows: [] },
}

describe('the first part that was false', () => {
  it.each([
    ['is nothing where the trigger holds', 'type = "track"', ['holds']],
    [
      'is a comparison with the value seen',
      'type = "track" and properties.total > 100 and properties.name = "Bob"',
      ['properties.total > 100: properties.total is 42'],
    ],
    [
      'says what is missing',
      'properties.coupon = "X"',
      ['properties.coupon = "X": properties.coupon is missing'],
    ],
    ['tells null from missing', 'userId = "u1"', ['userId = "u1": userId is null']],
    ['names a field that is no bool', 'properties.active', ['properties.active: properties.active is "yes"']],
    [
      'names an index',
      '$.properties.tags[5] = "a"',
      ['$.properties.tags[5] = "a": $.properties.tags[5] is missing'],
    ],
    [
      'shows the list of a wildcard',
      '"c" in $.properties.tags[*]',
      ['"c" in $.properties.tags[*]: $.properties.tags[*] is ["a","b"]'],
    ],
    [
      'shows what a function gave and what it was given',
      'length(properties.name) > 5',
      ['length(properties.name) > 5: length(properties.name) is 3, properties.name is "Ann"'],
    ],
    [
      'leaves out that a function alone was false',
      'contains(event, "Refund")',
      ['contains(event, "Refund"): event is "Order Completed"'],
    ],
    [
      'shows a function that is no bool',
      'lowercase(type)',
      ['lowercase(type): lowercase(type) is "track", type is "track"'],
    ],
    ['shows both fields', 'type = event', ['type = event: type is "track", event is "Order Completed"']],
    [
      'shows a field once',
      'properties.total < properties.total',
      ['properties.total < properties.total: properties.total is 42'],
    ],
    ['says that a constant never holds', 'type = "track" and false', ['false: it never holds']],
    [
      'lists each part of an `or`',
      'type = "page" or type = "track" and event = "X"',
      [
        'none of 2 held: type = "page" or type = "track" and event = "X"',
        '  type = "page": type is "track"',
        '  event = "X": event is "Order Completed"',
      ],
    ],
    [
      'goes into a group, and shows its parentheses',
      'type = "track" and ( event = "A" or ( event = "B" ) )',
      [
        'none of 2 held: event = "A" or ( event = "B" )',
        '  event = "A": event is "Order Completed"',
        '  event = "B": event is "Order Completed"',
      ],
    ],
    [
      'is the value under a `!`',
      '!(type in ["track", "page"])',
      ['!(type in ["track", "page"]): type is "track"'],
    ],
    [
      'is the operand that held under a `!`',
      '!( type = "page" or type = "track" )',
      ['!( type = "page" or type = "track" ): type is "track"'],
    ],
    [
      'is every operand under a `!` before an `and`',
      '!( type = "track" and properties.total > 1 )',
      [
        '!( type = "track" and properties.total > 1 ) is false:',
        '  all 2 held: type = "track" and properties.total > 1',
        '    type = "track" holds: type is "track"',
        '    properties.total > 1 holds: properties.total is 42',
      ],
    ],
    [
      'goes through two `!`',
      '!!properties.coupon',
      [
        '!!properties.coupon is false:',
        '  !properties.coupon is true:',
        '    properties.coupon: properties.coupon is missing',
      ],
    ],
    ['puts a trigger of several lines on one', 'type\n  =\n  "page"', ['type = "page": type is "track"']],
    [
      'cuts what is long',
      `properties.name = "${'x'.repeat(300)}"`,
      [`properties.name = "${'x'.repeat(101)}…: properties.name is "Ann"`],
    ],
    [
      'lists six parts of an `or` at most',
      [1, 2, 3, 4, 5, 6, 7, 8].map((total) => `properties.total = ${total}`).join(' or '),
      expect.arrayContaining(['  and 2 more']),
    ],
  ])('%s', (_, trigger, expected) => {
    expect(why(trigger, order)).toEqual(expected)
  })

  it('says where it stands in the trigger', () => {
    const explained = createTriggerExplainer('type = "track"\n  and ( properties.total > 100 )').explain(
      order,
    )
    expect(explained).toMatchObject({
      holds: false,
      held: 1,
      failed: 1,
      reason: { part: { text: 'properties.total > 100', line: 2, column: 9 } },
    })
  })

  it.each([
    ['a long text', 'x'.repeat(1_000), `"${'x'.repeat(60)}…" (1,000 characters)`],
    ['controls', '\u001b[31m\n\u202e', '"\\u001b[31m\\n\\u202e"'],
    ['a text cut between surrogates', '🎉'.repeat(61), `"${'🎉'.repeat(60)}…" (122 characters)`],
    ['a bigint', 12345678901234567890n, '12345678901234567890'],
    ['an object', { a: 1n, b: [null] }, '{"a":"1","b":[null]}'],
    ['bytes', Buffer.from('abc'), '3 bytes'],
    [
      'a list of great depth',
      JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      'a deeply nested list',
    ],
    ['a time', new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('shows %s', (_, value, shown) => {
    expect(why('properties.a = 1', { properties: { a: value } })).toEqual([
      `properties.a = 1: properties.a is ${shown}`,
    ])
  })

  it.each([
    ['a text', 'x', 'true: the event is "x"'],
    ['a list', [1], 'true: the event is [1]'],
    ['nothing', undefined, 'true: the event is missing'],
  ])('of an event that is %s is all of it', (_, event, line) => {
    expect(why('true', event)).toEqual([line])
  })
})

describe('the explanation', () => {
  const path = fc.constantFrom('type', 'event', 'p.a', 'p.b', '$.p.c[0]', '$.p[*]', 'p . a')
  const literal = fc.constantFrom('"a"', "'b'", '1', '2', 'true', 'false', 'null', '["a", 1]', '[]')
  const { trigger } = fc.letrec<{ trigger: string; value: string; atom: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'value' },
      path,
      literal,
      tie('value').map((value) => `( ${value} )`),
      tie('value').map((value) => `length( ${value.replace(/^\d$|^true$|^false$/, '"x"')} )`),
      fc.tuple(path, path).map(([a, b]) => `contains(${a}, ${b})`),
      fc.tuple(path, path).map(([a, b]) => `[${a}, (${b})]`),
      tie('atom').map((atom) => `(${atom})`),
      path.map((a) => `match(${a}, "[ab]*")`),
      path.map((a) => `string(${a})`),
      path.map((a) => `typeof(${a})`),
    ),
    atom: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'atom' },
      fc
        .tuple(tie('value'), fc.constantFrom('=', '!=', '<', '<=', '>', '>=', 'in'), tie('value'))
        .map((parts) => parts.join(' ')),
      tie('value'),
    ),
    trigger: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'trigger' },
      tie('atom'),
      fc
        .tuple(tie('trigger'), fc.constantFrom('and', 'or'), tie('trigger'))
        .chain(([a, word, b]) =>
          fc.constantFrom(`${a} ${word} ${b}`, `(${a} ${word} ${b})`, `(${a}) ${word}(${b} )`),
        ),
      tie('trigger').chain((inner) => fc.constantFrom(`!(${inner})`, `!!( (${inner}))`)),
    ),
  }))
  const scalar = fc.constantFrom<unknown>('a', 'b', 1, 2, true, false, null, undefined)
  const event = fc.record({
    type: scalar,
    event: scalar,
    p: fc.oneof(
      scalar,
      fc.record({ a: scalar, b: scalar, c: fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })) }),
    ),
  })

  /** Triggers whose literals a function refuses are left out: parseTrigger does not take them. */
  function compiled(text: string): ((event: unknown) => boolean) | null {
    try {
      return compileTrigger(text)
    } catch {
      return null
    }
  }

  it('says that a trigger holds exactly when it matches, and names a part that was false', () => {
    const seen = { pairs: 0, matches: 0 }
    fc.assert(
      fc.property(trigger, fc.array(event, { minLength: 1, maxLength: 4 }), (text, events) => {
        const matches = compiled(text)
        if (matches === null) return
        const explainer = createTriggerExplainer(text)
        for (const candidate of events) {
          seen.pairs += 1
          const explained = explainer.explain(candidate)
          expect(explained.holds).toBe(matches(candidate))
          if (explained.holds) {
            seen.matches += 1
            continue
          }
          expect(heldBy(explained.reason)).toBe(false)
          for (const reason of allOf(explained.reason)) {
            const { part } = reason
            expect(text.slice(part.offset, part.offset + part.text.length)).toBe(part.text)
            // Every part that is named is a trigger too.
            expect(compileTrigger(part.text)(candidate)).toBe(heldBy(reason))
          }
          expect(explained.failed).toBeGreaterThan(0)
        }
      }),
      { numRuns: 2_500 },
    )
    expect(seen.pairs).toBeGreaterThan(5_000)
    expect(seen.matches / seen.pairs).toBeGreaterThan(0.2)
  })
})

function heldBy(reason: Reason): boolean {
  if (reason.kind === 'value' || reason.kind === 'not') return reason.holds
  return reason.kind === 'all_held'
}

function allOf(reason: Reason): Reason[] {
  if (reason.kind === 'not') return [reason, ...allOf(reason.operand)]
  return reason.kind === 'value' ? [reason] : [reason, ...reason.each.flatMap(allOf)]
}
