import { describe, expect, it } from 'vitest'
import {
  bytesToPeekAt,
  createMemberSearch,
  createTextLookup,
  isScalarAt,
  type PeekedValue,
  readValue,
} from '../../src/event/peek-json.ts'

function peekable(text: string): string {
  const bytes = bytesToPeekAt(Buffer.from(text))
  if (bytes === null) throw new Error(`${text} cannot be peeked at`)
  return bytes
}

/** Everything that stands under a key. */
function valuesUnder(key: string, text: string): PeekedValue[] {
  const found: PeekedValue[] = []
  createMemberSearch(key)(peekable(text), (bytes, at) => {
    found.push(readValue(bytes, at))
    return false
  })
  return found
}

describe('an event', () => {
  it.each([
    ['a plain object', Buffer.from('{"event":"A"}'), true],
    ['white space around it', Buffer.from(' \t\r\n{"event":"A"} \n'), true],
    ['letters beyond ASCII', Buffer.from('{"event":"Größe 😀"}'), true],
    ['what is no JSON between its braces', Buffer.from('{event: A}'), true],
    ['an escape', Buffer.from('{"event":"\\u0041"}'), false],
    ['an escaped key', Buffer.from('{"\\u0065vent":"A"}'), false],
    ['an escaped quote', Buffer.from('{"event":"a\\"b"}'), false],
    ['a byte order mark', Buffer.from('\uFEFF{"event":"A"}'), false],
    ['UTF-16, little end first', Buffer.from('{"event":"A"}', 'utf16le'), false],
    ['UTF-16, big end first', Buffer.from('{"event":"A"}', 'utf16le').swap16(), false],
    ['Latin-1', Buffer.from('{"event":"Größe"}', 'latin1'), false],
    ['an overlong sequence', Buffer.from([0x7b, 0xc0, 0xa2, 0x7d]), false],
    ['a list', Buffer.from('[{"event":"A"}]'), false],
    ['an object cut short', Buffer.from('{"event":"A"'), false],
    ['another kind of space around it', Buffer.from('\u00a0{"event":"A"}'), false],
    ['nothing', Buffer.alloc(0), false],
    ['spaces alone', Buffer.from('   '), false],
  ])('that is %s can be peeked at or not', (_, value, expected) => {
    expect(bytesToPeekAt(value) !== null).toBe(expected)
  })
})

describe('what stands under a key', () => {
  it.each([
    ['a text', 'event', '{"event":"A"}', ['A']],
    ['a text beyond ASCII', 'event', '{"event":"Größe 😀"}', ['Größe 😀']],
    ['a key beyond ASCII', 'größe', '{"größe":"A"}', ['A']],
    ['the empty text', 'event', '{"event":""}', ['']],
    ['white space around the colon', 'event', '{"event" \t\r\n : \n "A"}', ['A']],
    ['every one of two with the same key', 'event', '{"event":"A","event":"B"}', ['A', 'B']],
    ['at any depth', 'event', '{"a":[{"event":"B"}],"event":"A"}', ['B', 'A']],
    ['no text that is the same as the key', 'event', '{"a":"event","b":["event"]}', []],
    ['no longer key', 'event', '{"my event":"A","event_name":"B","event2":"C","revent":"D"}', []],
    ['a text that looks like a member', 'event', `{"a":"'event': A","event":"B"}`, ['B']],
    ['a key of one letter', 'a', '{"a":1,"b":"a"}', [1]],
    ['the empty key', '', '{"":"A"}', ['A']],
    ['a key of rare letters', 'xyz', '{"xy":1,"xyz":2}', [2]],
    ['a key at the very beginning', 'vent', '{"vent":1,"event":2}', [1]],
    [
      'numbers',
      'n',
      '{"n":0,"b":{"n":-12.5e3},"c":{"n":12345678901234567890}}',
      [0, -12_500, Number('12345678901234567890')],
    ],
    ['true, false and null', 'n', '{"n":true,"b":{"n":false},"c":{"n":null}}', [true, false, null]],
    ['a list and an object as unread', 'n', '{"n":["A"],"b":{"n":{"n":1}}}', [undefined, undefined, 1]],
    ['a text cut short as unread', 'n', '{"n":"A}', [undefined]],
  ])('is %s', (_, key, text, expected) => {
    expect(valuesUnder(key, text)).toEqual(expected)
  })

  it('is asked for until the first that will do', () => {
    const asked: PeekedValue[] = []
    const isFound = createMemberSearch('event')(
      peekable('{"event":"A","b":{"event":"B"},"c":{"event":"C"}}'),
      (bytes, at) => asked.push(readValue(bytes, at)) === 2,
    )
    expect(isFound).toBe(true)
    expect(asked).toEqual(['A', 'B'])
  })

  it.each([
    ['a known text', '"A"', 1],
    ['a known text beyond ASCII', '"Größe"', 2],
    ['a text that is longer', '"AB"', undefined],
    ['an inherited name', '"constructor"', undefined],
    ['a number', '1', undefined],
    ['a text cut short', '"A', undefined],
  ])('is looked up: %s', (_, value, expected) => {
    const lookup = createTextLookup(
      new Map([
        ['A', 1],
        ['Größe', 2],
        ['1', 3],
      ]),
    )
    expect(lookup(peekable(`{"a":${value}}`), 5)).toBe(expected)
  })

  it('is looked up: half of a pair hides no U+FFFD, which has the same bytes', () => {
    const lookup = createTextLookup(
      new Map([
        ['\ufffd', 1],
        ['\ud83d', 2],
      ]),
    )
    expect(lookup(peekable('{"a":"\ufffd"}'), 5)).toBe(1)
  })

  it.each([
    ['"a"', true],
    ['-1', true],
    ['true', true],
    ['false', true],
    ['null', true],
    ['[1]', false],
    ['{}', false],
  ])('is read or not: %s', (value, expected) => {
    expect(isScalarAt(peekable(`{"a":${value}}`), 5)).toBe(expected)
  })
})
