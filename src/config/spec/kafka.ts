import * as z from 'zod'
import { EVENT_TYPES } from '../../core/event-fields.ts'
import type { StartPosition } from '../config.ts'
import { UNSET } from '../tree.ts'
import { parseHostPort, parseTime } from '../units.ts'
import { defaulted, listOf, optional, required, section, toggledSection } from './option.ts'
import {
  choice,
  duration,
  flag,
  integer,
  listed,
  near,
  pattern,
  scalar,
  secretText,
  size,
  text,
  topicName,
  UNSET_TEXT,
} from './scalar.ts'
import { kafkaTlsShape } from './tls.ts'

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

const broker = scalar({
  wants: 'host:port, such as broker-1.example.com:9092',
  placeholder: 'localhost:9092',
  parse(input) {
    const address = parseHostPort(input.trim())
    return address === undefined || address.host.includes(':') || address.port === 0
      ? undefined
      : input.trim()
  },
  explain(input) {
    if (input.includes('://')) return 'must be host:port alone; TLS and SASL have options of their own'
    return input.trim().startsWith('[') ? 'must name its host: kafkajs takes no IPv6 address here' : null
  },
})

const START_WORDS = ['latest', 'earliest']

const startPosition = scalar<StartPosition>({
  wants: 'latest, earliest, or a time with its zone such as 2026-01-31T08:00:00Z',
  placeholder: { at: 'latest' },
  parse(input) {
    const word = input.trim().toLowerCase()
    if (word === 'latest' || word === 'earliest') return { at: word }
    const timeMs = parseTime(input.trim())
    return timeMs === undefined ? undefined : { at: 'time', timeMs }
  },
  explain: (input) =>
    `must be latest, earliest, or a time with its zone such as 2026-01-31T08:00:00Z${near(input, START_WORDS)}`,
})

const jsonPath = () =>
  scalar({
    wants: 'a JSONPath that begins with $, such as $.customer.id',
    placeholder: '$.unset',
    parse: (input) => (input.trim().startsWith('$') ? input.trim() : undefined),
  })

const eventType = scalar<string>({
  wants: `${listed(EVENT_TYPES)}, or a JSONPath such as $.kind`,
  placeholder: EVENT_TYPES[0],
  parse(input) {
    const word = input.trim()
    if (word.startsWith('$')) return word
    return EVENT_TYPES.find((type) => type === word.toLowerCase())
  },
  explain: (input) =>
    `must be ${listed(EVENT_TYPES)}, or a JSONPath such as $.kind${near(input, EVENT_TYPES)}`,
})

/** How an option of the map reads where it has nothing of its own to say. */
const mapped = (what: string, example: string) =>
  optional(jsonPath(), {
    type: 'JSONPath',
    description: `Where ${what} stands in a record.`,
    example,
    otherwise: "the record's own field of that name",
  })

export const eventMapShape = {
  type: optional(eventType, {
    type: `${EVENT_TYPES.join(', ')}, or JSONPath`,
    description: 'The type of all events of the topic, or where it stands in a record.',
    example: 'track',
    otherwise: "the record's own; `track` where it has none and `event` is mapped",
  }),
  event: mapped("the event's name", '$.eventName'),
  userId: mapped("the user's id", '$.customer.id'),
  anonymousId: mapped('the anonymous id', '$.session.visitor'),
  messageId: mapped("the event's own id", '$.header.id'),
  timestamp: mapped('the time', '$.header.occurredAt'),
  properties: mapped('the map of properties', '$.payload'),
  traits: mapped('the map of traits', '$.customer'),
  context: mapped('the map of the context', '$.header'),
  integrations: mapped('the map of integrations', '$.routing'),
}

export const eventsShape = {
  topic: required(topicName(), {
    type: 'topic name',
    description: 'The topic that holds the events.',
    example: 'analytics.events',
  }),
  format: defaulted(choice(['json', 'avro']), 'json', {
    type: 'json or avro',
    description: 'How the events are encoded. `avro` is the Confluent wire format and needs `registry.url`.',
    example: 'avro',
  }),
  map: optional(z.strictObject(eventMapShape), {
    type: 'map',
    description:
      'Where the fields of an event stand, in records that do not follow the Segment spec. The other fields stay as they are.',
    example: '{ event: $.eventName, userId: $.customer.id }',
    otherwise: 'records are events as they are',
  }),
  start: defaulted(startPosition, 'latest', {
    type: 'latest, earliest or a time',
    description: 'Where reading begins the first time. Later it goes on where it stopped.',
    example: '2026-01-31T08:00:00Z',
  }),
}

/** A topic's name alone means the topic with all defaults. */
const eventsTopic = z.preprocess(
  (input) => (typeof input === 'string' || input === UNSET ? { topic: input } : input),
  z.strictObject(eventsShape),
)

export const saslShape = {
  mechanism: required(choice(SASL_MECHANISMS), {
    type: SASL_MECHANISMS.join(', '),
    description: 'How to log in.',
    example: 'scram-sha-512',
  }),
  username: required(text('a user name'), {
    type: 'text',
    description: 'Who logs in.',
    example: '${KAFKA_USERNAME}',
    secret: true,
  }),
  password: required(secretText('a password', /^[^\r\n]+$/, false), {
    type: 'text',
    description: 'The password that goes with it.',
    example: '${KAFKA_PASSWORD}',
    secret: true,
  }),
}

export const topicsShape = {
  create: defaulted(flag(), 'true', {
    type: 'true or false',
    description:
      'Whether missing topics are created at start. If not, a missing topic is an error that says how.',
    example: 'false',
  }),
  partitions: defaulted(integer({ min: 1, max: 10_000 }), '12', {
    type: 'whole number',
    description: 'Partitions of a topic that is created: the most processes that can share the work.',
    example: '48',
  }),
  replication: optional(integer({ min: 1, max: 100 }), {
    type: 'whole number',
    description: 'Copies of a topic that is created.',
    example: '3',
    otherwise: "the broker's default",
  }),
  retention: defaulted(duration({ min: '1m', max: '3650d' }), '14d', {
    type: 'duration',
    description: 'How long dispatch, receipts and dead letters are kept in topics that are created.',
    example: '30d',
  }),
}

export const kafkaShape = {
  brokers: required(listOf(broker).check(z.minLength(1, 'needs at least one broker')), {
    type: 'host:port, or a list of them',
    description: 'Where the cluster is found: one broker is enough, several survive its loss.',
    example: '[broker-1.example.com:9092, broker-2.example.com:9092]',
  }),
  client_id: defaulted(text(), 'bellhop', {
    type: 'text',
    description: "The name in the brokers' logs and quotas.",
    example: 'bellhop-eu',
  }),
  prefix: defaulted(
    pattern('up to 200 letters, digits, ".", "_" and "-"', /^[A-Za-z0-9._-]{1,200}$/),
    'bellhop',
    {
      type: 'text',
      description:
        'Begins the names of topics, groups and transactional ids, so that several bellhops can share a cluster.',
      example: 'bellhop-staging',
    },
  ),
  events: required(listOf(eventsTopic).check(z.minLength(1, 'needs at least one topic')), {
    type: 'list of topics',
    description: 'The topics to read. A name alone takes the defaults; a map may say more.',
    example: '[analytics.events, { topic: billing.events, start: earliest }]',
  }),
  max_event_bytes: defaulted(size({ min: 1, max: 1_073_741_824 }), '1MiB', {
    type: 'size',
    description: 'The largest event that is decoded; a larger one becomes a dead letter.',
    example: '256KiB',
  }),
  session_timeout: defaulted(duration({ min: '2s', max: '30m' }), '10s', {
    type: 'duration',
    description:
      'How long a process may be silent before others take over its partitions. The broker bounds it too (group.min.session.timeout.ms).',
    example: '30s',
  }),
  connection_timeout: defaulted(duration({ min: '100ms', max: '5m' }), '10s', {
    type: 'duration',
    description: 'How long connecting to a broker may take, TLS and login included.',
    example: '3s',
  }),
  tls: defaulted(toggledSection(kafkaTlsShape, { on: 'true', off: 'false' }), 'false', {
    type: 'true, false or a map',
    description: 'Whether to speak TLS with the brokers, and with which certificates.',
    example: 'true',
  }),
  sasl: optional(z.strictObject(saslShape), {
    type: 'map',
    description: 'How to log in.',
    example: '{ mechanism: plain, username: "${KAFKA_USERNAME}", password: "${KAFKA_PASSWORD}" }',
    otherwise: 'no login',
  }),
  topics: defaulted(
    section(topicsShape),
    {},
    {
      type: 'map',
      description: "How bellhop's own topics are created where they are missing.",
      example: '{ partitions: 48, replication: 3 }',
    },
  ),
}

/** The name of a topic that only a variable which is not set would tell. */
export const UNKNOWN_TOPIC = UNSET_TEXT
