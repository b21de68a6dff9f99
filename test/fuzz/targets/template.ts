import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { compileTemplate, TemplateError } from '../../../src/match/template/compile.ts'
import { MESSAGE_FILTERS } from '../../../src/match/template/filters.ts'
import { MESSAGE_TAGS } from '../../../src/match/template/tags.ts'
import { eventText, readEvent } from '../events.ts'
import { mutatedText, soup } from '../mutate.ts'
import { type Growing, requireCleanPrototypes, requireSyntaxError, type Target } from '../target.ts'

const DOC = readFileSync(new URL('../../../docs/messages.md', import.meta.url), 'utf8')
const CORPUS = [...DOC.matchAll(/`([^`\n]*\{[{%][^`\n]*)`/g)].map(([, text = '']) =>
  text.replaceAll('\\|', '|'),
)

const FILTERS = [...MESSAGE_FILTERS.keys()]
const TAGS = [...MESSAGE_TAGS.keys()]

const PIECES = [
  ...FILTERS.map((name) => `| ${name}`),
  ...TAGS.flatMap((name) => [name, `{% ${name} %}`, `{% end${name} %}`]),
  '{{',
  '}}',
  '{{{',
  '}}}',
  '{%',
  '%}',
  '{%-',
  '-%}',
  '{{-',
  '-}}',
  '|',
  ':',
  ',',
  '"',
  "'",
  '.',
  '..',
  '[',
  ']',
  '(',
  ')',
  '=',
  '==',
  '!=',
  '<',
  '>',
  'and',
  'or',
  'contains',
  'not',
  '$',
  '$.',
  '$.a',
  '$.properties.name',
  '$..a',
  '$.properties.items[*].a',
  'properties.name',
  '__proto__',
  'constructor',
  'properties["a"]',
  'properties[$.a]',
  'x in',
  '(1..3)',
  '(1..99999999)',
  'item',
  'forloop.index',
  'limit: 2',
  'offset: 1',
  'reversed',
  '0',
  '1',
  '-1',
  '1.5',
  '"%Y-%m-%d"',
  '"USD"',
  '"now"',
  'nil',
  'true',
  'false',
  'empty',
  'blank',
  ' ',
  '\n',
  '🎉',
  '<!here>',
  '&',
  '```',
  '\\',
]

/** Sentences of the language. */
const output = fc
  .tuple(
    fc.constantFrom(
      '$.a',
      '$.properties.name',
      'properties',
      '$',
      '$..a',
      '"text"',
      '5',
      'traits.plan',
      'properties.items',
      'type',
      '"now"',
    ),
    fc.array(
      fc.tuple(
        fc.constantFrom(...FILTERS),
        fc.array(fc.constantFrom('1', '-1', '"a"', '$.properties.total', '100000000', '""', 'properties'), {
          maxLength: 3,
        }),
      ),
      { maxLength: 3 },
    ),
  )
  .map(
    ([value, filters]) =>
      `{{ ${value}${filters.map(([name, args]) => ` | ${name}${args.length === 0 ? '' : `: ${args.join(', ')}`}`).join('')} }}`,
  )

const { sentence } = fc.letrec<{ sentence: string }>((tie) => ({
  sentence: fc.oneof(
    { depthSize: 'small' },
    output,
    fc.constantFrom(
      'text',
      ' ',
      '{% assign x = properties.total %}',
      '{{ x }}',
      '{% increment x %}',
      '{% cycle "a", "b" %}',
      '{% break %}',
    ),
    fc.array(tie('sentence'), { maxLength: 4 }).map((parts) => parts.join('')),
    tie('sentence').map((inner) => `{% if properties.total > 1 %}${inner}{% else %}no{% endif %}`),
    tie('sentence').map((inner) => `{% for item in properties.items %}${inner}{{ item.a }}{% endfor %}`),
    tie('sentence').map((inner) => `{% for item in (1..30) %}${inner}{% endfor %}`),
    tie('sentence').map((inner) => `{% capture y %}${inner}{% endcapture %}{{ y }}`),
    tie('sentence').map((inner) => `{% raw %}${inner}{% endraw %}`),
  ),
}))

const text = fc.oneof(
  output,
  sentence,
  mutatedText(CORPUS, PIECES),
  soup(PIECES),
  fc.string({ unit: 'binary' }),
)

const MOST_LENGTH = 4_000
const NOW_MS = Date.parse('2026-01-31T08:00:00Z')

function check({ text, event }: { text: string; event: string }): void {
  let template: ReturnType<typeof compileTemplate>
  try {
    template = compileTemplate(text)
  } catch (error) {
    requireSyntaxError(error, TemplateError, text)
    return
  }
  const value = readEvent(event)
  const rendered = template.render(value, { nowMs: NOW_MS })
  if (JSON.stringify(value) !== JSON.stringify(readEvent(event))) throw new Error('the event was changed')
  if (rendered.kind === 'failed') {
    if (rendered.detail === '' || /[\n\r]/.test(rendered.detail))
      throw new Error('a failure without its sentence')
    return
  }
  if (rendered.kind === 'empty') return
  if (rendered.text.length > MOST_LENGTH || rendered.text.trim() === '')
    throw new Error('too long, or nothing')
  if (!rendered.text.isWellFormed() && text.isWellFormed()) throw new Error('half a character')
}

const MOST = 100_000

const repeated = (piece: string, run: (text: string) => void): Growing => ({
  what: `a template of ${JSON.stringify(piece)}`,
  most: MOST,
  ofSize: (size) => piece.repeat(Math.max(1, Math.floor(Math.min(size, MOST) / piece.length))),
  run: (input) => run(String(input)),
})

/** Compiling only: rendering has limits of its own. */
const compiled = (input: string): void => {
  try {
    compileTemplate(input)
  } catch (error) {
    requireSyntaxError(error, TemplateError, input)
  }
}

const LONG_DATA = [
  'escape',
  'strip_html',
  'squish',
  'truncate: 10',
  'truncatewords: 5',
  'normalize_whitespace',
  'strip',
  'slugify',
  'link: "x"',
  'mention',
  'ago',
  'money',
  'number',
  'slack_date',
  'date: "%Y"',
  'upcase',
  'split: " "',
  'url_encode',
  'capitalize',
  'number_of_words',
  'remove: "a"',
  'strip_newlines',
  'lstrip',
  'rstrip',
  'inspect',
]

const growing: Growing[] = [
  ...[
    '{{',
    '{{ a }}',
    '{%',
    '}}',
    '{',
    '{{{',
    '{{ "',
    '{{ a | ',
    '{{ $.a',
    '{% if a %}',
    '{% for a in b %}',
    '{% comment %}',
    '{% raw %}',
    ' ',
    '\n',
    '{%- ',
    '-}}',
    'a',
    '{{ $..',
    '{{ (1..',
    '{{ a[',
    "{{ $['",
  ].map((piece) => repeated(piece, compiled)),
  ...LONG_DATA.flatMap((filter) =>
    ['a', ' ', '<a ', '&', '\n', 'https://a', '1', '<', '-', ' \n'].map(
      (unit): Growing => ({
        what: `a text of ${JSON.stringify(unit)} through ${filter}`,
        most: 200_000,
        ofSize: (size) => unit.repeat(Math.ceil(Number(size) / unit.length)),
        run(value) {
          compileTemplate(`{{ $.v | ${filter} }}`).render({ v: value }, { nowMs: NOW_MS })
        },
      }),
    ),
  ),
]

export const template: Target = {
  name: 'template',
  growing,
  property: (watch) =>
    fc.asyncProperty(fc.record({ text, event: eventText }), async (input) => {
      watch(input)
      check(input)
      requireCleanPrototypes()
    }),
}
