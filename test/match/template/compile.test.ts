import { describe, expect, it } from 'vitest'
import { compileMessage, compileTemplate } from '../../../src/match/template/compile.ts'
import { orderEvent as event } from './order-event.ts'
import { message, NOW_MS, render } from './rendering.ts'

describe('a message reads the event', () => {
  it.each([
    ['{{$.properties.name}}', 'Ada Lovelace', 'by JSONPath'],
    ['{{ properties.name }}', 'Ada Lovelace', 'by name'],
    ['{{{properties.name}}}', 'Ada Lovelace', 'in triple braces'],
    ['{{{ $.properties.name }}}', 'Ada Lovelace', 'in triple braces by JSONPath'],
    ["{{ $.properties['promo code'] }}", 'SPRING', 'by a name with a blank'],
    ['{{ properties["promo code"] }}', 'SPRING', "by Liquid's brackets"],
    ['{{ $.properties.items[0].sku }}', 'A', 'by index'],
    ['{{ $.properties.items[-1].sku }}', 'B', 'from the end'],
    ['{{ $.properties.items[*].sku }}', 'A, B', 'by wildcard'],
    ['{{ $..sku }}', 'A, B', 'by descent'],
    ['{{ $.properties.items[1:].sku }}', 'B', 'by slice'],
    ['{{ properties.items.last.sku }}', 'B', "by Liquid's own names"],
    ['{{ properties.items.size }}', '2', "by Liquid's size"],
    ['{{ properties.items[$.properties.tags[0]] | default: "-" }}', '-', 'by a path in brackets'],
    ['{{ $.properties.total | money: $.properties.currency }}', '€129.50', 'in the argument of a filter'],
    ['{{ properties.note | default: $.userId }}', 'u-42', 'as a default'],
    ['{% if $.traits.plan == "enterprise" %}big{% endif %}', 'big', 'in a condition'],
    [
      '{% if $.properties.tags contains "gift" and $.properties.vip %}yes{% endif %}',
      'yes',
      'in two conditions',
    ],
    ['{% unless $.properties.refunded %}kept{% endunless %}', 'kept', 'in unless'],
    ['{% if $.x %}a{% elsif $.properties.vip %}b{% else %}c{% endif %}', 'b', 'in elsif'],
    ['{% case $.traits.plan %}{% when "free" %}f{% when "enterprise" %}e{% endcase %}', 'e', 'in case'],
    ['{% for item in $.properties.items %}{{ item.sku }};{% endfor %}', 'A;B;', 'in a loop'],
    ["{% for t in $.properties['tags'] limit: 1 %}{{ t }}{% endfor %}", 'new', 'in a loop with a limit'],
    ['{% for i in (1..$.properties.items[0].price) limit: 3 %}{{ i }}{% endfor %}', '123', 'in a range'],
    ['{% assign city = $.properties.address.city | upcase %}{{ city }}', 'WIEN', 'in assign'],
    ['{%- liquid\n assign c = $.properties.address\n echo c.city\n-%}', 'Wien', 'in a liquid tag'],
    ['{%- if $.properties.vip -%}  x  {%- endif -%}', 'x', 'with white space control'],
  ])('%s is %j: %s', (template, expected) => {
    expect(message(template, event)).toBe(expected)
  })
})

describe('what is not a path stays as it is', () => {
  it.each([
    [
      'costs $5 or $.50, see $.properties.name',
      'costs $5 or $.50, see $.properties.name',
      'a dollar in the text',
    ],
    ['{{ "$.properties.name" }}', '$.properties.name', 'a dollar in a literal'],
    ['{{ "it\'s $5" | append: " $.x" }}', "it's $5 $.x", 'a dollar in an argument'],
    [
      '{% raw %}{{ $.properties.name }} {{{x}}}{% endraw %}',
      '{{ $.properties.name }} {{{x}}}',
      'a raw block',
    ],
    ['a{% comment %}{{ $.[ }} {% nonsense %} {{ x | nonsense }}{% endcomment %}b', 'ab', 'a comment'],
    ["a{% # isn't $.[ read %}b", 'ab', 'an inline comment'],
    ['{"a": {{ $.properties.total }}}', '{"a": 129.5}', 'braces around an output'],
    [
      '*bold* <!channel> <https://x.example|y> & </foo>',
      '*bold* <!channel> <https://x.example|y> & </foo>',
      "the author's markup",
    ],
  ])('%s gives %s: %s', (template, expected) => {
    expect(message(template, event)).toBe(expected)
  })

  it('does not read tags and outputs that stand in data', () => {
    const data = { text: '{{ $.secret }} {% raw %} {{{x}}}', secret: 'no' }
    expect(message('{{ $.text }} {{{ $.text }}} {{ $.text | append: "" }}', data)).not.toContain('no')
  })
})

describe('only own properties are read', () => {
  it.each([
    '{{ constructor }}',
    '{{ constructor.name }}',
    '{{ __proto__ }}',
    '{{ properties.toString }}',
    '{{ properties.constructor.constructor }}',
    '{{ properties["__proto__"] }}',
    '{{ properties.name.constructor }}',
    '{{ properties.tags.map }}',
    '{{ $.__proto__ }}',
    '{{ $..constructor }}',
    '{{ properties[$.key] }}',
    '{{ $.properties | map: "constructor" }}',
    '{{ $.properties | map: $.key }}',
    '{% assign k = "__proto__" %}{{ properties[k] }}',
  ])('%s is nothing', (template) => {
    expect(render(template, { ...event, key: 'constructor' })).toEqual({ kind: 'empty' })
  })

  it('and a template cannot change the event or the next rendering', () => {
    const frozen = JSON.stringify(event)
    const template = compileTemplate(
      '{% assign type = "x" %}{% increment userId %}{% increment n %}{{ type }}{{ n }}',
    )
    const first = template.render(event, { nowMs: NOW_MS })
    expect(first).toEqual({ kind: 'text', text: '00x1', cut: false })
    expect(template.render(event, { nowMs: NOW_MS })).toEqual(first)
    expect(JSON.stringify(event)).toBe(frozen)
  })
})

describe('a value that is no event', () => {
  it.each([[null], [undefined], ['text'], [5], [true], [[1, 2]]])('%o has no fields', (value) => {
    expect(render('{{ $.a }}{{ a }}{{ length }}{% if a %}x{% endif %}', value)).toEqual({ kind: 'empty' })
  })
})

describe('the message as a whole', () => {
  it.each([
    ['', 'nothing'],
    [' \n\t ', 'white space'],
    ['{{ $.nope }}', 'a missing field'],
    ['\n{% if $.nope %}x{% endif %}\n', 'a tag that writes nothing'],
    ['{{ $.blank }}', 'white space from data'],
  ])('%j is empty: %s', (template) => {
    expect(render(template, { blank: ' \r\n\u00a0' })).toEqual({ kind: 'empty' })
  })

  it('loses the white space around it, and keeps that within', () => {
    expect(message('\n  a\n\n  b \n')).toBe('a\n\n  b')
  })

  it('is cut at 4,000 units with an ellipsis, and says so', () => {
    expect(render('{{ $.x }}', { x: 'a'.repeat(4_000) })).toEqual({
      kind: 'text',
      text: 'a'.repeat(4_000),
      cut: false,
    })
    expect(render('{{ $.x }}', { x: 'a'.repeat(4_001) })).toEqual({
      kind: 'text',
      text: `${'a'.repeat(3_999)}…`,
      cut: true,
    })
    expect(message('{{ $.x }}', { x: '<'.repeat(4_000) })).toBe(`${'&lt;'.repeat(999)}…`)
    expect(message('a{{ $.x }}', { x: '🎉'.repeat(4_000) })).toBe(`a${'🎉'.repeat(1_999)}…`)
  })

  it('is cut before a link rather than in it', () => {
    const rendered = render(`${'a'.repeat(3_990)} {{ $.url | link: "the order" }}`, {
      url: 'https://x.example',
    })
    expect(rendered).toEqual({ kind: 'text', text: `${'a'.repeat(3_990)} …`, cut: true })
  })

  it('can be held to another length', () => {
    const template = compileTemplate('{{ $.x }}', { maxLength: 5 })
    expect(template.render({ x: 'abcdef' }, { nowMs: NOW_MS })).toEqual({
      kind: 'text',
      text: 'abcd…',
      cut: true,
    })
  })
})

describe('rendering fails as a value, without the event in the detail', () => {
  const big = 'secret-'.repeat(100_000)
  it.each<[string, object, string, string]>([
    [
      '{% for i in (1..99999999) %}{{ i }}{% endfor %}',
      {},
      'memory alloc limit exceeded',
      'a range beyond the limit',
    ],
    [
      '{% for i in (1..$.n) %}{{ i }}{% endfor %}',
      { n: 1e12 },
      'memory alloc limit exceeded',
      'a range from data',
    ],
    [
      '{% for i in (1..100) %}{{ $.big }}{% endfor %}',
      { big },
      'memory alloc limit exceeded',
      'too much output',
    ],
    [
      '{% for i in (1..40) %}{% assign x = x | append: $.big %}{% endfor %}',
      { big },
      'memory alloc limit',
      'growth',
    ],
    [
      'a\n {{ $.o | plus: 1 }}',
      { o: { toString: 1, valueOf: big } },
      'line 2, column 2',
      'data that is no number at all',
    ],
    ['{{ $.list | where: $.key, 1 }}', { list: [1], key: `a[${big}` }, 'line 1', 'a property that is none'],
    [
      '{{ $.deep }}',
      { deep: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
      'line 1',
      'nested too deep',
    ],
    [
      'x{{ $.deep }}{% if true %}{% endif %}',
      { deep: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
      'column 2',
      'nested too deep in Liquid',
    ],
  ])('%s fails: %#', (template, data, said) => {
    const rendered = render(template, data)
    expect(rendered).toEqual({ kind: 'failed', detail: expect.stringContaining(said) })
    expect(JSON.stringify(rendered).length).toBeLessThan(300)
  })

  it('ends loops that do nothing but take time', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index)
    const loop = '{% for a in $.list %}{% for b in $.list %}{% if b %}{% endif %}{% endfor %}{% endfor %}'
    const started = performance.now()
    expect(render(loop, { list })).toEqual({
      kind: 'failed',
      detail: expect.stringContaining('limit exceeded'),
    })
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('compileMessage', () => {
  it('gives the message as text', () => {
    expect(compileMessage('Hi {{ $.name }}')({ name: '<b>' }, { nowMs: NOW_MS })).toBe('Hi &lt;b&gt;')
  })

  it('gives an empty text where there is no message', () => {
    expect(compileMessage('{{ $.name }}')({}, { nowMs: NOW_MS })).toBe('')
  })

  it('throws where rendering fails', () => {
    const write = compileMessage('{% for i in (1..$.n) %}{% endfor %}')
    expect(() => write({ n: 1e12 }, { nowMs: NOW_MS })).toThrow('could not be rendered')
  })
})
