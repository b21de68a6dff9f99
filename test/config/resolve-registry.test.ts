import { describe, expect, it } from 'vitest'
import { secretsOf } from '../../src/config/secrets.ts'
import { readPem } from '../support/certificates.ts'
import { configOf, KAFKA, loadText, problemsOf, warningsOf } from './load-text.ts'

const registry = (options: string): string => `${KAFKA}registry: ${options}\n`

describe('the section registry', () => {
  it.each([
    ['is not there', KAFKA],
    ['is empty', `${KAFKA}registry:\n`],
  ])('means none where it %s', async (_what, text) => {
    expect(configOf(await loadText(text)).registry).toBe(null)
  })

  it('has defaults, and a URL without the slash at its end', async () => {
    expect(configOf(await loadText(registry('{ url: "http://r:8081/apis/ccompat/v7/" }'))).registry).toEqual({
      url: 'http://r:8081/apis/ccompat/v7',
      auth: null,
      ca: null,
      timeoutMs: 5_000,
      unknownSchemaWaitMs: 30_000,
    })
  })

  it('holds a login, whose password is a secret, and an authority from a file beside it', async () => {
    const text = registry('{ url: "https://r", username: "${U}", password: "${P}", ca: ca.pem }')
    const files = { 'ca.pem': readPem('ca') }
    const config = configOf(await loadText(text, { env: { U: 'me', P: 'open:sesame' }, files }))

    expect(config.registry?.auth?.username).toBe('me')
    expect(secretsOf(config).map((secret) => secret.reveal())).toContain('open:sesame')
    expect(config.registry?.ca?.trim()).toBe(readPem('ca').trim())
  })

  it.each([
    ['no URL', '{ timeout: 1s }', '2:1 registry.url: is missing; it must be a web address'],
    [
      'a URL with a login',
      '{ url: "http://me:open@r" }',
      '2:18 registry.url: must hold no user name or password',
    ],
    ['a URL with a query', '{ url: "http://r?a=1" }', '2:18 registry.url: must be a web address'],
    ['no web address', '{ url: "r:8081" }', '2:18 registry.url: must be a web address'],
    [
      'a user name alone',
      '{ url: "http://r", username: me }',
      '2:30 registry.username: needs password beside it',
    ],
    [
      'a password alone',
      '{ url: "http://r", password: p }',
      '2:30 registry.password: needs username beside it',
    ],
    [
      'an authority for http',
      `{ url: "http://r", ca: ca.pem }`,
      '2:30 registry.ca: means nothing where registry.url is not https',
    ],
    [
      'a misspelt option',
      '{ url: "http://r", usrname: me }',
      '2:30 registry.usrname: there is no such option; did you mean "username"?',
    ],
    [
      'a wait of no time',
      '{ url: "http://r", unknown_schema_wait: 0s }',
      '2:51 registry.unknown_schema_wait: must be a duration',
    ],
  ])('is an error with %s, and shows no secret', async (_what, options, problem) => {
    const loaded = await loadText(registry(options), { files: { 'ca.pem': readPem('ca') } })

    expect(problemsOf(loaded)[0]).toContain(problem)
    expect(JSON.stringify(loaded)).not.toContain('open@')
  })

  it('asks nobody where a variable that is not set would say whom', async () => {
    const loaded = await loadText(registry('{ url: "${REGISTRY_URL}" }'), { secrets: 'optional' })

    expect(warningsOf(loaded)).toHaveLength(1)
    expect(configOf(loaded).registry?.url).toBe('http://unset.invalid')
  })
})

describe('a map of an events topic', () => {
  it('holds its paths, and a type by name or path', async () => {
    const text = `kafka:
  brokers: a:1
  events:
    - { topic: a, map: { type: Identify, event: $.eventName, userId: "$['customer'].id" } }
    - { topic: b, map: { type: $.kind } }
    - { topic: c, map: {} }
`
    const maps = configOf(await loadText(text)).kafka.events.map(({ map }) => map)

    expect(maps).toEqual([
      {
        type: { is: 'identify' },
        paths: [
          { field: 'event', path: '$.eventName' },
          { field: 'userId', path: "$['customer'].id" },
        ],
      },
      { type: { path: '$.kind' }, paths: [] },
      null,
    ])
  })
})
