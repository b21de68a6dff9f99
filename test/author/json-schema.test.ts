import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { configurationSchema } from '../../src/author/json-schema.ts'
import { SECTIONS } from '../../src/config/spec/config-spec.ts'
import {
  actionWith,
  destinationWith,
  KAFKA,
  kafkaWith,
  loadText,
  SALES,
  slackWith,
} from '../config/load-text.ts'
import { blocks, pages, ROOT } from '../docs/support/markdown.ts'

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true, strictRequired: false })
const WHOLE = configurationSchema()
const validate = ajv.compile(WHOLE)

/** Where an editor would mark a text: JSON pointers and what is wrong there. */
function marks(text: string): string[] {
  validate(parse(text))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const documents = pages().flatMap((page) =>
  blocks('yaml', page)
    .filter((text) => /^(?:kafka|slack|destinations|actions):/m.test(text))
    .map((text, index) => ({ name: `${page.name}, configuration ${index + 1}`, text })),
)

const deployed = {
  name: 'deploy/compose/bellhop.yaml',
  text: readFileSync(`${ROOT}deploy/compose/bellhop.yaml`, 'utf8'),
}

describe('what loads is not marked', () => {
  it('has examples to look at', () => {
    expect(documents.length).toBeGreaterThan(4)
  })

  it.each([...documents, deployed])('$name', ({ text }) => {
    expect(marks(text)).toEqual([])
  })

  it.each([
    ['a topic as a name', kafkaWith('').replace('[orders]', 'orders')],
    ['topics with commas between', kafkaWith('').replace('[orders]', 'orders, signups')],
    [
      'topics as names and maps',
      kafkaWith('').replace('[orders]', '[orders, { topic: signups, start: 2026-01-31 }]'),
    ],
    ['brokers as a list', `kafka: { brokers: ["a:9092", "b:9092"], events: [x] }\n`],
    ['a variable for a number', slackWith('max_sockets: ${SOCKETS}')],
    ['a variable for a duration', slackWith('retry_for: ${RETRY:-1h}')],
    ['a variable for true or false', destinationWith('type: blackhole\nenabled: ${ON}')],
    ['a variable for one of a list', slackWith('on_ambiguous: ${WHAT}')],
    ['a variable for a list', kafkaWith('').replace('[orders]', '${TOPICS}')],
    ['a variable for a word or a map', slackWith('coalesce: ${COALESCE}')],
    ['a number in quotes', slackWith('max_sockets: "20"')],
    ['true in quotes and capitals', destinationWith('type: blackhole\nenabled: "TRUE"')],
    ['a word in capitals', slackWith('on_ambiguous: Dead_Letter')],
    ['a size as a number', slackWith('queue_limit: 1048576')],
    ['a channel of digits', destinationWith('token: xoxb-1\nchannel: 12345')],
    ['rate: off', slackWith('rate: off')],
    ['rate: false', slackWith('rate: false')],
    ['coalesce: false', slackWith('coalesce: false')],
    ['tls: true', kafkaWith('tls: true')],
    ['an empty section', `${KAFKA}slack:\ndestinations:\nactions:\n`],
    ['a file of a folder with actions alone', 'actions:\n  - { id: a, trigger: "true", message: hi }\n'],
    ['an empty map inside', kafkaWith('topics:')],
  ])('%s', async (_, text) => {
    expect(marks(text)).toEqual([])
    const whole = text.includes('kafka:') ? text : `${KAFKA}${SALES}${text}`
    const loaded = await loadText(whole, { secrets: 'optional' })
    expect(loaded.kind === 'invalid' ? loaded.problems.map(({ message }) => message) : []).toEqual([])
  })
})

describe('what is mistyped is marked', () => {
  it.each([
    [
      'an option that does not exist',
      destinationWith('webhok_url: https://hooks.slack.com/services/x'),
      '/destinations/sales must NOT have additional',
    ],
    ['a section that does not exist', `${KAFKA}destination: {}\n`, ' must NOT have additional'],
    [
      'an action without a message',
      actionWith('trigger: "true"'),
      "/actions/0 must have required property 'message'",
    ],
    [
      'a destination without an address',
      destinationWith('username: Shop'),
      "/destinations/sales must have required property 'webhook_url'",
    ],
    [
      'a token without its channel',
      destinationWith('token: xoxb-1'),
      "/destinations/sales must have required property 'channel'",
    ],
    ['a duration without a unit', slackWith('retry_for: 10'), '/slack/retry_for must be string'],
    [
      'a duration with an unknown unit',
      slackWith('retry_for: 10 minutes'),
      '/slack/retry_for must match pattern',
    ],
    ['a number out of its range', slackWith('max_sockets: 0'), '/slack/max_sockets must be >= 1'],
    ['a text for a number', slackWith('max_sockets: many'), '/slack/max_sockets must match pattern'],
    [
      'a word that is not in the list',
      slackWith('on_ambiguous: drop'),
      '/slack/on_ambiguous must be equal to one of',
    ],
    [
      'a text for true or false',
      destinationWith('type: blackhole\nenabled: maybe'),
      '/destinations/sales/enabled must be boolean',
    ],
    ['a rate that is none', slackWith('rate: 1 per second'), '/slack/rate must match pattern'],
    [
      'a broker without its port',
      'kafka: { brokers: localhost, events: [x] }\n',
      '/kafka/brokers must match pattern',
    ],
    [
      'an address that is none',
      destinationWith('webhook_url: hooks.slack.com/services'),
      '/destinations/sales/webhook_url must match pattern',
    ],
    ['a map for a list', 'actions: { id: a }\n', '/actions must be array,null'],
    [
      'an option inside that does not exist',
      slackWith('coalesce: { max_message: 3 }'),
      '/slack/coalesce must NOT have additional',
    ],
    [
      'an id with a space',
      actionWith('id: my action').replace('- id: a\n', '-\n'),
      '/actions/0/id must match pattern',
    ],
    ['an empty text', actionWith('trigger: ""\nmessage: hi'), '/actions/0/trigger must match pattern'],
  ])('%s', (_, text, expected) => {
    expect(marks(text)).toContainEqual(expect.stringContaining(expected))
  })
})

/** Every kind of value that an option might take, as text. */
const TEXTS = [
  '0',
  '1',
  '7',
  '20',
  '100',
  '0.5',
  '-1',
  '1e3',
  '0010',
  '16384',
  '1048576',
  '999999999',
  'true',
  'false',
  'True',
  'on',
  'off',
  'OFF',
  'yes',
  'latest',
  'Earliest',
  'json',
  'avro',
  'AVRO',
  'blackhole',
  'resend',
  'dead_letter',
  'plain',
  'SCRAM-SHA-256',
  '10s',
  '1h30m',
  '1.5d',
  '14d',
  '0s',
  '10',
  '1MiB',
  '1.5 GiB',
  '64kB',
  '1/s',
  '30/m',
  '1/10s',
  '2 / s',
  'off ',
  ' 10s ',
  '2026-01-31',
  '2026-01-31T08:00:00Z',
  '2026-01-31 09:00+01:00',
  'localhost:9092',
  '[::1]:9464',
  'a:1,b:2',
  'a, b',
  'orders',
  'my topic',
  '#alerts',
  '@ada',
  'C012345',
  ':tada:',
  ':wave::skin-tone-2:',
  'https://example.com/x',
  'HTTP://127.0.0.1:3999',
  'https://hooks.slack.com/services/T/B/x',
  'two\nlines',
  '-----BEGIN CERTIFICATE-----',
  'x'.repeat(300),
  'ü',
  '$.userId',
  'U012ABC',
  'S012ABC',
]

const OPTIONS = SECTIONS.flatMap((section) =>
  section.options.map((option) => ({ at: `${section.title}.${option.name}`, section, option })),
)

describe('each option', () => {
  it.each(OPTIONS)('$at: what the loader takes is not marked', ({ section, option }) => {
    const taken = TEXTS.filter((text) => option.schema.safeParse(text).success)
    const marked = taken.filter((text) => !optionTakes(section.title, option.name, yamlValue(text)))
    expect(marked).toEqual([])
    expect(optionTakes(section.title, option.name, '${VAR}') || !taken.length).toBe(true)
  })

  it.each(OPTIONS)('$at: its example and its default are not marked, and it is described', ({
    section,
    option,
  }) => {
    const { examples, description, default: written } = propertyAt(section.title, option.name)
    expect(examples).toEqual([parse(option.doc.example)])
    expect(description).toBe(option.doc.description)
    for (const value of [...(examples as unknown[]), ...(written === undefined ? [] : [written])]) {
      expect([value, optionTakes(section.title, option.name, value)]).toEqual([value, true])
    }
    expect(written === undefined).toBe(option.doc.default === undefined)
  })
})

/** A text as an editor reads it where it stands without quotes. */
function yamlValue(text: string): unknown {
  const isPlain = !/[\n:#,[\]@]|^\s|\s$/.test(text)
  return isPlain ? parse(text) : parse(stringify(text))
}

interface Schema {
  [keyword: string]: unknown
}

function propertyAt(title: string, name: string): Schema {
  const root: Schema = WHOLE
  const path = title === '' ? [] : title.replace('.<id>', '.*').replace('[]', '.#').split('.')
  const holder = path.reduce<Schema>((schema, step) => childOf(schema, step), root)
  return childOf(holder, name)
}

function childOf(schema: Schema, step: string): Schema {
  const forms = [schema, ...((schema.anyOf as Schema[] | undefined) ?? [])]
  for (const form of forms) {
    if (step === '*' && typeof form.additionalProperties === 'object')
      return form.additionalProperties as Schema
    if (step === '#' && typeof form.items === 'object') return inItems(form.items as Schema)
    const property = (form.properties as Record<string, Schema> | undefined)?.[step]
    if (property !== undefined) return property
  }
  throw new Error(`the schema has no ${step}`)
}

/** Of a list's elements, the form that is a map. */
function inItems(items: Schema): Schema {
  const forms = (items.anyOf as Schema[] | undefined) ?? [items]
  return forms.find(({ type }) => type === 'object') ?? items
}

function optionTakes(title: string, name: string, value: unknown): boolean {
  return ajv.validate(propertyAt(title, name), value)
}
