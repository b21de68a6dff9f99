import { describe, expect, it } from 'vitest'
import { destinationWith, KAFKA, loadText, problemsOf } from './load-text.ts'

/** Each row: what is wrong, in a sentence; the lines; exactly what is said of them. */
const WEBHOOK = 'webhook_url: https://hooks.slack.com/services/T0/B0/x\n'

describe('destinations', () => {
  it.each([
    [
      'nothing',
      '{}',
      ['3:3 destinations.sales: needs webhook_url, or token and channel, or type: blackhole'],
    ],
    [
      'a channel alone',
      'channel: C012345',
      ['3:3 destinations.sales: needs webhook_url, or token and channel, or type: blackhole'],
    ],
    [
      'two kinds at once',
      `${WEBHOOK}token: xoxb-1\nchannel: x\n`,
      ['5:5 destinations.sales.token: cannot stand beside webhook_url: a destination is one or the other'],
    ],
    [
      'a token without channel',
      'token: xoxb-1\n',
      ['4:5 destinations.sales.token: needs channel beside it: where chat.postMessage is to post'],
    ],
    [
      'a channel that YAML takes for a comment',
      'token: xoxb-1\nchannel: #alerts\n',
      ['5:5 destinations.sales.channel: has no value: YAML takes what follows the # for a comment; quote it'],
    ],
    [
      'a channel of two words',
      'token: xoxb-1\nchannel: a b\n',
      ["5:14 destinations.sales.channel: must be a channel's name or id, or a user's id"],
    ],
    [
      'a token with white space inside, which no header can hold',
      'token: xoxb 1\nchannel: a\n',
      ["4:12 destinations.sales.token: must be a Slack app's token, without white space"],
    ],
    ['a misspelt type', 'type: blakhole\n', ['4:11 destinations.sales.type: must be blackhole']],
    [
      'an emoji without colons',
      `${WEBHOOK}icon_emoji: tada\n`,
      ['5:17 destinations.sales.icon_emoji: must be an emoji between colons, such as :tada:'],
    ],
    [
      'a picture that is no web address',
      `${WEBHOOK}icon_url: ftp://x/y\n`,
      [
        '5:15 destinations.sales.icon_url: must be a web address that begins with https:// (or http://) and holds no user name',
      ],
    ],
    [
      'a webhook with a user name',
      'webhook_url: https://a:b@hooks.slack.com/x\n',
      [
        '4:18 destinations.sales.webhook_url: must be a web address that begins with https:// (or http://) and holds no user name',
      ],
    ],
    [
      'a webhook with a line break inside, which URL would drop',
      'webhook_url: "https://hooks.slack.com/a\\nb"\n',
      [
        '4:18 destinations.sales.webhook_url: must be a web address that begins with https:// (or http://) and holds no user name',
      ],
    ],
    [
      'a misspelt option',
      `${WEBHOOK}icn_url: https://x.example/y\n`,
      ['5:5 destinations.sales.icn_url: there is no such option; did you mean "icon_url"?'],
    ],
    ['text instead of options', 'https', ['4:5 destinations.sales: must be a map of options']],
  ])('%s', async (_, lines, expected) => {
    expect(problemsOf(await loadText(destinationWith(lines)))).toEqual(expected)
  })

  it.each([
    ['https://evil.example.com/services/T0/B0/x', 'https://evil.example.com'],
    ['http://hooks.slack.com/services/T0/B0/x', 'http://hooks.slack.com'],
    ['https://hooks.slack.com.evil.example/x', 'https://hooks.slack.com.evil.example'],
    ['https://hooks.slack.com:8443/x', 'https://hooks.slack.com:8443'],
    ['https://slack.com/x', 'https://slack.com'],
  ])('%s is refused by its origin', async (url, origin) => {
    expect(problemsOf(await loadText(destinationWith(`webhook_url: ${url}\n`)))).toEqual([
      `4:18 destinations.sales.webhook_url: ${origin} is not Slack's https://hooks.slack.com or https://hooks.slack-gov.com; if messages are to go there, add it to slack.allow_origins`,
    ])
  })

  it.each([
    [
      'an id with a space',
      'destinations: { "a b": { type: blackhole } }',
      ['2:17 destinations.?: an id has letters, digits, "_", "." and "-" only'],
    ],
    [
      'an id with a colon, which message ids part with',
      'destinations: { "a:b": { type: blackhole } }',
      ['2:17 destinations.?: an id has letters, digits, "_", "." and "-" only'],
    ],
    ['a list', 'destinations: [sales]', ['2:15 destinations: must be a map of ids, each with its options']],
    [
      'an id twice',
      'destinations:\n  a: { type: blackhole }\n  b: { type: blackhole }\n  a: { type: blackhole }\n',
      ['5:3 this key stands on line 3 already'],
    ],
    [
      'options named like parts of JavaScript objects',
      'destinations: { a: { type: blackhole, __proto__: 1, constructor: 2 } }',
      [
        '2:39 destinations.a.__proto__: there is no such option; known are webhook_url, token, channel, type, username, icon_url, icon_emoji, unfurl_links, enabled, tls, defaults, rate, ...',
        '2:53 destinations.a.constructor: there is no such option; known are webhook_url, token, channel, type, username, icon_url, icon_emoji, unfurl_links, enabled, tls, defaults, rate, ...',
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(problemsOf(await loadText(`${KAFKA}${text}\n`))).toEqual(expected)
  })
})
