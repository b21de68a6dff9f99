import fc from 'fast-check'

/**
 * Events of few names and values, so that rules of as few match, written as no serialiser would: odd white space,
 * escapes where none are needed, a key twice, keys within lists and texts, and every now and then bytes that are no
 * JSON at all.
 */
export function hostileJson(): fc.Arbitrary<Buffer> {
  const text = fc.oneof({ weight: 3, arbitrary: event(PLAIN) }, { weight: 2, arbitrary: event(ESCAPED) })
  return fc.tuple(text, encoding).map(([written, encode]) => encode(written))
}

const encoding = fc.oneof(
  { weight: 30, arbitrary: fc.constant((text: string) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      (text: string) => Buffer.from(`\uFEFF${text}`),
      (text: string) => Buffer.from(text, 'latin1'),
      (text: string) => Buffer.from(text, 'utf16le'),
      (text: string) => Buffer.from(text, 'utf16le').swap16(),
      (text: string) => Buffer.from(text.slice(1)),
      (text: string) => Buffer.from(text.slice(0, -1)),
      (text: string) => Buffer.from(`[${text}]`),
      (text: string) => Buffer.from(text.replace(':', '')),
    ),
  },
)

const PLAIN_TEXTS = ['A', 'A', 'B', 'é 😀', 'event', '']
const QUOTED_TEXTS = ['a"b', 'a\\b', '"event":"A"']

/** How an event writes its texts: most without an escape. */
interface Style {
  texts: readonly string[]
  write: fc.Arbitrary<(text: string) => string>
}

const plain = (text: string): string => JSON.stringify(text)
const escaped = (text: string): string => {
  const [first = '', ...rest] = text.split('')
  if (first === '') return '""'
  const code = first.charCodeAt(0).toString(16).padStart(4, '0')
  return `"\\u${code}${plain(rest.join('')).slice(1)}`
}

const PLAIN: Style = { texts: PLAIN_TEXTS, write: fc.constant(plain) }
const ESCAPED: Style = {
  texts: [...PLAIN_TEXTS, ...QUOTED_TEXTS],
  write: fc.oneof(
    { weight: 4, arbitrary: fc.constant(plain) },
    { weight: 1, arbitrary: fc.constant(escaped) },
  ),
}

const space = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n', '\t\r\n ') },
)

function textValue({ write, texts }: Style): fc.Arbitrary<string> {
  return fc.tuple(write, fc.constantFrom(...texts)).map(([writeText, text]) => writeText(text))
}

function anyValue(style: Style): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: textValue(style) },
    { weight: 3, arbitrary: fc.constantFrom('1', '2.5', '-3', '1.0', '1e0', 'true', 'false', 'null') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('[]', '["A"]', '{}', '{"plan":"A"}', '{"event":"A"}', '[{"plan":"A"}]'),
    },
  )
}

function member(style: Style, key: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(style.write, space, space, value, space)
    .map(([write, before, after, written, end]) => `${write(key)}${before}:${after}${written}${end}`)
}

function object(members: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(space, ...members).map(([first, ...written]) => `{${first}${written.join(',')}}`)
}

function event(style: Style): fc.Arbitrary<string> {
  const of = (key: string, value = anyValue(style)) => member(style, key, value)
  const quoted = style === PLAIN ? [] : [of('a"b')]
  const inner = object([of('plan'), of('event'), of('é'), ...quoted])
  const fields = [
    of('event', textValue(style)),
    of('type'),
    of('userId'),
    of('properties', fc.oneof({ weight: 5, arbitrary: inner }, { weight: 1, arbitrary: anyValue(style) })),
    of('traits', inner),
    of(
      'items',
      inner.map((item) => `[${item}]`),
    ),
  ]
  const repeated = fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.oneof(...fields) },
  )
  return fc
    .tuple(fc.shuffledSubarray(fields, { minLength: 4 }), repeated)
    .chain(([chosen, again]) => object(again === null ? chosen : [...chosen, fc.constant(again)]))
}
