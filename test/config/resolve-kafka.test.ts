import { describe, expect, it } from 'vitest'
import { KAFKA, kafkaWith, loadText, problemsOf, SALES, slackWith } from './load-text.ts'

/** Each row: what is wrong, in a sentence; the lines; exactly what is said of them. */
describe('kafka', () => {
  it.each([
    [
      'an option that does not exist',
      'brokerz: x',
      ['4:3 kafka.brokerz: there is no such option; did you mean "brokers"?'],
    ],
    [
      'an option that resembles none',
      'colour: red',
      [
        '4:3 kafka.colour: there is no such option; known are brokers, client_id, prefix, events, max_event_bytes, session_timeout, connection_timeout, tls, sasl, topics',
      ],
    ],
    [
      'hyphens instead of underscores',
      'session-timeout: 9s',
      ['4:3 kafka.session-timeout: there is no such option; did you mean "session_timeout"?'],
    ],
    [
      'a duration without unit',
      'session_timeout: 10',
      ['4:20 kafka.session_timeout: needs a unit: ms, s, m, h or d, as in 10s'],
    ],
    [
      'a duration out of range',
      'session_timeout: 1s',
      ['4:20 kafka.session_timeout: must be a duration from 2s to 30m, such as 10s, 5m or 1h30m'],
    ],
    [
      'a size that is none',
      'max_event_bytes: big',
      ['4:20 kafka.max_event_bytes: must be a size of 1 to 1073741824 bytes, such as 1MiB'],
    ],
    [
      'a word that JavaScript knows',
      'topics: { create: constructor }',
      ['4:21 kafka.topics.create: must be true or false'],
    ],
    ['no value', 'client_id:', ['4:3 kafka.client_id: has no value; it must be text on one line']],
    [
      'a map instead of text',
      'client_id: { a: b }',
      ['4:14 kafka.client_id: must be text on one line, not a map'],
    ],
    [
      'a list instead of text',
      'client_id: [a]',
      ['4:14 kafka.client_id: must be text on one line, not a list'],
    ],
    ['a list instead of a map', 'topics: [a]', ['4:11 kafka.topics: must be a map of options']],
    [
      'two lines where one is wanted',
      'client_id: "a\\nb"',
      ['4:14 kafka.client_id: must be text on one line'],
    ],
    [
      'a prefix no topic can begin with',
      'prefix: a b',
      ['4:11 kafka.prefix: must be up to 200 letters, digits, ".", "_" and "-"'],
    ],
    [
      'numbers and booleans that are none',
      'topics: { partitions: 0, replication: x, create: yes, retention: 14 }',
      [
        '4:25 kafka.topics.partitions: must be a whole number from 1 to 10000',
        '4:41 kafka.topics.replication: must be a whole number from 1 to 100',
        '4:52 kafka.topics.create: must be true or false',
        '4:68 kafka.topics.retention: needs a unit: ms, s, m, h or d, as in 10s',
      ],
    ],
    [
      'tls that is neither',
      'tls: maybe',
      ['4:8 kafka.tls: must be true, false, or a map of ca, cert, key, reject_unauthorized'],
    ],
    [
      'a login that lacks things',
      'sasl: { mechanism: scram-sha256 }',
      [
        '4:3 kafka.sasl.username: is missing; it must be a user name on one line',
        '4:3 kafka.sasl.password: is missing; it must be a password',
        '4:22 kafka.sasl.mechanism: must be plain, scram-sha-256 or scram-sha-512; did you mean "scram-sha-256"?',
      ],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(problemsOf(await loadText(kafkaWith(lines)))).toEqual(expected)
  })

  it.each([
    [
      'nothing at all',
      '{}',
      ['1:1 kafka.brokers: is missing; it must be a list', '1:1 kafka.events: is missing; it must be a list'],
    ],
    ['no broker', '{ brokers: [], events: [a] }', ['1:19 kafka.brokers: needs at least one broker']],
    [
      'brokers without port, with scheme, by IPv6 address',
      '{ brokers: [a, "ssl://b:1", "[::1]:9092", "c:0"], events: [a] }',
      [
        '1:20 kafka.brokers[0]: must be host:port, such as broker-1.example.com:9092',
        '1:23 kafka.brokers[1]: must be host:port alone; TLS and SASL have options of their own',
        '1:36 kafka.brokers[2]: must name its host: kafkajs takes no IPv6 address here',
        '1:50 kafka.brokers[3]: must be host:port, such as broker-1.example.com:9092',
      ],
    ],
    [
      'a bad broker among several in one text',
      '{ brokers: "a:1,b", events: [a] }',
      ['1:19 kafka.brokers: must be host:port, such as broker-1.example.com:9092'],
    ],
    [
      'avro without a registry',
      '{ brokers: "a:1", events: [{ topic: a, format: avro }] }',
      [
        '1:55 kafka.events[0].format: needs the schema registry that the events were written with: set registry.url',
      ],
    ],
    [
      'another format',
      '{ brokers: "a:1", events: [{ topic: a, format: afro }] }',
      ['1:55 kafka.events[0].format: must be json or avro; did you mean "avro"?'],
    ],
    [
      'a map with a field that no event has',
      '{ brokers: "a:1", events: [{ topic: a, map: { usrId: $.a } }] }',
      ['1:54 kafka.events[0].map.usrId: there is no such option; did you mean "userId"?'],
    ],
    [
      'a map with what is no path',
      '{ brokers: "a:1", events: [{ topic: a, map: { event: name } }] }',
      ['1:61 kafka.events[0].map.event: must be a JSONPath that begins with $, such as $.customer.id'],
    ],
    [
      'a map with paths that are wrong, at the place inside',
      '{ brokers: "a:1", events: [{ topic: a, map: { userId: "$.a b", traits: "$.a[", context: $a } }] }',
      [
        '1:66 kafka.events[0].map.userId: the JSONPath ends here, and something follows it',
        '1:84 kafka.events[0].map.traits: expected a quoted name, a number, `*` or a slice such as `0:2`, found the end',
        '1:96 kafka.events[0].map.context: expected `$.`; write `$.a` for a path, `$.$a` for a name with a dollar',
      ],
    ],
    [
      'a map with a type that is none',
      '{ brokers: "a:1", events: [{ topic: a, map: { type: trak } }] }',
      [
        '1:60 kafka.events[0].map.type: must be track, identify, page, screen, group or alias, or a JSONPath such as $.kind; did you mean "track"?',
      ],
    ],
    [
      'a map that is no map',
      '{ brokers: "a:1", events: [{ topic: a, map: $.a }] }',
      ['1:52 kafka.events[0].map: must be a map of options'],
    ],
    [
      'a start that is none',
      '{ brokers: "a:1", events: [{ topic: a, start: earlest }, { topic: b, start: 2026-02-31 }, { topic: c, start: "2026-01-01T00:00" }] }',
      [
        '1:54 kafka.events[0].start: must be latest, earliest, or a time with its zone such as 2026-01-31T08:00:00Z; did you mean "earliest"?',
        '1:84 kafka.events[1].start: must be latest, earliest, or a time with its zone such as 2026-01-31T08:00:00Z',
        '1:117 kafka.events[2].start: must be latest, earliest, or a time with its zone such as 2026-01-31T08:00:00Z',
      ],
    ],
    [
      'names no topic can have, one of them without a map',
      '{ brokers: "a:1", events: ["a b", { topic: ".." }] }',
      [
        '1:35 kafka.events[0]: must be a topic name: up to 249 letters, digits, ".", "_" and "-"',
        '1:51 kafka.events[1].topic: must be a topic name: up to 249 letters, digits, ".", "_" and "-"',
      ],
    ],
    [
      'a topic twice',
      '{ brokers: "a:1", events: [a, { topic: a }] }',
      ['1:47 kafka.events[1].topic: this topic is in the list already'],
    ],
    [
      "bellhop's own topics: it would read what it writes",
      '{ brokers: "a:1", prefix: x, events: [x.dispatch, bellhop.dispatch] }',
      [
        '1:46 kafka.events[0]: this is a topic that bellhop writes itself: read another, or change kafka.prefix',
      ],
    ],
  ])('%s', async (_, kafka, expected) => {
    expect(problemsOf(await loadText(`kafka: ${kafka}\n`))).toEqual(expected)
  })

  it('is missing', async () => {
    expect(problemsOf(await loadText(SALES))).toEqual([
      '1:1 kafka.brokers: is missing; it must be a list',
      '1:1 kafka.events: is missing; it must be a list',
    ])
  })
})

describe('slack', () => {
  it.each([
    [
      'rates that are none',
      'rate: 1 per second',
      ['3:9 slack.rate: must be a rate such as 1/s or 30/m, or off'],
    ],
    [
      'a choice with a hyphen',
      'on_ambiguous: dead-letter',
      ['3:17 slack.on_ambiguous: must be resend or dead_letter; did you mean "dead_letter"?'],
    ],
    [
      'coalesce that is neither',
      'coalesce: maybe',
      ['3:13 slack.coalesce: must be on, off, or a map of max_messages, max_chars'],
    ],
    [
      'an unknown limit',
      'coalesce: { max_message: 3 }',
      ['3:15 slack.coalesce.max_message: there is no such option; did you mean "max_messages"?'],
    ],
    [
      'an origin with a path',
      'allow_origins: [https://chat.example.com/hooks]',
      [
        '3:19 slack.allow_origins[0]: must be an origin such as https://chat.example.com or http://127.0.0.1:3999, with nothing behind it',
      ],
    ],
    [
      'an origin with a user name',
      'allow_origins: https://user@chat.example.com',
      [
        '3:18 slack.allow_origins: must be an origin such as https://chat.example.com or http://127.0.0.1:3999, with nothing behind it',
      ],
    ],
    [
      'an address of the API that nobody allowed',
      'api_url: http://127.0.0.1:3999/api/chat.postMessage',
      [
        "3:12 slack.api_url: http://127.0.0.1:3999 is not Slack's https://slack.com; if messages are to go there, add it to slack.allow_origins",
      ],
    ],
    ['a whole section that is text', 'on', ['3:3 slack: must be a map of options']],
  ])('%s', async (_, lines, expected) => {
    expect(problemsOf(await loadText(slackWith(lines)))).toEqual(expected)
  })
})

describe('the rest', () => {
  it.each([
    [
      'a section that does not exist',
      'kafkaa: {}',
      ['3:1 kafkaa: there is no such option; did you mean "kafka"?'],
    ],
    ['an address without port', 'http: localhost', ['3:7 http: must be host:port, such as 127.0.0.1:9464']],
    ['names that are a map', 'integration_names: { a: b }', ['3:20 integration_names: must be a list']],
    [
      'a merge key, which YAML 1.2 does not know',
      '<<: {}',
      [
        '3:1 ?: there is no such option; known are kafka, registry, slack, destinations, actions, canary, notify, integration_names, http, http_token',
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(problemsOf(await loadText(`${KAFKA}${SALES}${text}\n`))).toEqual(expected)
  })

  it('of all sections is said at once, in the order of the file', async () => {
    const text = `kafka: { brokers: a, events: [orders] }
slack: { rate: fast }
destinations: { sales: { webhook_url: "https://evil.example.com/x" } }
actions:
  - { id: a, trigger: "type =", message: "{{ x", destination: sale, topics: [order] }
http: x
`
    expect(problemsOf(await loadText(text)).map((problem) => problem.split(' ')[1])).toEqual([
      'kafka.brokers:',
      'slack.rate:',
      'destinations.sales.webhook_url:',
      'actions.a.trigger:',
      'actions.a.message:',
      'actions.a.destination:',
      'actions.a.topics[0]:',
      'http:',
    ])
  })
})
