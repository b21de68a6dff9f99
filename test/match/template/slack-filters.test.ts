import { describe, expect, it } from 'vitest'
import { filtered } from './rendering.ts'

const url = 'https://shop.example/o?id=1&x=2'

describe('link', () => {
  it.each<[unknown, string, string, string]>([
    [url, 'link: "View order"', '<https://shop.example/o?id=1&amp;x=2|View order>', 'a label'],
    [url, 'link', '<https://shop.example/o?id=1&amp;x=2>', 'no label'],
    [url, 'link: $.name', '<https://shop.example/o?id=1&amp;x=2|A &lt;!channel&gt; B>', 'a label from data'],
    [url, 'link: $.nope', '<https://shop.example/o?id=1&amp;x=2>', 'a missing label'],
    [url, 'link: $.list', '<https://shop.example/o?id=1&amp;x=2|1, 2>', 'a list as label'],
    [
      'https://x.example/|<!channel>',
      'link: "x"',
      '<https://x.example/%7C%3C!channel%3E|x>',
      'a URL that is markup',
    ],
    ['mailto:a@b.example', 'link: "mail"', '<mailto:a@b.example|mail>', 'mail'],
    ['javascript:alert("<b>")', 'link: "x"', 'javascript:alert("&lt;b&gt;")', 'another scheme'],
    ['<!channel>', 'link: "x"', '&lt;!channel&gt;', 'no URL'],
    [null, 'link: "x"', '', 'null'],
    [undefined, 'link: "x" | default: "no link"', 'no link', 'a missing URL with a default'],
    [5, 'link: "x"', '5', 'a number'],
    [['https://x.example'], 'link: "x"', '<https://x.example|x>', 'a list of one'],
    [{ a: '<' }, 'link: "x"', '{"a":"&lt;"}', 'an object'],
    [
      url,
      'link: "x" | default: "y"',
      '<https://shop.example/o?id=1&amp;x=2|x>',
      'a default that is not needed',
    ],
    [url, 'escape | link: "x"', '<https://shop.example/o?id=1&amp;x=2|x>', 'escaped by hand before'],
    [url, 'link: "x" | escape', '<https://shop.example/o?id=1&amp;x=2|x>', 'escaped by hand after'],
    [
      url,
      'link: "<x>" | strip',
      '&lt;https://shop.example/o?id=1&amp;x=2|&lt;x&gt;&gt;',
      'made plain text again',
    ],
    [
      'https://x.example',
      'append: "/<b>" | link: "x"',
      '<https://x.example/%3Cb%3E|x>',
      'a URL put together',
    ],
  ])('%o | %s is %j: %s', (value, filter, ...[expected]) => {
    expect(filtered(value, filter, { name: 'A\n<!channel>\r\nB', list: [1, 2] })).toBe(expected)
  })
})

describe('mention', () => {
  it.each<[unknown, string, string]>([
    ['U1', '<@U1>', 'a user'],
    ['W012AB3CD', '<@W012AB3CD>', 'a user of Enterprise Grid'],
    ['S1', '<!subteam^S1>', 'a user group'],
    ['C1', '<#C1>', 'a channel'],
    [' U1 ', '<@U1>', 'an id among blanks'],
    ['u1', 'u1', 'lower case'],
    ['U', 'U', 'a letter alone'],
    ['U1|bob', 'U1|bob', 'an id with a label'],
    ['U1> <!channel', 'U1&gt; &lt;!channel', 'an id that goes on'],
    ['U1\nC1', 'U1\nC1', 'two ids'],
    ['<@U1>', '&lt;@U1&gt;', 'a mention that data wrote'],
    ['!channel', '!channel', 'a broadcast'],
    ['channel', 'channel', 'a word'],
    ['D1', 'D1', 'a direct message'],
    [1, '1', 'a number'],
    [null, '', 'null'],
    [['U1', 'U2'], 'U1, U2', 'a list'],
  ])('of %o is %j: %s', (value, expected) => {
    expect(filtered(value, 'mention')).toBe(expected)
  })

  it.each([
    ['mention | append: "!"', '&lt;@U1&gt;!'],
    ['mention | default: "nobody"', '<@U1>'],
    ['mention | raw', '<@U1>'],
  ])('| %s is %j', (filters, expected) => {
    expect(filtered('U1', filters)).toBe(expected)
  })
})
