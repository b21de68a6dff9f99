import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, cutText, escapeText, inlineText, linkUrl, slackLink } from '../../src/slack/escape.ts'

interface EscapeCase {
  in: string
  out: string | null
  context: 'text' | 'text_inline' | 'link_url'
  limit?: number
}

const FUNCTIONS = { text: escapeText, text_inline: inlineText, link_url: linkUrl }

const cases: EscapeCase[] = readFileSync(new URL('../cases/escape.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const anyText = fc.string({
  unit: fc.constantFrom('a', '<', '>', '&', '&amp;', '|', '\n', '\r', '\0', '🎉', '\ud83c', '\u202e'),
})

describe('the cases of escape.jsonl', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(30)
  })

  it.each(
    cases.map((row, index) => ({ ...row, name: `${index}: ${row.context} ${row.in.slice(0, 40)}` })),
  )('$name', (row) => {
    const escaped = FUNCTIONS[row.context](row.in)
    const shown = row.limit === undefined || escaped === null ? escaped : cutText(escaped, row.limit).text
    expect(shown).toBe(row.out)
  })
})

describe('cleaning', () => {
  it.each([
    ['a\tb\nc', 'a\tb\nc', 'keeps tab and newline'],
    ['a\r\nb\rc\n\rd', 'a\nb\nc\n\nd', 'makes CRLF and CR newlines'],
    ['a\0\x01\x08\x0b\x0c\x0e\x1fb', 'ab', 'removes C0'],
    ['a\x7f\x80\x85\x9fb', 'ab', 'removes DEL and C1'],
    [
      '\u202aa\u202b\u202c\u202d\u202eb\u2066\u2067\u2068\u2069',
      'ab',
      'removes bidirectional overrides and isolates',
    ],
    ['\u200e\u200f\u200d\u2028\ufeff', '\u200e\u200f\u200d\u2028\ufeff', 'keeps marks and joiners'],
    ['👩‍👩‍👧 é नि', '👩‍👩‍👧 é नि', 'keeps emoji sequences and combining marks'],
    ['a\ud83cb\udf89c', 'a\ufffdb\ufffdc', 'replaces lone surrogates'],
    ['\ud83c\ud83c\udf89\udf89', '\ufffd🎉\ufffd', 'keeps the pair among lone ones'],
    ['', '', 'leaves nothing as nothing'],
  ])('%j gives %j: it %s', (text, expected) => {
    expect(cleanText(text)).toBe(expected)
  })

  it('twice changes nothing more, and the result is well-formed', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const cleaned = cleanText(text)
        expect(cleanText(cleaned)).toBe(cleaned)
        expect(() => encodeURIComponent(cleaned)).not.toThrow()
      }),
    )
  })
})

describe('escaping', () => {
  it('leaves no bracket and no ampersand but its own, and decodes back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeText(text)
        expect(escaped.replace(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&<>]/)
        const decoded = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
        expect(decoded).toBe(cleanText(text))
      }),
    )
  })

  it.each([
    ['a\n\n\r\nb', 'a b', 'a run of newlines'],
    ['a\u2028b\u2029c', 'a b c', 'line and paragraph separators'],
    ['\na\n', ' a ', 'newlines at the ends'],
    ['a\n \nb', 'a   b', 'newlines apart'],
  ])('%j in one line is %j: %s', (text, expected) => {
    expect(inlineText(text)).toBe(expected)
  })
})

describe('links', () => {
  it.each<[string, string | null, string]>([
    ['http://example.com', 'http://example.com', 'http'],
    ['HTTPS://EXAMPLE.COM/', 'HTTPS://EXAMPLE.COM/', 'upper case'],
    ['mailto:a@b.example', 'mailto:a@b.example', 'mailto'],
    ['https://example.com/?a=1&b=2', 'https://example.com/?a=1&amp;b=2', 'an ampersand'],
    ['https://example.com/?a=1&amp;b=2', 'https://example.com/?a=1&amp;amp;b=2', 'an entity is text'],
    ['https://example.com/a b|c<d>e', 'https://example.com/a%20b%7Cc%3Cd%3Ee', 'what would end it'],
    ['https://example.com/a\nb\tc', 'https://example.com/a%0Ab%09c', 'newline and tab'],
    ['https://example.com/ü\u00a0x', 'https://example.com/ü%C2%A0x', 'a blank that is no space'],
    ['https://example.com/%7C', 'https://example.com/%7C', 'what is encoded already'],
    ['  https://example.com ', 'https://example.com', 'blanks around'],
    ['https://exa\u202emple.com', 'https://example.com', 'an override is removed'],
    ['https://', null, 'no host'],
    ['mailto:', null, 'no address'],
    ['javascript:alert(1)', null, 'javascript'],
    ['JaVaScRiPt:alert(1)', null, 'mixed case'],
    ['data:text/html,<b>', null, 'data'],
    ['slack://user?team=T1', null, 'slack'],
    ['ftp://example.com', null, 'ftp'],
    ['tel:123', null, 'tel'],
    ['//example.com', null, 'no scheme'],
    ['example.com', null, 'a bare host'],
    ['xhttps://example.com', null, 'something before the scheme'],
    ['!channel', null, 'a command'],
    ['@U1', null, 'a mention'],
    ['', null, 'nothing'],
  ])('the URL %j gives %j: %s', (url, expected) => {
    expect(linkUrl(url)).toBe(expected)
  })

  it.each([
    ['https://a.example', 'View', '<https://a.example|View>', 'a label'],
    ['https://a.example', 'a <b> & c', '<https://a.example|a &lt;b&gt; &amp; c>', 'a label is escaped'],
    ['https://a.example', 'a\nb', '<https://a.example|a b>', 'a label is one line'],
    ['https://a.example', '', '<https://a.example>', 'no label'],
    ['https://a.example', ' \n', '<https://a.example>', 'a blank label'],
    ['javascript:alert("<b>")', 'View', 'javascript:alert("&lt;b&gt;")', 'no link'],
  ])('%j labelled %j is %j: %s', (url, label, expected) => {
    expect(slackLink(url, label)).toBe(expected)
  })

  it('are one whole token, whatever the data', () => {
    fc.assert(
      fc.property(anyText, anyText, (path, label) => {
        expect(slackLink(`https://x/${path}`, label)).toMatch(/^<https:\/\/x\/[^<>|\s]*(?:\|[^<>\n]*)?>$/)
      }),
    )
  })
})

describe('cutting', () => {
  it.each([
    ['abc', 3, 'abc', false, 'leaves what fits'],
    ['abcd', 3, 'ab…', true, 'puts the ellipsis inside the limit'],
    ['abcd', 1, '…', true, 'leaves only the ellipsis'],
    ['abcd', 0, '', true, 'leaves nothing'],
    ['a&amp;bcd', 6, 'a…', true, 'never cuts inside an entity'],
    ['a&amp;bcd', 7, 'a&amp;…', true, 'keeps a whole entity'],
    ['&lt;&lt;&lt;', 10, '&lt;&lt;…', true, 'cuts between entities'],
    ['a&b;cdefgh', 5, 'a&b;…', true, 'takes an ampersand alone for text'],
    ['ab🎉cd', 4, 'ab…', true, 'never cuts inside a surrogate pair'],
    ['ab🎉cd', 5, 'ab🎉…', true, 'keeps a whole pair'],
    ['see <https://a.example|the order> now', 20, 'see …', true, 'leaves out a token that would be cut'],
    ['see <@U1> and more', 10, 'see <@U1>…', true, 'keeps a whole token'],
    ['<https://a.example|the order>', 10, '<https://…', true, 'cuts a token that is all there is'],
    ['a < b and so on', 8, 'a < b a…', true, 'takes a bracket that is never closed for text'],
  ])('%j at %i gives %j (cut: %j): it %s', (text, limit, ...[expected, cut]) => {
    expect(cutText(text, limit)).toEqual({ text: expected, cut })
  })

  it('never exceeds the limit, and leaves escaped text escaped', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, limit) => {
        const escaped = escapeText(text)
        const result = cutText(escaped, limit)
        expect(result.text.length).toBeLessThanOrEqual(limit)
        expect(result.cut).toBe(escaped.length > limit)
        expect(result.text.replace(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&<>]/)
        expect(cleanText(result.text)).toBe(result.text)
        if (result.cut && limit > 0) expect(result.text.length).toBeGreaterThan(limit - 6)
      }),
    )
  })
})
