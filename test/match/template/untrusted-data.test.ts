import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MESSAGE_FILTERS } from '../../../src/match/template/filters.ts'
import { render } from './rendering.ts'

/** Text that would be markup, that ends tokens, or that is not well-formed. */
const hostile = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<@U1>',
    '<https://x|y>',
    'https://x/|<b>',
    '&lt;',
    'javascript:x',
    '{{ $.a }}',
    '{% x %}',
  ),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '&',
      '|',
      '^',
      '\n',
      '\r',
      '\0',
      '\u202e',
      '\ud83c',
      '\udf89',
      'a',
      '5',
      'U',
      '"',
      '\\',
    ),
  }),
)
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'length', 'constructor', '__proto__', 'toString', 'then', 'size'),
  hostile,
)
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    hostile,
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e21,
      1_700_000_000,
      'U1',
      'USD',
      'https://x.example/a?b&c',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value
const event = fc.record({ a: value, b: value, c: value })

const NOT_ESCAPING = ['raw']
const filters = [...MESSAGE_FILTERS.keys()].filter((name) => !NOT_ESCAPING.includes(name))
const filter = fc
  .tuple(
    fc.constantFrom(...filters),
    fc.array(fc.constantFrom('$.b', '$.c', 'a', '2', '"x"', '"<"'), { maxLength: 2 }),
  )
  .map(([name, args]) => {
    const given = ['append', 'prepend'].includes(name) ? ['$.b'] : args
    return given.length === 0 ? name : `${name}: ${given.join(', ')}`
  })
const output = fc
  .tuple(fc.constantFrom('$.a', 'b', '$..a', 'a.b', '"<>&"'), fc.array(filter, { maxLength: 3 }))
  .map((parts) => parts.flat().join(' | '))
const statement = fc.oneof(
  output.map((shown) => `{{ ${shown} }}`),
  output.map((shown) => `{% assign x = ${shown} %}{{ x }}`),
  output.map((shown) => `{% capture x %}{{ ${shown} }}{% endcapture %}{{ x }}{{ x | upcase }}`),
  output.map((shown) => `{% echo ${shown} %}{% cycle ${shown.split(' | ')[0]}, "<" %}`),
  output.map((shown) => `{% for x in $.a %}{{ x }}{{ x | append: $.b }}{{ ${shown} }}{% endfor %}`),
  output.map(
    (shown) => `{% if $.a == $.b or $.a contains "<" %}{{ ${shown} }}{% else %}{{ $.c }}{% endif %}`,
  ),
)

/** What the filters link, mention and slack_date may write, and nothing that stands in a message else. */
const TOKENS =
  /<(?:[Hh][Tt][Tt][Pp][Ss]?:\/\/[^<>|\s]+|[Mm]ailto:[^<>|\s]+)(?:\|[^<>\n]+)?>|<[@#][A-Z][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<!date\^-?\d+\^[^<>|^\n]+\|[-+\d :]+UTC>/g
const ENTITIES = /&(?:amp|lt|gt);/g

describe('whatever the event holds, and whatever filters stand between', () => {
  it('the message has no bracket or ampersand of the event, and rendering never throws', () => {
    let messages = 0
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), event, (statements, data) => {
        const rendered = render(statements.join('\n'), data)
        if (rendered.kind === 'failed') expect(rendered.detail.length).toBeLessThanOrEqual(200)
        if (rendered.kind !== 'text') return
        messages += 1
        expect(rendered.text.replace(TOKENS, '').replace(ENTITIES, '')).not.toMatch(/[<>&]/)
        expect(rendered.text).not.toMatch(
          /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\r]|\p{Surrogate}/u,
        )
        expect(rendered.text).not.toMatch(/\[object |undefined|NaN|function/)
      }),
      { numRuns: 3_000 },
    )
    expect(messages).toBeGreaterThan(1_000)
  })

  it('text that filters leave as it is comes out as without them', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = render('[{{ $.a }}]', { a: text })
        for (const filters of [
          'append: "" | escape',
          'default: "x" | append: ""',
          'split: "\t" | join: "\t"',
        ]) {
          if (text === '') continue
          expect(render(`[{{ $.a | ${filters} }}]`, { a: text })).toEqual(once)
        }
      }),
    )
  })

  it('values that JSON cannot hold do not throw either', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withSparseArray: true, withNullPrototype: true }),
        (data) => {
          const rendered = render(
            '[{{ $.a }}{{ a }}{{ $ }}{{ $..a }}{% for x in a %}{{ x }}{% endfor %}]',
            data,
          )
          if (rendered.kind === 'text') expect(rendered.text.replace(ENTITIES, '')).not.toMatch(/[<>&]/)
        },
      ),
    )
  })
})
