import { describe, expect, it } from 'vitest'
import { parsePayload } from '../../../src/demo/simulator/payload.ts'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

function parse(contentType: string, body: string | Buffer) {
  return parsePayload(contentType, typeof body === 'string' ? Buffer.from(body) : body)
}

describe('parsePayload accepts', () => {
  it.each([
    [JSON_TYPE, '{"text":"hello"}', 'plain JSON'],
    ['Application/JSON; charset=utf-8', '{"text":"hello"}', 'a charset, in any case'],
    [FORM_TYPE, `payload=${encodeURIComponent('{"text":"hello"}')}`, 'a form with a payload'],
    [FORM_TYPE, 'text=hello&token=x', 'a form of arguments'],
    [JSON_TYPE, '{"text":"hello","username":null,"channel":"","unfurl_links":false}', 'empty overrides'],
  ])('%s %s: %s', (contentType, body) => {
    expect(parse(contentType, body)).toEqual({
      ok: true,
      payload: { text: 'hello', channel: null, username: null, icon_url: null, icon_emoji: null },
    })
  })

  it('cuts a text as Slack does', () => {
    const parsed = parse(JSON_TYPE, JSON.stringify({ text: 'a'.repeat(40_001) }))
    expect(parsed).toMatchObject({ ok: true, payload: { text: 'a'.repeat(40_000) } })
  })
})

describe('parsePayload refuses', () => {
  it.each<[string, string | Buffer, string, string]>([
    [JSON_TYPE, '', 'invalid_payload', 'nothing'],
    [JSON_TYPE, '{"text":"hel', 'invalid_payload', 'half of it'],
    [JSON_TYPE, '["text"]', 'invalid_payload', 'a list'],
    [JSON_TYPE, 'null', 'invalid_payload', 'null'],
    [JSON_TYPE, '"text"', 'invalid_payload', 'a string'],
    [JSON_TYPE, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid_payload', 'bytes that are no UTF-8'],
    ['text/plain', '{"text":"hello"}', 'invalid_payload', 'another content type'],
    ['', '{"text":"hello"}', 'invalid_payload', 'no content type'],
    [FORM_TYPE, 'payload=hello', 'invalid_payload', 'a form whose payload is no JSON'],
    [JSON_TYPE, '{"text":42}', 'invalid_payload', 'a text of another type'],
    [JSON_TYPE, '{"text":"hello","username":["x"]}', 'invalid_payload', 'an override of another type'],
    [JSON_TYPE, '{"text":"hello","unfurl_links":{}}', 'invalid_payload', 'a flag of another type'],
    [JSON_TYPE, '{}', 'no_text', 'no text'],
    [JSON_TYPE, '{"text":""}', 'no_text', 'an empty text'],
    [JSON_TYPE, '{"text":" \\n "}', 'no_text', 'a blank text'],
    [
      JSON_TYPE,
      JSON.stringify({ text: 'x', attachments: Array(101).fill({}) }),
      'too_many_attachments',
      '101',
    ],
  ])('%s %s with %s: %s', (contentType, body, refusal) => {
    expect(parse(contentType, body)).toEqual({
      ok: false,
      refusal,
    })
  })
})
