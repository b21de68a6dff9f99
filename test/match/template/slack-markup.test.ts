import { describe, expect, it } from 'vitest'
import { orderEvent as event } from './order-event.ts'
import { message, NOW_MS } from './rendering.ts'

describe('a value is shown as people read it', () => {
  it.each([
    ['{{ $.properties.vip }} {{ $.properties.refunded }}', 'true false', 'booleans'],
    ['{{ $.properties.total }} {{ 0 }} {{ -1.5 }}', '129.5 0 -1.5', 'numbers'],
    ['{{ $.properties.tags }}', 'new, gift', 'a list of scalars'],
    ['{{ $.properties.address }}', '{"city":"Wien","zip":1010}', 'an object'],
    ['{{ $.properties.items }}', '[{"sku":"A","price":10},{"sku":"B","price":20}]', 'a list of objects'],
    ['{{ (1..3) }}', '1, 2, 3', 'a range'],
    [
      '[{{ $.properties.note }}{{ $.nope }}{{ $.a.b.c }}{{ nope.x }}{{ nil }}{{ $.nope[*] }}{{ empty }}]',
      '[]',
      'nothing for what is missing',
    ],
    ['{{ $.nope | default: "there" }} {{ $.nope[*] | default: "none" }}', 'there none', 'a default'],
  ])('%s is %j: %s', (template, expected) => {
    expect(message(template, event)).toBe(expected)
  })

  it.each<[unknown, string]>([
    [[1, null, 'a', undefined, '', true], '1, a, true'],
    [[[1, 2], [3]], '[[1,2],[3]]'],
    [[], ''],
    [{}, '{}'],
    [Number.NaN, ''],
    [Number.POSITIVE_INFINITY, ''],
    [[Number.NaN, 1], '1'],
    [{ a: Number.NaN, b: undefined }, '{"a":null}'],
    [12n, '12'],
    [{ id: 5n, big: 12345678901234567890n }, '{"id":5,"big":"12345678901234567890"}'],
    [new Date(NOW_MS), '2023-11-14T22:13:20.000Z'],
    [new Date(Number.NaN), ''],
    [() => 'code', ''],
    [Symbol('s'), ''],
    [{ toString: 1, valueOf: 2 }, '{"toString":1,"valueOf":2}'],
    ['', ''],
  ])('%o is %j', (value, expected) => {
    expect(message('[{{ $.value }}]', { value })).toBe(`[${expected}]`)
    expect(message('[{% if true %}{{ $.value }}{% endif %}]', { value })).toBe(`[${expected}]`)
  })
})

describe('what comes from an event is escaped exactly once', () => {
  const escaped = '&lt;!channel&gt; &amp; &lt;@U1&gt;'
  it.each([
    ['{{ $.properties.evil }}', escaped, 'plainly'],
    ['{{ properties.evil }}', escaped, 'by name'],
    ['{{ $.properties.evil | upcase }}', '&lt;!CHANNEL&gt; &amp; &lt;@U1&gt;', 'through a filter'],
    [
      '{{ $.properties.evil | append: $.properties.evil | strip }}',
      `${escaped}${escaped}`,
      'through two filters',
    ],
    [
      '{{ $.properties.evil | split: " " | join: "|" }}',
      '&lt;!channel&gt;|&amp;|&lt;@U1&gt;',
      'split and joined',
    ],
    ['{{ $.properties.evil | split: " " | first }}', '&lt;!channel&gt;', 'in part'],
    ['{{ "%" | replace: "%", $.properties.evil }}', escaped, 'as an argument'],
    ['{{ nil | default: $.properties.evil }}', escaped, 'as a default'],
    ['{{ $.properties.evil | escape }}', escaped, 'by hand as well'],
    ['{{ $.properties.evil | escape_once | escape | xml_escape }}', escaped, 'by hand again'],
    ['{{ $.properties.evil | escape | append: "!" }}', `${escaped}!`, 'by hand too early'],
    ['{% assign x = $.properties.evil %}{{ x }}', escaped, 'assigned'],
    ['{% capture x %}{{ $.properties.evil }}{% endcapture %}{{ x }}', escaped, 'captured'],
    [
      '{% capture x %}{{ $.properties.evil }}{% endcapture %}{{ x | append: "!" }}',
      `${escaped}!`,
      'captured and filtered',
    ],
    [
      '{% capture x %}{% capture y %}{{ $.properties.evil }}{% endcapture %}{{ y }}{% endcapture %}{{ x }}',
      escaped,
      'captured twice',
    ],
    ['{% echo $.properties.evil %}', escaped, 'echoed'],
    ['{% cycle $.properties.evil, "x" %}', escaped, 'cycled'],
    [
      '{% for x in $.properties %}{% if x[0] == "evil" %}{{ x[1] }}{% endif %}{% endfor %}',
      escaped,
      'out of a loop',
    ],
    ['{{ $.properties | map: "evil" }}', escaped, 'mapped'],
    ['{{ $ | json | slice: 0, 0 }}{{ $.properties.evil | json }}', `"${escaped}"`, 'as JSON'],
    ['{{ $.properties.evil | url_encode | url_decode }}', escaped, 'encoded and decoded'],
    ['{{ $.properties.evil | base64_encode | base64_decode }}', escaped, 'encoded otherwise'],
    ['{% case 1 %}{% when 1 %}{{ $.properties.evil }}{% endcase %}', escaped, 'in a tag'],
  ])('%s: %s', (template, expected) => {
    expect(message(template, event)).toBe(expected)
  })

  it.each([
    ['{{ "<!here>" }}', '&lt;!here&gt;', 'a literal in an output'],
    ['{{ $.nope | default: "<!here>" }}', '&lt;!here&gt;', 'a literal default'],
    ['{% assign x = "<!here>" %}{{ x }}', '&lt;!here&gt;', 'a literal that was assigned'],
    ['{% capture x %}<!here>{% endcapture %}{{ x }}', '<!here>', 'but not text that was captured'],
    [
      '{% capture x %}<!here>{% endcapture %}{{ x | downcase }}',
      '&lt;!here&gt;',
      'until a filter made it plain text',
    ],
  ])('%s gives %s: %s', (template, expected) => {
    expect(message(template, event)).toBe(expected)
  })

  it.each([
    ['{{{ $.evil }}}', 'triple braces'],
    ['{{ $.evil | raw }}', 'raw'],
    ['{{ $.evil | strip | raw }}', 'raw after a filter'],
    ['{% assign x = $.evil | raw %}{{ x }}', 'raw before assign'],
  ])('%s leaves out escaping but not cleaning: %s', (template) => {
    expect(message(template, { evil: '<b>\0 &\u202e\r\n\ud800' })).toBe('<b> &\n\ufffd')
  })

  it('escapes what a filter made of raw text', () => {
    expect(message('{{ $.properties.evil | raw | upcase }}', event)).toBe(
      '&lt;!CHANNEL&gt; &amp; &lt;@U1&gt;',
    )
  })
})
