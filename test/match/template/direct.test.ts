import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileDirect } from '../../../src/match/template/direct.ts'
import { parseMessage } from '../../../src/match/template/message-parser.ts'
import { render } from './rendering.ts'

const OUTPUTS = [
  ...['{{ $ }}', '{{ $.a }}', '{{$.a.b}}', "{{ $['a b'] }}", '{{ $.a[0] }}', '{{ $.a[*] }}', '{{ $..b }}'],
  ...[
    '{{ a }}',
    '{{ a.b }}',
    '{{a.b.c}}',
    '{{ a.length }}',
    '{{ b.a }}',
    '{{ nope.x }}',
    '{{{ a }}}',
    '{{{ $.a }}}',
  ],
  ...[
    '{{ a.0 }}',
    '{{ constructor }}',
    '{{ a.__proto__ }}',
    '{{ a.toString.name }}',
    '{{- a -}}',
    ' text <b> & ',
  ],
]

const json = fc.jsonValue({ maxDepth: 4 })
const key = fc.constantFrom('a', 'b', 'c', 'a b', 'length', 'constructor', '__proto__', 'toString', '0')
const nested = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    json,
    tie('object'),
    fc.array(tie('value')),
  ),
  object: fc.dictionary(key, tie('value')),
})).object

describe('the short cut', () => {
  it.each(OUTPUTS)('is taken for %s', (template) => {
    expect(compileDirect(parseMessage(template).nodes)).not.toBeNull()
  })

  it.each([
    '{{ a | upcase }}',
    '{{ a.size }}',
    '{{ a.first }}',
    '{{ a.last.b }}',
    '{{ a[0] }}',
    '{{ a[b] }}',
    '{{ a == b }}',
    '{{ "a" }}',
    '{{ true }}',
    '{% if a %}{% endif %}',
    '{% raw %}a{% endraw %}',
  ])('is left to Liquid for %s', (template) => {
    expect(compileDirect(parseMessage(template).nodes)).toBeNull()
  })

  it('says what Liquid says, whatever the event', () => {
    fc.assert(
      fc.property(fc.oneof(nested, json), fc.subarray(OUTPUTS), (event, outputs) => {
        const template = `[${outputs.join('|')}]`
        expect(render(template, event)).toEqual(render(`${template}{% if true %}{% endif %}`, event))
      }),
      { numRuns: 500 },
    )
  })
})
