import { describe, expect, it } from 'vitest'
import {
  actionWith,
  configOf,
  destinationWith,
  KAFKA,
  kafkaWith,
  loadText,
  problemsOf,
  SALES,
  slackWith,
} from './load-text.ts'

const ACTION = 'actions: [{ id: a, trigger: "true", message: hello }]\n'

describe('defaults', () => {
  it('are what the specification says', async () => {
    const config = configOf(await loadText(`${KAFKA}${SALES}${ACTION}`))
    expect(config).toMatchObject({
      kafka: {
        clientId: 'bellhop',
        prefix: 'bellhop',
        tls: null,
        sasl: null,
        sessionTimeoutMs: 10_000,
        connectionTimeoutMs: 10_000,
        topics: { create: true, partitions: 12, replication: -1, retentionMs: 1_209_600_000 },
      },
      maxEventBytes: 1_048_576,
      slack: { allowOrigins: [], maxSockets: 1_000, queueLimitBytes: 134_217_728 },
      integrationNames: ['Slack', 'Actions Slack'],
      http: { host: '127.0.0.1', port: 9464 },
    })
    expect(config.destinations.get('sales')?.policy).toEqual({
      intervalMs: 1_000,
      retryForMs: 3_600_000,
      onAmbiguous: 'resend',
      coalesce: { maxMessages: 20, maxChars: 3_500 },
      laneLimit: 1_000,
      expireAfterMs: null,
    })
  })

  it('hold where a section is there and empty', async () => {
    const loaded = await loadText(`${KAFKA}slack:\n${SALES}actions:\n`)
    expect(configOf(loaded).slack.maxSockets).toBe(1_000)
    expect(configOf(loaded).actions).toEqual([])
  })
})

describe('options of kafka', () => {
  it.each([
    ['brokers in one text', 'client_id: x', { brokers: ['localhost:9092'], clientId: 'x' }],
    [
      'numbers and durations',
      'session_timeout: 1m\ntopics: { partitions: 3, replication: 2, retention: 1h }',
      {
        sessionTimeoutMs: 60_000,
        topics: { create: true, partitions: 3, replication: 2, retentionMs: 3_600_000 },
      },
    ],
    [
      'quoted numbers and booleans',
      'topics: { partitions: "3", create: "false" }',
      {
        topics: { create: false, partitions: 3, replication: -1, retentionMs: 1_209_600_000 },
      },
    ],
    ['tls: true', 'tls: true', { tls: { ca: null, cert: null, key: null, rejectUnauthorized: true } }],
    ['tls: false', 'tls: false', { tls: null }],
    [
      'a mechanism in capitals',
      'sasl: { mechanism: SCRAM-SHA-512, username: u, password: p }',
      {
        sasl: { mechanism: 'scram-sha-512', username: 'u' },
      },
    ],
  ])('%s', async (_, lines, expected) => {
    expect(configOf(await loadText(kafkaWith(lines))).kafka).toMatchObject(expected)
  })

  it.each([
    ['a list', '[a:1, b:2]'],
    ['a text with commas', '"a:1, b:2"'],
    ['a variable with commas', '"${BROKERS}"'],
    ['a list with variables', '["${ONE}", "b:2"]'],
  ])('brokers as %s', async (_, brokers) => {
    const text = `kafka: { brokers: ${brokers}, events: [orders] }`
    const env = { BROKERS: 'a:1,b:2', ONE: 'a:1' }
    expect(configOf(await loadText(text, { env })).kafka.brokers).toEqual(['a:1', 'b:2'])
  })

  it('events as names and as maps', async () => {
    const text = `kafka:
  brokers: a:1
  events:
    - orders
    - { topic: signups, start: earliest }
    - { topic: old, start: 2026-01-31T08:00:00+02:00, format: json }
    - { topic: day, start: 2026-01-31 }
`
    expect(configOf(await loadText(text)).kafka.events).toEqual([
      { topic: 'orders', format: 'json', map: null, start: { at: 'latest' } },
      { topic: 'signups', format: 'json', map: null, start: { at: 'earliest' } },
      { topic: 'old', format: 'json', map: null, start: { at: 'time', timeMs: Date.UTC(2026, 0, 31, 6) } },
      { topic: 'day', format: 'json', map: null, start: { at: 'time', timeMs: Date.UTC(2026, 0, 31) } },
    ])
  })

  it('a password keeps every character, white space around it too', async () => {
    const loaded = await loadText(kafkaWith('sasl: { mechanism: plain, username: u, password: " p#1 " }'))
    expect(configOf(loaded).kafka.sasl?.password.reveal()).toBe(' p#1 ')
  })

  it('a password that looks like a number stays as it is written', async () => {
    const loaded = await loadText(kafkaWith('sasl: { mechanism: plain, username: 007, password: 1.50 }'))
    expect(configOf(loaded).kafka.sasl?.username).toBe('007')
    expect(configOf(loaded).kafka.sasl?.password.reveal()).toBe('1.50')
  })
})

describe('delivery policies', () => {
  it.each([
    ['rate: off', { intervalMs: null }],
    ['rate: false', { intervalMs: null }],
    ['rate: "off"', { intervalMs: null }],
    ['rate: 30/m', { intervalMs: 2_000 }],
    ['retry_for: 0s', { retryForMs: 0 }],
    ['on_ambiguous: dead_letter', { onAmbiguous: 'dead_letter' }],
    ['coalesce: off', { coalesce: null }],
    ['coalesce: false', { coalesce: null }],
    ['coalesce: on', { coalesce: { maxMessages: 20, maxChars: 3_500 } }],
    ['coalesce: { max_messages: 5 }', { coalesce: { maxMessages: 5, maxChars: 3_500 } }],
    ['coalesce: { max_messages: 5, max_chars: 100 }', { coalesce: { maxMessages: 5, maxChars: 100 } }],
    ['lane_limit: 7', { laneLimit: 7 }],
    ['expire_after: 30m', { expireAfterMs: 1_800_000 }],
    ['expire_after: off', { expireAfterMs: null }],
    ['expire_after: false', { expireAfterMs: null }],
  ])('%s stands on a destination', async (line, expected) => {
    const url = 'webhook_url: https://hooks.slack.com/services/T0/B0/x'
    const config = configOf(await loadText(destinationWith(`${url}\n${line}\n`)))
    expect(config.destinations.get('sales')?.policy).toMatchObject(expected)
  })

  it('hold for all destinations under slack, and a destination goes its own way', async () => {
    const text = `${slackWith('rate: off\ncoalesce: off\nlane_limit: 5\nexpire_after: 1h\n')}
destinations:
  one: { type: blackhole }
  two: { type: blackhole, rate: 1/s, coalesce: on, expire_after: off }
actions:
  - { id: own, trigger: "true", message: hello, webhook_url: "https://hooks.slack.com/services/T0/B0/x" }
`
    const { destinations } = configOf(await loadText(text))
    expect(destinations.get('one')?.policy).toMatchObject({
      intervalMs: null,
      coalesce: null,
      laneLimit: 5,
      expireAfterMs: 3_600_000,
    })
    expect(destinations.get('two')?.policy).toMatchObject({
      intervalMs: 1_000,
      coalesce: { maxMessages: 20, maxChars: 3_500 },
      laneLimit: 5,
      expireAfterMs: null,
    })
    expect(destinations.get('own')?.policy).toMatchObject({
      intervalMs: null,
      laneLimit: 5,
      expireAfterMs: 3_600_000,
    })
  })
})

describe('actions', () => {
  const TWO = `${KAFKA}destinations:
  sales: { webhook_url: "https://hooks.slack.com/services/T0/B0/x" }
  ops: { token: xoxb-1, channel: C012345 }
`

  it('go to the only destination where none is named', async () => {
    expect(configOf(await loadText(`${KAFKA}${SALES}${ACTION}`)).actions[0]?.destinations).toEqual(['sales'])
  })

  it.each([
    ['one', 'destination: ops', ['ops']],
    ['a list', 'destination: [ops, sales]', ['ops', 'sales']],
    ['a text with commas', 'destination: ops, sales', ['ops', 'sales']],
    ['a variable', 'destination: ${WHERE}', ['ops']],
  ])('name %s of several destinations', async (_, line, expected) => {
    const text = `${TWO}actions:\n  - id: a\n    trigger: "true"\n    message: hello\n    ${line}\n`
    const { actions } = configOf(await loadText(text, { env: { WHERE: 'ops' } }))
    expect(actions[0]?.destinations).toEqual(expected)
  })

  it('stand in for what their destination shows', async () => {
    const lines =
      'trigger: "true"\nmessage: hi\nchannel: "#vip"\nusername: Shop\nicon_url: https://x.example/i.png\nicon_emoji: ":tada:"\n'
    expect(configOf(await loadText(actionWith(lines))).actions[0]).toMatchObject({
      destinations: ['sales'],
      channel: '#vip',
      username: 'Shop',
      iconUrl: 'https://x.example/i.png',
      iconEmoji: ':tada:',
    })
  })

  it('are a destination where they carry a webhook, and then override nothing', async () => {
    const lines =
      'trigger: "true"\nmessage: hi\nwebhook_url: https://hooks.slack.com/services/T0/B0/own\nchannel: "#vip"\nicon_emoji: ":tada:"\n'
    const config = configOf(await loadText(actionWith(lines)))
    const destination = config.destinations.get('a')
    expect(config.actions[0]).toMatchObject({ destinations: ['a'], channel: null, iconEmoji: null })
    expect(destination).toMatchObject({
      id: 'a',
      type: 'webhook',
      enabled: true,
      channel: '#vip',
      appearance: {
        username: 'Customer.io Data Pipelines',
        iconUrl: null,
        iconEmoji: ':tada:',
        unfurlLinks: false,
      },
    })
    expect([...config.destinations.keys()]).toEqual(['sales', 'a'])
  })

  it('can go to the webhook of another action, by its id', async () => {
    const text = `${KAFKA}actions:
  - { id: own, trigger: "true", message: hello, webhook_url: "https://hooks.slack.com/services/T0/B0/x" }
  - { id: too, trigger: "true", message: hello, destination: own }
`
    expect(configOf(await loadText(text)).actions[1]?.destinations).toEqual(['own'])
  })

  it('listen to some topics, and can be disabled, like destinations', async () => {
    const text = `${KAFKA}destinations: { sales: { type: blackhole, enabled: false } }
actions: [{ id: a, trigger: "true", message: hello, topics: [signups], enabled: false }]
`
    const config = configOf(await loadText(text))
    expect(config.actions[0]).toMatchObject({ topics: ['signups'], enabled: false })
    expect(config.destinations.get('sales')?.enabled).toBe(false)
  })

  it('take a trigger or message that YAML would read as something else as the text it is', async () => {
    const { actions } = configOf(await loadText(actionWith('trigger: true\nmessage: 1.50\n')))
    expect(actions[0]).toMatchObject({ trigger: 'true', message: '1.50' })
  })

  it('keep ${ } in triggers and messages', async () => {
    const { actions } = configOf(
      await loadText(actionWith('trigger: event = "${A}"\nmessage: costs ${A} $${B}\n')),
    )
    expect(actions[0]).toMatchObject({ trigger: 'event = "${A}"', message: 'costs ${A} $${B}' })
  })

  it('may share what an anchor holds', async () => {
    const text = `${KAFKA}destinations:
  one: &one { type: blackhole, rate: off }
  two: *one
`
    expect([...configOf(await loadText(text)).destinations.keys()]).toEqual(['one', 'two'])
  })
})

describe('origins', () => {
  it.each([
    ['https://hooks.slack.com/services/T0/B0/x', ''],
    ['https://hooks.slack-gov.com/services/T0/B0/x', ''],
    ['http://127.0.0.1:3999/services/x', 'allow_origins: [http://127.0.0.1:3999]'],
    ['https://chat.example.com/hooks/x', 'allow_origins: https://CHAT.example.com/'],
    ['https://chat.example.com:443/hooks/x', 'allow_origins: https://chat.example.com'],
  ])('%s may be posted to with %j', async (url, lines) => {
    const text = `${slackWith(lines)}\ndestinations: { sales: { webhook_url: "${url}" } }\n`
    expect(problemsOf(await loadText(text))).toEqual([])
  })

  it('another address of chat.postMessage is taken for every app', async () => {
    const text = `${slackWith('allow_origins: http://127.0.0.1:1\napi_url: http://127.0.0.1:1/api/chat.postMessage\n')}
destinations: { ops: { token: xoxb-1, channel: C012345 } }
`
    const config = configOf(await loadText(text))
    expect(config.destinations.get('ops')).toMatchObject({
      methodUrl: 'http://127.0.0.1:1/api/chat.postMessage',
    })
  })
})

describe('expire_after', () => {
  it.each([
    ['10', 'needs a unit: ms, s, m, h or d, as in 10s'],
    ['never', 'must be a duration from 1s to 365d, such as 10s, 5m or 1h30m, or off'],
    ['500ms', 'must be a duration from 1s to 365d, such as 10s, 5m or 1h30m, or off'],
  ])('%s is refused', async (written, complaint) => {
    const loaded = await loadText(slackWith(`expire_after: ${written}\n`))
    expect(problemsOf(loaded)).toEqual([`3:17 slack.expire_after: ${complaint}`])
  })
})
