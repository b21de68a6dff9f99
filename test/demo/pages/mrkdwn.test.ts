import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MrkdwnNode, parseMrkdwn } from '../../../pages/channels/mrkdwn.js'

/** Saturday, 31 January 2026, 08:00 UTC. */
const NOW_MS = Date.UTC(2026, 0, 31, 8)
const CONTEXT = { nowMs: NOW_MS, locale: 'en-GB', timeZone: 'UTC' }
const NOW_S = NOW_MS / 1000

/** A tree in a line: `b(…)`, `i(…)`, `s(…)`, `q(…)`, `code[…]`, `pre[…]`, `link[url|label]`, `@[…]`, `e[…]`, `⏎`. */
function sketch(nodes: readonly MrkdwnNode[]): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text
        case 'break':
          return '⏎'
        case 'code':
        case 'pre':
          return `${node.kind}[${node.text}]`
        case 'link':
          return `link[${node.url}|${node.label}]`
        case 'mention':
          return `@[${node.of} ${node.text}]`
        case 'emoji':
          return `e[${node.char}]`
        default:
          return `${node.kind[0]}(${sketch(node.children)})`
      }
    })
    .join('')
}

const parsed = (text: string): string => sketch(parseMrkdwn(text, CONTEXT))

describe('mrkdwn', () => {
  it.each([
    ['plain text', 'plain text'],
    ['', ''],
    ['*bold* _italic_ ~struck~', 'b(bold) i(italic) s(struck)'],
    ['*_both_*', 'b(i(both))'],
    ['*a _b ~c~ d_ e*', 'b(a i(b s(c) d) e)'],
    ['(*bold*), *bold*!', '(b(bold)), b(bold)!'],
    ['*two words*', 'b(two words)'],
    ['*a*b*', 'b(a*b)'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
    ['* not bold*, nor *this one', '* not bold*, nor *this one'],
    ['*over\ntwo lines*', '*over⏎two lines*'],
    ['**', '**'],
    ['* *', '* *'],
    ['_a* b_ *c', 'i(a* b) *c'],
    ['*жирный* _курсив_', 'b(жирный) i(курсив)'],
    ['太*字*', '太*字*'],
    ['&gt;*bold*&lt;', 'q(b(bold)<)'],
  ])('emphasis: %j', (text, expected) => expect(parsed(text)).toBe(expected))

  it.each([
    ['`a *b* &lt;c&gt; :tada: <x>`', 'code[a *b* <c> :tada: <x>]'],
    ['``', '``'],
    ['`open', '`open'],
    ['`over\nlines`', '`over⏎lines`'],
    ['*a `b* c`*', 'b(a code[b* c])'],
    ['```one\ntwo &amp; *three*```', 'pre[one\ntwo & *three*]'],
    ['before\n```\ncode\n```\nafter', 'beforepre[code]after'],
    ['```open *bold*', '```open b(bold)'],
    ['``````', '``````'],
    ['```a``` and ```b```', 'pre[a] and pre[b]'],
  ])('code: %j', (text, expected) => expect(parsed(text)).toBe(expected))

  it.each([
    ['a\nb\n\nc', 'a⏎b⏎⏎c'],
    ['&gt; quoted\n&gt; still\nnot', 'q(quoted⏎still)not'],
    ['> literal *mark*', 'q(literal b(mark))'],
    ['intro\n> quoted', 'introq(quoted)'],
    ['a &gt; b', 'a > b'],
  ])('lines and quotes: %j', (text, expected) => expect(parsed(text)).toBe(expected))

  it.each([
    ['<https://example.com/a?b=1&amp;c=2|A &amp; B>', 'link[https://example.com/a?b=1&c=2|A & B]'],
    ['<https://example.com>', 'link[https://example.com/|https://example.com]'],
    ['*<https://example.com|x>*', 'b(link[https://example.com/|x])'],
    ['<mailto:a@b.example|mail>', 'link[mailto:a@b.example|mail]'],
    ['<mailto:a@b.example>', 'link[mailto:a@b.example|a@b.example]'],
    ['<https://example.com|a|b>', 'link[https://example.com/|a|b]'],
    ['<https://example.com|<b>', '<https://example.com|<b>'],
    ['<https://>', '<https://>'],
    ['<>', '<>'],
    ['1 < 2 > 0', '1 < 2 > 0'],
    ['a < b', 'a < b'],
  ])('links: %j', (text, expected) => expect(parsed(text)).toBe(expected))

  it.each([
    ['javascript:alert(1)'],
    ['JavaScript:alert(1)'],
    ['java\tscript:alert(1)'],
    [' javascript:alert(1)'],
    ['data:text/html,hi'],
    ['vbscript:x'],
    ['file:///etc/passwd'],
    ['//evil.example'],
    ['https&#58;//evil.example'],
    ['blob:https://evil.example/1'],
  ])('is no link: <%s|click>', (url) => {
    expect(parsed(`<${url}|click>`)).not.toContain('link[')
  })

  it.each([
    ['<@U012AB3CD>', '@[user @U012AB3CD]'],
    ['<@W012AB3CD|bob>', '@[user @bob]'],
    ['<#C123ABC456|general>', '@[channel #general]'],
    ['<!here>', '@[broadcast @here]'],
    ['<!channel|channel>', '@[broadcast @channel]'],
    ['<!subteam^SAZ94GDB8|@admins>', '@[group @admins]'],
    ['<!foo|label>', 'label'],
    ['<!foo>', '<!foo>'],
    ['<@not an id>', '<@not an id>'],
    ['&lt;!channel&gt;', '<!channel>'],
    ['&amp;lt;!channel&amp;gt;', '&lt;!channel&gt;'],
  ])('mentions: %j', (text, expected) => expect(parsed(text)).toBe(expected))

  it.each([
    [`<!date^${NOW_S}^{date_num}|x>`, '31/01/2026'],
    [`<!date^${NOW_S}^{date_short_pretty} at {time}|x>`, 'today at 8:00'],
    [`<!date^${NOW_S - 86_400}^{date_pretty}|x>`, 'yesterday'],
    [`<!date^${NOW_S - 3 * 86_400}^{date_short_pretty}|x>`, '28 Jan 2026'],
    [`<!date^${NOW_S}^{date_long} {time_secs}|x>`, 'Saturday 31 January 2026 8:00:00'],
    [`<!date^${NOW_S - 7_200}^{ago}|x>`, '2 hours ago'],
    [`<!date^${NOW_S}^{time}^https://example.com/|x>`, 'link[https://example.com/|8:00]'],
    [`<!date^${NOW_S}^{time}^javascript:alert(1)|x>`, '8:00'],
    [`<!date^${NOW_S}^{unknown} {time}|x>`, '{unknown} 8:00'],
    ['<!date^soon^{time}|fall &amp; back>', 'fall & back'],
    ['<!date^99999999999999^{time}|too far>', 'too far'],
    ['<!date>', '<!date>'],
    ['<!date|>', '<!date|>'],
  ])('dates: %j', (text, expected) => {
    // Whether a comma follows the weekday depends on the version of the locale data.
    expect(parsed(text).replace('Saturday,', 'Saturday')).toBe(expected)
  })

  it.each([
    [':tada: done', 'e[🎉] done'],
    [':wave::skin-tone-3:', 'e[👋🏼]'],
    [':tada::wave:', 'e[🎉]e[👋]'],
    [':+1:', 'e[👍]'],
    [':no_such_emoji:', ':no_such_emoji:'],
    [':constructor: :valueof:', ':constructor: :valueof:'],
    ['10:30:45', '10:30:45'],
    ['::', '::'],
  ])('emoji: %j', (text, expected) => expect(parsed(text)).toBe(expected))
})

describe('mrkdwn, whatever it is given', () => {
  const kinds = new Set('text break bold italic strike quote code pre link mention emoji'.split(' '))
  const check = (nodes: readonly MrkdwnNode[], depth = 0): void => {
    expect(depth).toBeLessThan(6)
    for (const node of nodes) {
      expect(kinds.has(node.kind)).toBe(true)
      if (node.kind === 'link') expect(node.url).toMatch(/^(?:https?|mailto):/)
      if ('children' in node) check(node.children, depth + 1)
    }
  }
  const piece = fc.constantFrom(
    ...[
      '*',
      '_',
      '~',
      '`',
      '```',
      '<',
      '>',
      '|',
      '&lt;',
      '&gt;',
      '&',
      '\n',
      ' ',
      'a',
      'é',
      '😀',
      ':',
      'tada',
    ],
    ...[
      '!channel',
      '@U1',
      '#C1',
      'https://x.example',
      'javascript:',
      '!date^1^{time}',
      '{',
      '^',
      '\\',
      '\u202e',
    ],
  )

  it('gives a tree of known kinds, links with safe addresses only, and no depth to speak of', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) =>
        check(parseMrkdwn(pieces.join(''), CONTEXT)),
      ),
      { numRuns: 3_000, seed: 3 },
    )
  })

  it('loses no letter of text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('*', '_', '~', '`', ' ', 'a', 'b', '\n'), { maxLength: 60 }),
        (pieces) => {
          const text = pieces.join('')
          const letters = (from: string) => from.replace(/[^ab]/g, '')
          const shown = JSON.stringify(parseMrkdwn(text, CONTEXT), (key, value) =>
            key === 'kind' ? undefined : value,
          )
          expect(letters(shown.replace(/"(?:text|children)":/g, ''))).toBe(letters(text))
        },
      ),
      { numRuns: 2_000, seed: 4 },
    )
  })

  it.each([
    '*a ',
    '_a ',
    '~a',
    '`',
    '<',
    '<a',
    '<a|',
    '>',
    ':',
    ':a',
    '* ',
    '*a* ',
    '```',
    '&gt;\n',
    '&',
    '<!date^',
    '\n',
  ])('a text of %j over and over takes no time that grows with its square', (part) => {
    const text = part.repeat(200_000 / part.length)
    const startMs = performance.now()
    parseMrkdwn(text, CONTEXT)
    expect(performance.now() - startMs).toBeLessThan(10_000)
  })

  it('reads every case of the escaping table back to what the data said', () => {
    const cases: { in: string; out: string; context: string }[] = readFileSync(
      'test/cases/escape.jsonl',
      'utf8',
    )
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const { out, context } of cases.filter((one) => one.context === 'text')) {
      const nodes = parseMrkdwn(out, CONTEXT)
      check(nodes)
      expect(JSON.stringify(nodes), `${context}: ${out.slice(0, 80)}`).not.toMatch(
        /"kind":"(?:mention|link)"/,
      )
    }
  })
})
