import { describe, expect, it } from 'vitest'
import type { Config, EventsTopic } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'
import { optionsForRestart } from '../../src/reload/restart-options.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'

const before = testConfig()
const { kafka, slack } = before
const [events] = kafka.events as [EventsTopic]
const withKafka = (change: Partial<Config['kafka']>): Partial<Config> => ({ kafka: { ...kafka, ...change } })
const tls = { ca: null, cert: null, key: null, rejectUnauthorized: true }
const sasl = (password: string) => ({
  mechanism: 'plain' as const,
  username: 'bellhop',
  password: new Secret(password),
})
const registry = { url: 'http://registry', auth: null, ca: null, timeoutMs: 1, unknownSchemaWaitMs: 1 }

describe('a running process cannot change', () => {
  it.each<[string, Partial<Config>, string[]]>([
    ['the brokers', withKafka({ brokers: ['other:9092'] }), ['kafka.brokers']],
    ['the client id', withKafka({ clientId: 'other' }), ['kafka.client_id']],
    ['the prefix', withKafka({ prefix: 'other' }), ['kafka.prefix']],
    ['TLS', withKafka({ tls }), ['kafka.tls']],
    ['the login', withKafka({ sasl: sasl('secret') }), ['kafka.sasl']],
    ['the session timeout', withKafka({ sessionTimeoutMs: 1 }), ['kafka.session_timeout']],
    ['the connection timeout', withKafka({ connectionTimeoutMs: 1 }), ['kafka.connection_timeout']],
    ['how topics are created', withKafka({ topics: { ...kafka.topics, partitions: 99 } }), ['kafka.topics']],
    [
      'which topics it reads',
      withKafka({ events: [events, { ...events, topic: 'more' }] }),
      ['kafka.events'],
    ],
    ['that it reads a topic', withKafka({ events: [] }), ['kafka.events']],
    ['another topic', withKafka({ events: [{ ...events, topic: 'other' }] }), ['kafka.events']],
    ['where it begins', withKafka({ events: [{ ...events, start: { at: 'latest' } }] }), ['kafka.events']],
    ['its sockets', { slack: { ...slack, maxSockets: 1 } }, ['slack.max_sockets']],
    ['where it is scraped', { http: { host: '127.0.0.1', port: 1 } }, ['http']],
    ['its registry', { registry }, ['registry']],
    [
      'several at once, each named once',
      {
        ...withKafka({ prefix: 'other', events: [{ ...events, topic: 'other', start: { at: 'latest' } }] }),
        slack: { ...slack, maxSockets: 1 },
        http: { host: '127.0.0.1', port: 1 },
      },
      ['kafka.prefix', 'kafka.events', 'slack.max_sockets', 'http'],
    ],
  ])('%s', (_, change, options) => {
    expect(optionsForRestart(before, testConfig(change))).toEqual(options)
    expect(optionsForRestart(testConfig(change), before)).toEqual(options)
  })

  it('a password, though both print alike', () => {
    const [one, other] = ['one', 'other'].map((word) => testConfig(withKafka({ sasl: sasl(word) })))
    expect(optionsForRestart(one ?? before, other ?? before)).toEqual(['kafka.sasl'])
  })
})

describe('a running process can change', () => {
  it.each<[string, Partial<Config>]>([
    ['nothing', {}],
    ['the canary', { canary: { destination: 'sales', everyMs: 5_000 } }],
    ['whom it notifies', { notify: { destination: 'sales', oldestMessageMs: 1, deadLetters: 1 } }],
    ['the token of its pages', { httpToken: new Secret('0123456789abcdef') }],
    ['the version, which follows from the text', { version: '0' }],
    ['destinations', { destinations: new Map([['more', testWebhook('more')]]) }],
    ['actions', { actions: [testAction({ id: 'more' })] }],
    ['which integrations mean it', { integrationNames: ['Slack'] }],
    ['the largest event', { maxEventBytes: 1 }],
    ['other origins', { slack: { ...slack, allowOrigins: ['http://127.0.0.1'] } }],
    ['the memory of its lanes', { slack: { ...slack, queueLimitBytes: 1 } }],
    [
      'how a topic is read',
      withKafka({ events: [{ ...events, format: 'avro', map: { type: null, paths: [] } }] }),
    ],
  ])('%s', (_, change) => {
    expect(optionsForRestart(before, testConfig(change))).toEqual([])
  })

  it('the order of topics', () => {
    const more: EventsTopic = { ...events, topic: 'more' }
    const [one, other] = [
      [events, more],
      [more, events],
    ].map((topics) => testConfig(withKafka({ events: topics })))
    expect(optionsForRestart(one ?? before, other ?? before)).toEqual([])
  })
})
