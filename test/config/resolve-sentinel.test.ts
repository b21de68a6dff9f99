import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblems } from '../../src/config/problem.ts'
import { secretsOf } from '../../src/config/secrets.ts'
import { configOf, KAFKA, loadText, problemsOf, SALES, writeFiles } from './load-text.ts'

const DESTINATIONS = 'destinations: { ops: { type: blackhole }, off: { type: blackhole, enabled: false } }\n'
const load = (text: string) => loadText(`${KAFKA}${DESTINATIONS}${text}`)

describe('the sections canary and notify', () => {
  it.each([
    ['are not there', ''],
    ['are empty', 'canary:\nnotify:\n'],
  ])('mean none where they %s', async (_what, text) => {
    expect(configOf(await load(text))).toMatchObject({ canary: null, notify: null, httpToken: null })
  })

  it('have defaults for all but the destination', async () => {
    expect(
      configOf(await load('canary: { destination: ops }\nnotify: { destination: ops }\n')),
    ).toMatchObject({
      canary: { destination: 'ops', everyMs: 60_000 },
      notify: { destination: 'ops', oldestMessageMs: 600_000, deadLetters: 10 },
    })
  })

  it('take what is written', async () => {
    const text =
      'canary: { destination: ops, every: 5s }\nnotify: { destination: ops, oldest_message: 1h30m, dead_letters: 1 }\n'
    expect(configOf(await load(text))).toMatchObject({
      canary: { everyMs: 5_000 },
      notify: { oldestMessageMs: 5_400_000, deadLetters: 1 },
    })
  })

  it('may name the webhook that an action brings along', async () => {
    const actions =
      'actions: [{ id: own, trigger: "true", message: hi, webhook_url: "https://hooks.slack.com/services/T0/B0/x" }]\n'
    expect(configOf(await load(`${actions}canary: { destination: own }\n`)).canary?.destination).toBe('own')
  })

  it.each([
    [
      'no destination',
      'canary: {}',
      '3:1 canary.destination: is missing; it must be an id of letters, digits, "_", "." and "-"',
    ],
    [
      'a destination that does not exist',
      'canary: { destination: opps }',
      '3:24 canary.destination: there is no destination "opps"; did you mean "ops"?',
    ],
    [
      'a disabled destination',
      'notify: { destination: off }',
      '3:24 notify.destination: this destination is disabled: enable it, or name another',
    ],
    [
      'a canary too often',
      'canary: { destination: ops, every: 4s }',
      '3:36 canary.every: must be a duration from 5s to 1d, such as 10s, 5m or 1h30m',
    ],
    [
      'a canary without a unit',
      'canary: { destination: ops, every: 60 }',
      '3:36 canary.every: needs a unit: ms, s, m, h or d, as in 10s',
    ],
    [
      'an unknown option',
      'notify: { destination: ops, oldest: 1m }',
      '3:29 notify.oldest: there is no such option; did you mean "oldest_message"?',
    ],
    [
      'a threshold of nothing',
      'notify: { destination: ops, dead_letters: 0 }',
      '3:43 notify.dead_letters: must be a whole number from 1 to 1000000',
    ],
    ['a list', 'canary: [ops]', '3:9 canary: must be a map of options'],
    ['a word', 'notify: ops', '3:9 notify: must be a map of options'],
  ])('are wrong with %s', async (_what, text, problem) => {
    expect(problemsOf(await load(text))).toEqual([problem])
  })
})

describe('http_token', () => {
  const TOKEN = '0123456789abcdef'

  it('is a secret, without the line break that a file ends with', async () => {
    const folder = writeFiles({ 'bellhop.yaml': `${KAFKA}http_token: \${file:token}\n`, token: `${TOKEN}\n` })
    const config = configOf(await loadConfig(`${folder}/bellhop.yaml`, { env: {}, secrets: 'required' }))

    expect(secretsOf(config).map((secret) => secret.reveal())).toContain(TOKEN)
    expect(JSON.stringify(config.httpToken)).not.toContain(TOKEN)
  })

  it.each([
    ['short', 'too-short-to-use'.slice(1)],
    ['with white space', 'correct horse battery'],
    ['not ASCII', 'pässwörter-und-mehr'],
  ])('is refused where it is %s, and not shown', async (_what, token) => {
    const loaded = await load(`http_token: ${token}\n`)

    expect(problemsOf(loaded)).toEqual([
      '3:13 http_token: must be a token of 16 to 512 ASCII characters, without white space',
    ])
    expect(loaded.kind === 'invalid' ? formatProblems(loaded.problems) : '').not.toContain(token)
  })

  it('is hidden in the excerpt of another mistake on its line', async () => {
    const loaded = await loadText(`{ kafka: { brokers: b }, http_token: ${TOKEN} }\n`)

    expect(loaded.kind === 'invalid' ? formatProblems(loaded.problems) : TOKEN).not.toContain(TOKEN)
  })
})

it.each(['bellhop.canary', 'bellhop.notify', 'bellhop.x'])('an action cannot be called %s', async (id) => {
  const loaded = await loadText(`${KAFKA}${SALES}actions: [{ id: ${id}, trigger: "true", message: hi }]\n`)

  expect(problemsOf(loaded)).toEqual([
    `3:17 actions.${id}.id: ids that begin with "bellhop." are bellhop's own: choose another`,
  ])
})

it.each([
  'controls',
  'status',
])('no events are read from the topic %s, which bellhop writes', async (name) => {
  const loaded = await loadText(`kafka: { brokers: "b:1", events: [bellhop.${name}] }\n${SALES}`)

  expect(problemsOf(loaded)).toEqual([
    '1:35 kafka.events[0]: this is a topic that bellhop writes itself: read another, or change kafka.prefix',
  ])
})
