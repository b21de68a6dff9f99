import { describe, expect, it } from 'vitest'
import { compileTemplate, TemplateError } from '../../../src/match/template/compile.ts'

describe('outputs without escaping are named', () => {
  it.each([
    ['{{ a }} {{ a | upcase }}', []],
    ['{{{ a }}}', [{ line: 1, column: 1 }]],
    [
      'x\n {{ a | raw }}{{{b}}}',
      [
        { line: 2, column: 9 },
        { line: 2, column: 15 },
      ],
    ],
    ['{% if a %}{% for b in a %}{{ b|raw | upcase }}{% endfor %}{% endif %}', [{ line: 1, column: 32 }]],
    [
      '{% assign x = a | raw %}{% echo b | raw %}',
      [
        { line: 1, column: 19 },
        { line: 1, column: 37 },
      ],
    ],
    ['{% liquid\n  echo a | raw\n%}', [{ line: 2, column: 12 }]],
    ['{% comment %}{{{ a }}}{{ b | raw }}{% endcomment %}{% raw %}{{{a}}}{% endraw %}{{ "| raw" }}', []],
  ])('%j at %j', (template, expected) => {
    const { rawOutputs } = compileTemplate(template)
    expect(rawOutputs.map(({ line, column }) => ({ line, column }))).toEqual(expected)
    for (const { offset } of rawOutputs) expect(template.slice(offset)).toMatch(/^(?:\{\{\{|raw)/)
  })
})

describe('a template that is wrong is refused with place, reason and what to do', () => {
  it.each([
    ['Hi\n  {{ a | upcas }}', '2:10', 'unknown filter "upcas"; did you mean "upcase"?'],
    ['{{ a | upcase | xyzzyqux }}', '1:17', 'unknown filter "xyzzyqux"'],
    ['{% if true %}{% assign x = a | monny: "USD" %}{% endif %}', '1:32', 'did you mean "money"?'],
    ['{% liquid\n echo a | monny\n%}', '2:11', 'did you mean "money"?'],
    ['{{ a | sample }}', '1:8', '"sample" is not available: it is random'],
    ['{{ a | append }}', '1:8', 'write what to add: append: "text"'],
    ['{{ a | newline_to_br }}', '1:8', 'Slack shows line breaks'],
    ['{{ a | where_exp: "x", "x.y" }}', '1:8', 'text as code'],
    ['{{ a | find_exp: "x", $.code }}', '1:8', 'text as code'],
    ['{{ a', '1:1', 'the output is not closed: }} is missing'],
    ['x {{{ a }} y', '1:3', 'the output is not closed: }}} is missing'],
    ['{% if a', '1:1', 'the tag is not closed: %} is missing'],
    ['x\n{% if a %}y', '2:1', '{% if %} is not closed: {% endif %} is missing'],
    ['{%- for a in b -%}{% if a %}{% endif %}', '1:1', '{% for %} is not closed: {% endfor %}'],
    ['{% raw %}x', '1:10', '{% raw %} is not closed'],
    ['{% comment %}x', '1:1', '{% comment %} is not closed'],
    ['{% capture a %}x', '1:1', '{% capture %} is not closed'],
    ['a {% endif %}', '1:3', '{% endif %} closes nothing'],
    ['{% if a %}{% endfor %}', '1:11', '{% endfor %} closes nothing'],
    ['{% else %}', '1:1', '{% else %} stands outside of {% if %}'],
    ['{% when 1 %}', '1:1', '{% when %} stands outside of {% case %}'],
    ['{% iff a %}', '1:1', 'unknown tag {% iff %}; did you mean "if"?'],
    ['{% if a %}{% elseif b %}{% endif %}', '1:11', 'unknown tag {% elseif %}; did you mean "elsif"?'],
    ['{% include "x" %}', '1:1', 'reads no files'],
    ['{% if a %}{% render "/etc/passwd" %}{% endif %}', '1:11', 'reads no files'],
    ['{% layout "x" %}', '1:1', 'reads no files'],
    ['{% block a %}{% endblock %}', '1:1', 'reads no files'],
    ['{% liquid\n render "x"\n%}', '2:2', 'reads no files'],
    ['{% tablerow a in b %}{% endtablerow %}', '1:1', 'Slack shows no HTML'],
    ['{{ $.items[?(@.price > 5)] }}', '1:12', 'never evaluated'],
    ['{{ $.items[(@.length-1)] }}', '1:12', 'never evaluated'],
    ['a\nb {{ x | default: $.a[ }}', '2:23', 'expected a quoted name'],
    ['{{ $. }}', '1:6', 'expected a name or `*`'],
    ['{{ $..a..b }}', '1:8', 'at most one `..`'],
    ['{{ $name }}', '1:4', 'write `$.name` for a path'],
    ['{{ $.items.0 }}', '1:12', 'an index is written `[0]`'],
    ['{{ $.a^ }}', '1:7', 'cannot read'],
    ['{% if a %}{% elsif $.x[ == 1 %}{% endif %}', '1:25', 'expected a quoted name'],
    ['{% for a in $.b[ %}{% endfor %}', '1:17', 'expected a quoted name'],
    ['{% if $.a = "x" %}{% endif %}', '1:11', '== compares'],
    ['{{ }}', '1:4', 'expected a value'],
    ['{{ | upcase }}', '1:4', 'expected a value'],
    ['{{ a b }}', '1:6', 'expected an operator or |'],
    ['{% if a == %}{% endif %}', '1:11', 'expected a value'],
    ['{% if == a %}{% endif %}', '1:7', 'expected a value'],
    ['{{ a, b }}', '1:5', 'cannot read'],
    ['{{ a ) }}', '1:6', 'cannot read'],
    ['{{ a | money "USD" }}', '1:14', 'expected ":"'],
    ['{% assign = 1 %}', '1:11', 'expected variable name'],
    ['{% for x of y %}{% endfor %}', '1:1', 'illegal tag'],
    ['{% %}', '1:4', 'tag name expected'],
    [`${'a'.repeat(100_001)}`, '1:100001', 'at most 100000 characters'],
  ])('%j at %s: %s', (template, position, reason) => {
    const [line, column] = position.split(':').map(Number)
    const refusal = expect(() => compileTemplate(template))
    refusal.toThrow(TemplateError)
    refusal.toThrow(expect.objectContaining({ line, column, reason: expect.stringContaining(reason) }))
  })

  it('shows the line with a caret under the place', () => {
    expect(() => compileTemplate('Hi\n\t{{ name | upcas }}!\nbye')).toThrow(
      'line 2, column 12: unknown filter "upcas"; did you mean "upcase"?\n  \t{{ name | upcas }}!\n  \t          ^',
    )
  })

  it('shows the part of a long line that matters', () => {
    const line = `${'a'.repeat(500)}{{ b | nope }}${'c'.repeat(500)}`
    expect(() => compileTemplate(line)).toThrow(
      `\n  …${'a'.repeat(53)}{{ b | nope }}${'c'.repeat(33)}…\n  ${' '.repeat(61)}^`,
    )
  })

  it('counts lines and columns behind emoji and blank lines', () => {
    expect(() => compileTemplate('🎉\n\n🎉{{ a | nope }}')).toThrow(
      expect.objectContaining({ offset: 13, line: 3, column: 10 }),
    )
  })
})
