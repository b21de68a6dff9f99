import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEAD_LETTER_CAUSES, FINAL_OUTCOMES } from '../../src/core/outcome.ts'
import type { DeadLetter, DispatchRecord, Receipt } from '../../src/core/records.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'

const codecs = createRecordCodecs()

const DISPATCH: DispatchRecord = {
  id: 'events:0:7:welcome:sales',
  action: 'welcome',
  destination: 'sales',
  message: { text: 'hello', channel: null, username: null, icon_url: null, icon_emoji: null },
  event: { topic: 'events', partition: 0, offset: 7, timestamp: 1_795_264_734_711 },
  userId: 'user-1',
  anonymousId: null,
  messageId: null,
  config_version: 'abcdef012345',
  moves: 0,
  moved_at: null,
}
const ANSWER = { status: 200, body: 'ok', ts: null, channel: null }
const RECEIPT: Receipt = {
  id: DISPATCH.id,
  action: 'welcome',
  destination: 'sales',
  dispatch_partition: 1,
  dispatch_offset: 2 ** 53 - 2,
  outcome: 'delivered',
  cause: null,
  detail: null,
  attempts: 1,
  ambiguous: 0,
  answer: ANSWER,
  post_messages: 1,
  lane: 'https://hooks.slack.com/0123',
  held_until: null,
  failing_since: null,
  breaker: 'closed',
  event: DISPATCH.event,
  queued_at: 1,
  recorded_at: 2,
  userId: null,
  anonymousId: null,
  messageId: null,
}
const TEXT = { encoding: 'utf8', data: 'not JSON' } as const
const DEAD_LETTER: DeadLetter = {
  kind: 'event',
  cause: 'not_json',
  detail: null,
  attempts: 0,
  answer: null,
  message: null,
  event: {
    ...DISPATCH.event,
    key: null,
    value: TEXT,
    value_bytes: 8,
    headers: [{ name: 'h', value: { encoding: 'base64', data: '/w==' } }],
  },
  action: null,
  destination: null,
  replays: null,
  recorded_at: 3,
}

const OK = { kind: 'record' }

it.each([
  ['a dispatch record', codecs.dispatch, DISPATCH],
  ['a receipt', codecs.receipt, RECEIPT],
  ['a receipt that holds a lane', codecs.receipt, { ...RECEIPT, outcome: null, held_until: 5 }],
  ['the dead letter of an event', codecs.deadLetter, DEAD_LETTER],
  [
    'the dead letter of a message',
    codecs.deadLetter,
    { ...DEAD_LETTER, kind: 'message', cause: 'rejected', message: DISPATCH, event: null, answer: ANSWER },
  ],
])('reads back what it wrote: %s', (_what, codec, record) => {
  const { encode, decode } = codec as { encode(record: object): string; decode(value: Buffer): object }
  expect(decode(Buffer.from(encode(record)))).toEqual({ ...OK, record })
})

describe('a foreign record', () => {
  it.each([
    ['is empty', '', 'not JSON'],
    ['is no JSON', 'hello', 'not JSON'],
    ['is null', 'null', 'record is not'],
    ['is a list', '[]', 'is not string'],
    ['lacks a field', JSON.stringify({ ...DISPATCH, action: undefined }), 'action is not'],
    ['has another type somewhere', JSON.stringify({ ...DISPATCH, userId: 7 }), 'userId is not'],
    [
      'has another type deep down',
      JSON.stringify({ ...DISPATCH, event: { ...DISPATCH.event, offset: 'seven' } }),
      'event.offset is not',
    ],
    [
      'has a fraction for an offset',
      JSON.stringify({ ...DISPATCH, event: { ...DISPATCH.event, offset: 1.5 } }),
      'event.offset is not',
    ],
  ])('that %s is malformed, with the place and without its value', (_what, value, detail) => {
    const decoded = codecs.dispatch.decode(Buffer.from(value))
    expect(decoded).toEqual({ kind: 'malformed', detail: expect.stringContaining(detail) })
    expect(JSON.stringify(decoded)).not.toMatch(/hello|seven|1\.5/)
  })

  it('is malformed where its bytes are no UTF-8', () => {
    expect(codecs.dispatch.decode(Buffer.from([0xff, 0xfe, 0x00]))).toMatchObject({ kind: 'malformed' })
  })
})

it('writes nothing that does not fit its schema', () => {
  expect(() => codecs.receipt.encode({ ...RECEIPT, attempts: 1.5 })).toThrow('attempts is not')
  expect(() => codecs.receipt.encode({ ...RECEIPT, recorded_at: Number.NaN })).toThrow('recorded_at is not')
})

it.each([
  ['receipt', 'FinalOutcome', FINAL_OUTCOMES],
  ['receipt', 'DeadLetterCause', DEAD_LETTER_CAUSES],
  ['dead-letter', 'DeadLetterCause', DEAD_LETTER_CAUSES],
])('the schema %s knows as %s what the code does, in the same order', (file, name, values) => {
  expect(enumsOf(schemaOf(file)).get(name)).toEqual([...values])
})

it.each([
  'DispatchRecord',
  'Answer',
  'EventCoordinates',
  'MessageContent',
])('all schemas describe %s alike', (name) => {
  const described = ['dispatch', 'receipt', 'dead-letter']
    .flatMap((file) => recordsOf(schemaOf(file)))
    .filter((record) => record.name === name)
    .map(({ fields }) => JSON.stringify(fields))
  expect(described.length).toBeGreaterThan(1)
  expect(new Set(described).size).toBe(1)
})

interface SchemaNode {
  name?: unknown
  symbols?: unknown
  fields?: unknown
}

function schemaOf(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../schemas/${file}.avsc`, import.meta.url), 'utf8'))
}

function nodesOf(schema: unknown): SchemaNode[] {
  if (typeof schema !== 'object' || schema === null) return []
  return [schema, ...Object.values(schema).flatMap(nodesOf)]
}

function enumsOf(schema: unknown): Map<unknown, unknown> {
  return new Map(
    nodesOf(schema).flatMap(({ name, symbols }) => (symbols === undefined ? [] : [[name, symbols]])),
  )
}

function recordsOf(schema: unknown): SchemaNode[] {
  return nodesOf(schema).filter(({ fields }) => fields !== undefined)
}

it('fills in what records of an earlier version lack', () => {
  const { ambiguous: _a, lane: _l, failing_since: _f, breaker: _b, ...earlier } = RECEIPT
  const decoded = codecs.receipt.decode(Buffer.from(JSON.stringify(earlier)))
  expect(decoded).toEqual({
    kind: 'record',
    record: { ...RECEIPT, ambiguous: 0, lane: null, failing_since: null, breaker: null },
  })
})
