import { describe, expect, it } from 'vitest'
import { DEFAULT_AT } from '../../src/author/test-cases.ts'
import { parseTests } from '../../src/author/test-syntax.ts'
import type { Config } from '../../src/config/config.ts'
import { lineAndColumn } from '../../src/config/source.ts'
import { configOf, KAFKA, loadText } from '../config/load-text.ts'

const DESTINATIONS = 'destinations: { sales: { type: blackhole }, vip: { type: blackhole } }\n'

async function config(kafka = 'kafka: { brokers: "localhost:9092", events: [orders] }\n'): Promise<Config> {
  return configOf(await loadText(kafka + DESTINATIONS))
}

/** A file with one test: what is given of it replaces or joins what is right. */
function fileWith(change: Record<string, string | null>): string {
  const lines = { name: 'a name', event: '{ type: track }', expect: 'none', ...change }
  const written = Object.entries(lines).flatMap(([key, value]) =>
    value === null ? [] : [`${key}: ${value}`],
  )
  return `tests:\n  - ${written.join('\n    ')}\n`
}

describe('a test', () => {
  it('has defaults for all but name, event and expectation', async () => {
    const { cases, findings } = parseTests({ file: 'a_test.yaml', text: fileWith({}) }, await config())
    expect(findings).toEqual([])
    expect(cases).toEqual([
      {
        name: 'a name',
        place: { source: expect.objectContaining({ file: 'a_test.yaml' }), offset: 11 },
        event: { type: 'track' },
        topic: 'orders',
        atMs: Date.parse(DEFAULT_AT),
        expected: new Map(),
      },
    ])
  })

  it.each([
    [
      'numbers, words and nothing',
      '{ a: 1.5, b: true, c: null, d: "1", e: 2026-01-01 }',
      { a: 1.5, b: true, c: null, d: '1', e: '2026-01-01' },
    ],
    [
      'names that options of the configuration have',
      '{ message: { id: 1 }, trigger: [1] }',
      { message: { id: 1 }, trigger: [1] },
    ],
    [
      'JSON',
      '{"type": "track", "properties": {"a": ["\\u00e9"]}}',
      { type: 'track', properties: { a: ['é'] } },
    ],
    [
      'what an anchor holds',
      '{ a: &it { b: 1 }, c: *it, d: { <<: *it, e: 2 } }',
      { a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 } },
    ],
  ])('may have an event of %s', async (_, event, expected) => {
    const { cases, findings } = parseTests({ file: 'a', text: fileWith({ event }) }, await config())
    expect(findings).toEqual([])
    expect(cases[0]?.event).toEqual(expected)
  })

  it('reads a key __proto__ as any other', async () => {
    const { cases } = parseTests(
      { file: 'a', text: fileWith({ event: '{ __proto__: { polluted: 1 } }' }) },
      await config(),
    )
    expect(JSON.stringify(cases[0]?.event)).toBe('{"__proto__":{"polluted":1}}')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it.each([
    ['an exact text', '{ sales: " one " }', [{ kind: 'exact', text: 'one' }]],
    ['a number as text', '{ sales: 5 }', [{ kind: 'exact', text: '5' }]],
    ['a text to contain', '{ sales: { contains: one } }', [{ kind: 'contains', parts: ['one'] }]],
    [
      'texts to contain',
      '{ sales: { contains: [" one", 2] } }',
      [{ kind: 'contains', parts: [' one', '2'] }],
    ],
    [
      'several messages',
      '{ sales: [one, { contains: two }] }',
      [
        { kind: 'exact', text: 'one' },
        { kind: 'contains', parts: ['two'] },
      ],
    ],
  ])('may expect %s', async (_, text, expected) => {
    const { cases, findings } = parseTests({ file: 'a', text: fileWith({ expect: text }) }, await config())
    expect(findings).toEqual([])
    expect(cases[0]?.expected).toEqual(new Map([['sales', expected]]))
  })

  it('takes its time and its topic', async () => {
    const text = fileWith({ at: '2026-01-02T03:04:05+01:00', topic: 'signups' })
    const { cases, findings } = parseTests({ file: 'a', text }, await config(KAFKA))
    expect(findings).toEqual([])
    expect(cases[0]).toMatchObject({ topic: 'signups', atMs: Date.UTC(2026, 0, 2, 2, 4, 5) })
  })
})

describe('a mistake in a test file', () => {
  const file = (text: string) => text
  it.each([
    ['an empty file', file(''), '1:1 the file is empty: a test file is a map with tests: and a list of them'],
    ['a list', file('- a'), '1:1 a test file is a map with tests: and a list of them'],
    ['another key', file('test: []'), '1:1 there is no such option; did you mean "tests"?'],
    ['no tests', file('tests: []'), '1:8 tests: must be a list with at least one test'],
    ['a test that is text', file('tests: [a]'), '1:9 a test is a map with name, event and expect'],
    ['broken YAML', file('tests:\n  - name: "a\n'), '2:11 the closing quote is missing'],
    [
      'a second document',
      `${fileWith({})}---\n${fileWith({})}`,
      '5:1 a second document begins here: one file holds one',
    ],
    [
      'none for one destination',
      fileWith({ expect: '{ sales: none }' }),
      '4:22 sales: expects no message: leave it out, or quote a text "none"',
    ],
    ['a tag', fileWith({ event: '!x { a: 1 }' }), '3:12 YAML takes the ! for a tag: quote the value'],
    ['a key twice', fileWith({ event: '{ a: 1, a: 2 }' }), '3:20 this key stands in the same map already'],
    ['an unknown key', fileWith({ expects: 'none' }), '5:5 there is no such option; did you mean "expect"?'],
    ['no name', fileWith({ name: null }), '2:5 name is missing: say in a few words what the test is about'],
    ['an empty name', fileWith({ name: '' }), '2:5 name: must be text'],
    [
      'no event',
      fileWith({ event: null }),
      '2:5 event is missing: write the event as a map, such as {type: track, event: Signed Up}',
    ],
    [
      'an event that is a list',
      fileWith({ event: '[]' }),
      '3:12 event: must be a map, such as {type: track, event: Signed Up}',
    ],
    [
      'a number JSON does not have',
      fileWith({ event: '{ a: .nan }' }),
      '3:12 an event is JSON, which has no such number',
    ],
    [
      'an alias of nothing',
      fileWith({ event: '{ a: *b }' }),
      '3:12 an alias in it repeats too much, or what stands nowhere above',
    ],
    [
      'an alias in a circle',
      fileWith({ event: '&a { b: *a }' }),
      '3:15 it is nested too deep, or in a circle',
    ],
    [
      'a topic that is not read',
      fileWith({ topic: 'order' }),
      '5:12 topic: the configuration reads no such topic; did you mean "orders"?',
    ],
    [
      'a time without zone',
      fileWith({ at: '2026-01-01T00:00:00' }),
      '5:9 at: must be a time with its zone such as 2026-01-01T00:00:00Z',
    ],
    [
      'no expectation',
      fileWith({ expect: null }),
      '2:5 expect is missing: write none, or a map from destination to text',
    ],
    [
      'another word than none',
      fileWith({ expect: 'nothing' }),
      '4:13 expect: must be none, or a map from destination to text',
    ],
    [
      'an empty expectation',
      fileWith({ expect: '{}' }),
      '4:13 expect: must be none, or a map from destination to text',
    ],
    [
      'a destination that is not there',
      fileWith({ expect: '{ sals: a }' }),
      '4:15 there is no such destination; did you mean "sales"?',
    ],
    [
      'a destination without text',
      fileWith({ expect: '{ sales: }' }),
      '4:15 sales: must be the text of a message, {contains: text}, or a list of these',
    ],
    [
      'a destination with no message',
      fileWith({ expect: '{ sales: [] }' }),
      '4:22 sales: expects no message: leave it out',
    ],
    [
      'another word than contains',
      fileWith({ expect: '{ sales: { has: a } }' }),
      '4:24 there is no such option; known are contains',
    ],
    [
      'nothing to contain',
      fileWith({ expect: '{ sales: { contains: "" } }' }),
      '4:34 contains: must be text',
    ],
  ])('%s is found with its place', async (_, text, expected) => {
    const { findings } = parseTests({ file: 'a_test.yaml', text }, await config())
    const told = findings.map(({ place, message }) => {
      const { line, column } = lineAndColumn(place)
      return `${line}:${column} ${message}`
    })
    expect(told).toEqual([expected])
  })

  it('leaves the other tests as they are, and every mistake is told', async () => {
    const text = `tests:
  - { name: good, event: {}, expect: none }
  - { nam: bad, event: {}, expect: non }
`
    const { cases, findings } = parseTests({ file: 'a', text }, await config())
    expect(cases.map(({ name }) => name)).toEqual(['good'])
    expect(findings).toHaveLength(2)
  })

  it('is a topic left out where there are several', async () => {
    const { findings } = parseTests({ file: 'a', text: fileWith({}) }, await config(KAFKA))
    expect(findings.map(({ message }) => message)).toEqual([
      'topic is missing: the configuration reads 2; known are orders, signups',
    ])
  })

  it('is too many aliases', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(20).fill(`*${of}`).join(', ')}]`
    const event = `{ a: &a [1], ${level('b', 'a')}, ${level('c', 'b')}, ${level('d', 'c')}, ${level('e', 'd')} }`
    const { findings } = parseTests({ file: 'a', text: fileWith({ event }) }, await config())
    expect(findings.map(({ message }) => message)).toEqual([
      'an alias in it repeats too much, or what stands nowhere above',
    ])
  })
})
