import { describe, expect, it } from 'vitest'
import { decodeJsonEvent } from '../../src/event/decode-json.ts'

describe('decoding a JSON event', () => {
  it.each([
    ['an object', '{"type":"track"}', { type: 'track' }],
    ['an object after a byte order mark', '\uFEFF{"type":"track"}', { type: 'track' }],
    ['an object with white space around it', ' \n{"a":1}\r\n', { a: 1 }],
    ['an empty object', '{}', {}],
    ['the last of two equal keys', '{"a":1,"a":2}', { a: 2 }],
  ])('takes %s', (_, text, event) => {
    expect(decodeJsonEvent(Buffer.from(text))).toEqual({ kind: 'event', event })
  })

  it('keeps a key named __proto__ as data', () => {
    const decoded = decodeJsonEvent(Buffer.from('{"__proto__":{"type":"track"}}'))
    expect(decoded.kind === 'event' && decoded.event.type).toBeUndefined()
  })

  it.each([
    ['text', 'not json', 'not_json', 'not valid JSON'],
    ['half an object', '{"type":', 'not_json', 'not valid JSON'],
    ['nothing', '', 'not_json', 'empty'],
    ['a list', '[{"type":"track"}]', 'not_an_object', 'a JSON list'],
    ['a string', '"track"', 'not_an_object', 'a JSON string'],
    ['a number', '5', 'not_an_object', 'a JSON number'],
    ['null', 'null', 'not_an_object', 'a JSON null'],
  ])('calls %s poison', (_, text, cause, detail) => {
    expect(decodeJsonEvent(Buffer.from(text))).toEqual({ kind: 'poison', cause, detail })
  })

  it('calls bytes that are not UTF-8 poison instead of changing them', () => {
    const latin1 = Buffer.from('{"name":"Zoë"}', 'latin1')
    expect(decodeJsonEvent(latin1)).toEqual({ kind: 'poison', cause: 'not_json', detail: 'not valid UTF-8' })
  })
})
