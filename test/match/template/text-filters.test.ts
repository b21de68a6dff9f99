import { filters as liquidFilters } from 'liquidjs'
import { describe, expect, it } from 'vitest'
import { MESSAGE_FILTERS } from '../../../src/match/template/filters.ts'
import { filtered, message, render } from './rendering.ts'

describe("Liquid's own filters", () => {
  it.each<[unknown, string, string]>([
    ['ada', 'upcase', 'ADA'],
    ['ada lovelace', 'capitalize', 'Ada lovelace'],
    ['  a  ', 'strip', 'a'],
    ['a-b-c', 'split: "-" | reverse | join: "+"', 'c+b+a'],
    ['a-b-c', 'replace: "-", "<"', 'a&lt;b&lt;c'],
    ['a\nb', 'strip_newlines', 'ab'],
    ['<p>a</p>', 'strip_html', 'a'],
    ['a b', 'url_encode', 'a+b'],
    [5, 'plus: 1 | times: 2', '12'],
    [7, 'divided_by: 0', ''],
    ['x', 'divided_by: 0', ''],
    ['x', 'divided_by: 0 | append: "!"', '!'],
    [-5.55, 'abs | round: 1', '5.6'],
    [[3, 1, 2], 'sort', '1, 2, 3'],
    [[1, 1, null], 'uniq | compact', '1'],
    [[{ a: 1 }, { a: 2 }], 'map: "a" | sum', '3'],
    [[{ a: 1 }, { a: 2 }], 'where: "a", 2', '[{"a":2}]'],
    [[1, 2], 'array_to_sentence_string', '1 and 2'],
    ['abc', 'size', '3'],
    ['abc', 'slice: 1, 2', 'bc'],
    [[1, 2, 3], 'slice: 1, 2', '2, 3'],
    ['x', 'sha256 | slice: 0, 8', '2d711642'],
  ])('%o | %s is %j', (value, filter, expected) => {
    expect(filtered(value, filter)).toBe(expected)
  })

  it('are all there, but for the ones that are left out for a reason', () => {
    const missing = Object.keys(liquidFilters).filter((name) => !MESSAGE_FILTERS.has(name))
    expect(missing.sort()).toEqual([
      ...['find_exp', 'find_index_exp', 'group_by_exp', 'has_exp', 'newline_to_br'],
      ...['reject_exp', 'sample', 'where_exp'],
    ])
  })
})

describe('filters on text see values as a message shows them', () => {
  it.each<[unknown, string, string]>([
    [{ a: 1 }, 'append: "!"', '{"a":1}!'],
    [[1, 2], 'append: "!"', '1, 2!'],
    [null, 'append: "!"', '!'],
    [Number.NaN, 'append: "!"', '!'],
    ['x', 'append: $.object', 'x{"a":1}'],
    ['x', 'prepend: $.nope', 'x'],
    [{ a: 1 }, 'upcase', '{"A":1}'],
    [{ a: 1 }, 'slice: 0, 3', '{"a'],
    [[{ a: 1 }, null, 'x'], 'join: "; "', '{"a":1}; ; x'],
    [{ a: 1 }, 'join', '{"a":1}'],
    [[{ a: 1 }, 2], 'array_to_sentence_string', '{"a":1} and 2'],
    [['x', null], 'array_to_sentence_string', 'x and '],
    [{ toString: 1 }, 'append: "!"', '{"toString":1}!'],
    ['a\r\nb', 'split: "\n" | join: "+"', 'a+b'],
    ['\ud800', 'url_encode', '%EF%BF%BD'],
    [['\ud800', 'a'], 'url_encode', '%EF%BF%BD%2C+a'],
    ['100%', 'url_decode', '100%'],
    ['%zz<', 'url_decode', '%zz&lt;'],
    ['not base64 <', 'base64_decode', 'not base64 &lt;'],
    ['PCFjaGFubmVsPg==', 'base64_decode', '&lt;!channel&gt;'],
  ])('%o | %s is %j', (value, filter, expected) => {
    expect(filtered(value, filter, { object: { a: 1 } })).toBe(expected)
  })
})

describe('truncate', () => {
  it.each([
    ['abcdef', 'truncate: 5', 'ab...', 'counts its dots'],
    ['abcdef', 'truncate: 6', 'abcdef', 'leaves what fits'],
    ['🎉🎉🎉🎉', 'truncate: 3, "…"', '🎉🎉…', 'counts and keeps code points'],
    ['🎉🎉🎉', 'truncate: 3', '🎉🎉🎉', 'leaves emoji that fit'],
    ['<<<<<<', 'truncate: 4', '&lt;...', 'cuts before it is escaped'],
  ])('%j | %s is %j: it %s', (value, filter, expected) => {
    expect(filtered(value, filter)).toBe(expected)
  })
})

describe('default', () => {
  it.each<[unknown, string]>([
    [null, 'there'],
    [undefined, 'there'],
    ['', 'there'],
    [[], 'there'],
    [false, 'there'],
    [0, '0'],
    ['x', 'x'],
  ])('of %o is %j', (value, expected) => {
    expect(filtered(value, 'default: "there"')).toBe(expected)
  })

  it('can leave false', () => {
    expect(filtered(false, 'default: "there", allow_false: true')).toBe('false')
  })

  it('fills in for text that was captured and is empty', () => {
    expect(message('{% capture x %}{{ nope }}{% endcapture %}{{ x | default: "there" }}')).toBe('there')
  })
})

describe('json', () => {
  it.each<[unknown, string, string]>([
    [{ a: ['<', 1n] }, 'json', '{"a":["&lt;",1]}'],
    [{ a: 1 }, 'json: 2', '{\n  "a": 1\n}'],
    ['x"', 'jsonify', '"x\\""'],
    [[1], 'inspect', '[1]'],
    [null, 'json', ''],
    [undefined, 'json', ''],
  ])('of %o | %s is %j', (value, filter, expected) => {
    expect(filtered(value, filter)).toBe(expected)
  })
})

describe('text that was captured', () => {
  it.each([
    ['{% if x == "a <b>" %}same{% endif %}', 'same', 'compares as text'],
    ['{% if x contains "<b>" %}there{% endif %}', 'there', 'is searched as text'],
    ['{% case x %}{% when "a <b>" %}hit{% endcase %}', 'hit', 'is a case'],
    ['{{ x.size }} {{ x | size }}', '5 5', 'has the size of its text'],
    ['{{ x | json }}', '"a &lt;b&gt;"', 'is a text in JSON'],
    ['{{ x | split: " " | last }}', '&lt;b&gt;', 'is split as text'],
    ['{% assign y = x %}{{ y }}', 'a &lt;b&gt;', 'can be assigned'],
  ])('%s gives %j: it %s', (template, expected) => {
    expect(message(`{% capture x %}a {{ $.name }}{% endcapture %}${template}`, { name: '<b>' })).toBe(
      expected,
    )
  })

  it('cannot grow without end', () => {
    const doubling = '{% capture x %}{{ x }}{{ x }}a{% endcapture %}'
    expect(render(`${doubling.repeat(30)}{{ x }}`).kind).toBe('failed')
  })
})
