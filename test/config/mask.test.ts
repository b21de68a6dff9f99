import { describe, expect, it } from 'vitest'
import { formatProblems, type Loaded } from '../../src/config/load.ts'
import { actionWith, destinationWith, KAFKA, kafkaWith, loadText } from './load-text.ts'

const MARKER = 'sEcReT0123456789'
const URL_WITH_MARKER = `https://hooks.slack.com/services/T0/B0/${MARKER}`

function printed(loaded: Loaded): string {
  return formatProblems(loaded.kind === 'invalid' ? loaded.problems : loaded.warnings)
}

/** Every way to get a secret wrong that a person may find; each must be answered, and none with the secret. */
const MISTAKES: readonly (readonly [string, string])[] = [
  ['a webhook on another host', destinationWith(`webhook_url: https://evil.example.com/${MARKER}\n`)],
  ['a webhook with white space', destinationWith(`webhook_url: "${URL_WITH_MARKER} x"\n`)],
  ['a webhook that is no address', destinationWith(`webhook_url: ${MARKER}\n`)],
  ['a webhook with a password', destinationWith(`webhook_url: https://a:${MARKER}@hooks.slack.com/x\n`)],
  ['a webhook over several lines', destinationWith(`webhook_url: |\n  x\n  ${MARKER}\n`)],
  ['a webhook as a map', destinationWith(`webhook_url: { ${MARKER}: x }\n`)],
  ['a webhook as a list', destinationWith(`webhook_url: [${MARKER}]\n`)],
  ['a webhook as a key', `${KAFKA}destinations: { "${URL_WITH_MARKER}": {} }\n`],
  ['a webhook as a destination', `${KAFKA}destinations: { sales: "${URL_WITH_MARKER}" }\n`],
  [
    'a webhook as the name of a destination',
    actionWith(`trigger: "true"\nmessage: hi\ndestination: ${URL_WITH_MARKER}\n`),
  ],
  [
    'a webhook among the origins',
    `${KAFKA}slack: { allow_origins: "https://chat.example.com/hooks/${MARKER}" }\n`,
  ],
  [
    'a webhook as the address of the API',
    `${KAFKA}slack: { api_url: "https://chat.example.com/hooks/${MARKER}" }\n`,
  ],
  [
    'a token without a space behind the colon, in braces',
    `${KAFKA}destinations: { a: { token:${MARKER}, channel: x } }\n`,
  ],
  ['a token as a key that is no text', `${KAFKA}? { token: ${MARKER} }\n: x\n`],
  ['a login whose key is broken', kafkaWith(`sasl:\n  mech]anism: plainpassword: ${MARKER}\n`)],
  [
    'a webhook without a space behind the colon',
    destinationWith(`webhook_url:${URL_WITH_MARKER}\ntype: x\n`),
  ],
  ['a misspelt webhook_url', destinationWith(`webhok_url: ${URL_WITH_MARKER}\n`)],
  ['a misspelt token', destinationWith(`tokn: ${MARKER}\n`)],
  ['a misspelt section', `${KAFKA}detinations: { sales: { token: ${MARKER} } }\n`],
  [
    'a token as the name of a destination',
    actionWith(`trigger: "true"\nmessage: hi\ndestination: xoxb-${MARKER}\n`),
  ],
  ['a token without channel', destinationWith(`token: ${MARKER}\n`)],
  ['a token with white space', destinationWith(`token: a ${MARKER}\nchannel: x\n`)],
  ['a token that looks like a tag', destinationWith(`token: !${MARKER} x\nchannel: x\n`)],
  ['a token that looks like an alias', destinationWith(`token: *${MARKER}\nchannel: x\n`)],
  ['a token that looks like an anchor', destinationWith(`token: &${MARKER}\nchannel: x\n`)],
  ['a token that looks like a comment', destinationWith(`token: #${MARKER}\nchannel: x\n`)],
  ['a token that a comment follows', destinationWith(`token: x y #${MARKER}\nchannel: x\n`)],
  ['a token with a reserved character', destinationWith(`token: @${MARKER}\nchannel: x\n`)],
  ['a token with an open quote', destinationWith(`token: "${MARKER}\nchannel: x\n`)],
  ['a token twice', destinationWith(`token: xoxb-1\ntoken: ${MARKER}\nchannel: x\n`)],
  [
    'a token by an anchor under another name',
    destinationWith(`username: &t ${MARKER}\ntoken: *t\nchannell: x\n`),
  ],
  [
    'a token in one line with a mistake',
    `${KAFKA}destinations: { a: { token: "${MARKER}", channel: x, rate: 9 } }\n`,
  ],
  ['a token that stands elsewhere too', destinationWith(`token: ${MARKER}\nchannel: ${MARKER} x\n`)],
  ['a default with a token', destinationWith(`token: "\${T:-${MARKER}}"\n`)],
  ['a password as a list', kafkaWith(`sasl: { mechanism: x, username: u, password: [${MARKER}] }\n`)],
  ['a password over several lines', kafkaWith(`sasl:\n  password: |\n    x\n    ${MARKER}\n`)],
  ['a password in a file that is no YAML', kafkaWith(`sasl: { password: ${MARKER}, username: \n`)],
  ['a password with a colon', kafkaWith(`sasl:\n  password: ${MARKER}: x\n`)],
  ['a password with a tab before it', kafkaWith(`sasl:\n\tpassword: ${MARKER}\n`)],
  ['a user name', kafkaWith(`sasl: { username: ${MARKER}, mechanism: x }\n`)],
  ['a login that is text', kafkaWith(`sasl: ${MARKER}\n`)],
  ['a key that is none', kafkaWith(`tls: { key: ${MARKER} }\n`)],
  ['a key among the certificates', kafkaWith(`tls: { ca: "-----BEGIN PRIVATE KEY-----\\n${MARKER}" }\n`)],
  ['a list instead of a file', `- token: ${MARKER}\n`],
  ['a single value instead of a file', `${MARKER}\n`],
]

describe('no problem repeats a secret', () => {
  it.each(MISTAKES)('%s', async (_, text) => {
    const loaded = await loadText(text)
    expect(loaded.kind).toBe('invalid')
    expect(printed(loaded)).not.toContain(MARKER)
  })

  const VARIABLES: readonly (readonly [string, string])[] = [
    ['a webhook', destinationWith('webhook_url: ${S}\n')],
    ['a token', destinationWith('token: ${S} x\n')],
    ['a broker', 'kafka: { brokers: "${S}", events: [x] }\n'],
    ['a topic', 'kafka: { brokers: "a:1", events: ["${S} x"] }\n'],
    ['a destination', actionWith('trigger: "true"\nmessage: hi\ndestination: ${S}\n')],
    ['a listed topic', actionWith('trigger: "true"\nmessage: hi\ntopics: ["${S}"]\n')],
    ['an id', actionWith('trigger: "true"\nmessage: hi\n').replace('id: a', 'id: ${S}/x')],
    ['an id that is right, beside a mistake', actionWith('trigger: "true"\n').replace('id: a', 'id: ${S}')],
    ['an address', `${KAFKA}http: \${S}\n`],
    ['a choice', `${KAFKA}slack: { on_ambiguous: "\${S}" }\n`],
    ['a file', kafkaWith('sasl: ${file:secret}\n')],
    ['a file of a key', kafkaWith('tls: { key: "${file:secret}" }\n')],
  ]

  it.each(VARIABLES)('nor what a variable or file holds: %s', async (_, text) => {
    const loaded = await loadText(text, { env: { S: MARKER }, files: { secret: MARKER } })
    expect(loaded.kind).toBe('invalid')
    expect(printed(loaded)).not.toContain(MARKER)
  })

  it.each([
    ['a raw output beside it', actionWith(`trigger: "true"\nmessage: "{{{ x }}} ${URL_WITH_MARKER}"\n`)],
    ['a variable that is not set beside it', destinationWith(`token: "${MARKER}\${A}"\nchannel: x\n`)],
  ])('nor a warning: %s', async (_, text) => {
    const loaded = await loadText(text, { secrets: 'optional' })
    expect(loaded.kind === 'loaded' && loaded.warnings).toHaveLength(1)
    expect(printed(loaded)).not.toContain(MARKER)
  })
})

describe('excerpts', () => {
  const excerptOf = async (text: string) => {
    const loaded = await loadText(text)
    return loaded.kind === 'invalid' ? loaded.problems[0]?.excerpt.split('\n') : []
  }

  it.each([
    [
      'the line and a caret',
      kafkaWith('session_timeout: 10\n'),
      ['  4 |   session_timeout: 10', '    |                    ^'],
    ],
    [
      'tabs kept under the text',
      kafkaWith('prefix:\t"a b"\n'),
      ['  4 |   prefix:\t"a b"', '    |          \t^'],
    ],
    [
      'a hidden value at the caret',
      destinationWith('webhook_url: http://x/y\n'),
      ['  4 |     webhook_url: <redacted>', '    |                  ^'],
    ],
    [
      'a hidden value before the caret',
      destinationWith('{ token: xoxb-1, channel: x, rate: 9 }\n'),
      [
        '  4 |     { token: <redacted>, channel: x, rate: 9 }',
        '    |                                            ^',
      ],
    ],
    [
      'references to variables and their place',
      destinationWith('token: "a${A}b${B:-c}"\n'),
      ['  4 |     token: <redacted>${A}<redacted>${B:-<redacted>}"', '    |                      ^'],
    ],
    [
      'control characters shown as such',
      kafkaWith('prefix: "a\u001b[2Jb"\n'),
      ['  4 |   prefix: "a\ufffd[2Jb"', '    |           ^'],
    ],
    [
      'a long line cut round the caret',
      kafkaWith(`topics: { ${' '.repeat(200)}partitions: x${' '.repeat(200)} }\n`),
      [`  4 | …${' '.repeat(48)}partitions: x${' '.repeat(59)}…`, `    |  ${' '.repeat(60)}^`],
    ],
  ])('show %s', async (_, text, expected) => {
    expect(await excerptOf(text)).toEqual(expected)
  })
})
