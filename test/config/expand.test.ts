import { describe, expect, it } from 'vitest'
import { configOf, kafkaWith, loadText, problemsOf, warningsOf } from './load-text.ts'

const NOTATION = 'write ${VAR}, ${VAR:-default} or ${file:PATH}, and $${ for a literal ${'

describe('variables', () => {
  it.each([
    ['a variable', '${A}', { A: 'x' }, 'x'],
    ['a variable inside text', 'a-${A}-b', { A: 'x' }, 'a-x-b'],
    ['several', '${A}${B}', { A: 'x', B: 'y' }, 'xy'],
    ['a default that is not needed', '${A:-y}', { A: 'x' }, 'x'],
    ['a default that is needed', '${A:-y}', {}, 'y'],
    ['a default for an empty variable', '${A:-y}', { A: '' }, 'y'],
    ['a default with signs of its own', '"${A:-a:-b $x}"', {}, 'a:-b $x'],
    ['an escaped one', '$${A}', { A: 'x' }, '${A}'],
    ['an escaped one behind a dollar', '$$${A}', { A: 'x' }, '$${A}'],
    ['a dollar alone', 'a$b $A', {}, 'a$b $A'],
    ['what a variable holds is not expanded again', '${A}', { A: '${B}', B: 'x' }, '${B}'],
    ['nor does it become YAML', '${A}', { A: '[x]: {y} # z' }, '[x]: {y} # z'],
    ['a file, without line breaks at its end', '${file:name.txt}', {}, 'from a file'],
    ['a file and a variable', '${file:name.txt} ${A}', { A: 'x' }, 'from a file x'],
    ['in double quotes', '"${A}"', { A: 'x' }, 'x'],
    ['in a block', '>-\n    ${A}\n    b', { A: 'x' }, 'x b'],
  ])('%s', async (_, written, env, expected) => {
    const files = { 'name.txt': 'from a file\r\n\n' }
    const loaded = await loadText(kafkaWith(`client_id: ${written}\n`), { env, files })
    expect(configOf(loaded).kafka.clientId).toBe(expected)
  })

  it.each([
    ['a number', 'topics: { partitions: "${N}" }', { topics: { partitions: 7 } }],
    ['a boolean', 'topics: { create: "${NO}" }', { topics: { create: false } }],
    ['a switch', 'tls: ${NO}', { tls: null }],
  ])('give %s where the option wants one', async (_, lines, expected) => {
    const loaded = await loadText(kafkaWith(lines), { env: { N: '7', NO: 'false' } })
    expect(configOf(loaded).kafka).toMatchObject(expected)
  })

  it('that come out empty leave an option out', async () => {
    const loaded = await loadText(kafkaWith('client_id: ${A:-}\n'))
    expect(configOf(loaded).kafka.clientId).toBe('bellhop')
  })

  it.each([
    ['is not set', 'client_id: ${A}', '4:14 the environment variable A is not set'],
    ['is empty', 'client_id: ${EMPTY}', '4:14 the environment variable EMPTY is not set'],
    ['stands inside text', 'client_id: abc ${A}', '4:18 the environment variable A is not set'],
    ['stands behind an escape', 'client_id: "\\t\\"${A}"', '4:19 the environment variable A is not set'],
    [
      'stands in a folded block',
      'client_id: >-\n  abc\n  d ${A}',
      '6:7 the environment variable A is not set',
    ],
    ['stands in single quotes', "client_id: 'it''s ${A}'", '4:21 the environment variable A is not set'],
    ['is not closed', 'client_id: "${A"', `4:15 ${NOTATION}`],
    ['has no name', 'client_id: ${}', `4:14 ${NOTATION}`],
    ['has a name that is none', 'client_id: ${a-b}', `4:14 ${NOTATION}`],
    ['uses what a shell would know', 'client_id: ${A:?missing}', `4:14 ${NOTATION}`],
    ['holds another', 'client_id: ${A:-${B}}', `4:14 ${NOTATION}`],
  ])('a variable that %s is an error at its place', async (_, lines, expected) => {
    expect(problemsOf(await loadText(kafkaWith(lines), { env: { EMPTY: '' } }))).toEqual([expected])
  })

  it.each([
    ['that is not there', '/nowhere/x', 'cannot read /nowhere/x: there is no such file'],
    ['that is a folder', '/', 'cannot read /: it is a folder'],
  ])('a file %s is named', async (_, path, expected) => {
    const lines = `client_id: \${file:${path}}\n`
    expect(problemsOf(await loadText(kafkaWith(lines)))).toEqual([`4:14 ${expected}`])
    expect(warningsOf(await loadText(kafkaWith(lines), { secrets: 'optional' }))).toEqual([
      `4:14 ${expected}`,
    ])
  })

  it('that are not set are warnings where secrets are optional, wherever they stand', async () => {
    const text = `kafka:
  brokers: \${A}
  events: ["\${A}", { topic: "\${A}", start: "\${A}" }]
  session_timeout: \${A}
  max_event_bytes: \${A}
  tls: { ca: "\${A}", cert: "\${A}", key: "\${A}" }
  sasl: { mechanism: "\${A}", username: "\${A}", password: "\${A}" }
  topics: { partitions: "\${A}", create: "\${A}" }
slack: { rate: "\${A}", coalesce: "\${A}", allow_origins: "\${A}", api_url: "\${A}" }
destinations:
  one: { webhook_url: "\${A}", icon_emoji: "\${A}", icon_url: "\${A}" }
  two: { token: "\${A}", channel: "\${A}", enabled: "\${A}" }
  three: { type: "\${A}" }
actions:
  - { id: "\${A}", trigger: "true", message: hi, destination: "\${A}", topics: ["\${A}"] }
  - { id: "\${A}", trigger: "true", message: hi, webhook_url: "\${A}" }
http: \${A}
`
    const loaded = await loadText(text, { secrets: 'optional' })
    const messages = warningsOf(loaded).map((warning) => warning.slice(warning.indexOf(' ') + 1))
    expect(problemsOf(loaded)).toEqual([])
    expect(new Set(messages)).toEqual(new Set(['the environment variable A is not set']))
    expect(messages).toHaveLength(text.split('${A}').length - 1)
  })

  it('do not hide mistakes beside them', async () => {
    const loaded = await loadText(kafkaWith('client_id: ${A}\nprefix: a b\n'), { secrets: 'optional' })
    expect(problemsOf(loaded)).toEqual([
      '5:11 kafka.prefix: must be up to 200 letters, digits, ".", "_" and "-"',
    ])
  })
})
