import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileLine, compileLinkUrl, TemplateError } from '../../../src/match/template/compile.ts'
import { NOW_MS } from './rendering.ts'

const context = { nowMs: NOW_MS }

describe('a slot of one line', () => {
  it.each([
    ['text stands as it is, markup included', '*now* <@U024BE7LH>', {}, '*now* <@U024BE7LH>'],
    ['data is escaped', '{{ $.x }}', { x: '<!channel> & co' }, '&lt;!channel&gt; &amp; co'],
    ['newlines of data in a row are one space', 'a {{ $.x }} b', { x: 'one\r\n\n\ntwo' }, 'a one two b'],
    ['separators of lines and paragraphs are newlines', '{{ $.x }}', { x: 'one\u2028\u2029two' }, 'one two'],
    ["the author's newlines are spaces too", 'one\ntwo\n', {}, 'one two'],
    ['what is not escaped is one line all the same', '{{{ $.x }}}', { x: '*a*\n> b' }, '*a* > b'],
    [
      "Liquid's tags and filters do their work",
      '{% if x %}{{ x | upcase }}{% endif %}',
      { x: 'a\nb' },
      'A B',
    ],
  ])('%s', (_, template, event, text) => {
    expect(compileLine(template).render(event, context)).toEqual({ kind: 'text', text, cut: false })
  })

  it.each([
    ['nothing', '{{ $.x }}', {}],
    ['white space', ' {{ $.x }} ', { x: '\n\t \n' }],
  ])('is empty where there is %s', (_, template, event) => {
    expect(compileLine(template).render(event, context)).toEqual({ kind: 'empty' })
  })

  it('never holds a line break, whatever the event', () => {
    const line = compileLine('{{ $.x }} {{ x }} {{{ $.x }}} {{ x | default: "y" }}')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, other) => {
        const rendered = line.render({ x: `${one}\n\r\u2028${other}` }, context)
        expect(rendered.kind === 'text' ? rendered.text : '').not.toMatch(/[\n\r\u2028\u2029]/)
      }),
    )
  })

  it('says where escaping is left out', () => {
    expect(compileLine('a {{{ $.x }}}').rawOutputs).toMatchObject([{ line: 1, column: 3 }])
  })
})

describe('the address of a link', () => {
  it.each([
    ['http', 'http://x.example/{{ $.id }}', { id: 7 }, 'http://x.example/7'],
    ['mailto', 'mailto:{{ $.mail }}', { mail: 'a@x.example' }, 'mailto:a@x.example'],
    [
      'an & is escaped once',
      'https://x.example/?a={{ $.a }}&b=2',
      { a: '1&c' },
      'https://x.example/?a=1&amp;c&amp;b=2',
    ],
    [
      'what would end it is encoded',
      '{{ $.url }}',
      { url: 'https://x.example/a b|c>d' },
      'https://x.example/a%20b%7Cc%3Ed',
    ],
    ['a line break is encoded', '{{ $.url }}', { url: 'https://x.example/a\nb' }, 'https://x.example/a%0Ab'],
    ['a scheme from data', 'http{{ $.s }}', { s: 's://x.example' }, 'https://x.example'],
    [
      'not escaped makes no difference',
      '{{{ $.url }}}',
      { url: 'https://x.example/?a&b' },
      'https://x.example/?a&amp;b',
    ],
    [
      'with tags',
      '{% if id %}https://x.example/{{ id }}{% endif %}',
      { id: 'a&b' },
      'https://x.example/a&amp;b',
    ],
  ])('%s', (_, template, event, text) => {
    expect(compileLinkUrl(template).render(event, context)).toEqual({ kind: 'text', text, cut: false })
  })

  it.each([
    ['data is missing', '{{ $.url }}', {}],
    ['it is another scheme', '{{ $.url }}', { url: 'javascript:alert(1)' }],
    ['it is no address', '{{ $.url }}', { url: 'shop.example.com' }],
    ['nothing follows the scheme', 'https://{{ $.host }}', {}],
    ['it is an empty text', '', {}],
  ])('is empty where %s', (_, template, event) => {
    expect(compileLinkUrl(template).render(event, context)).toEqual({ kind: 'empty' })
  })

  it.each([
    'shop.example.com/{{ $.id }}',
    'ftp://x.example',
    'javascript:{{ $.x }}',
    'https:/x',
    'http',
  ])('%s is refused', (template) => {
    expect(() => compileLinkUrl(template)).toThrow(TemplateError)
    expect(() => compileLinkUrl(template)).toThrow('a link begins with https://, http:// or mailto:')
  })

  it('can neither end its link nor begin another, whatever the event', () => {
    const address = compileLinkUrl('{{ $.url }}')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (end) => {
        const rendered = address.render({ url: `https://x.example/${end}` }, context)
        expect(rendered.kind === 'text' ? rendered.text : '<').not.toMatch(/[<>|\s]/)
      }),
    )
  })
})
