import { describe, expect, it } from 'vitest'
import { webhookKey } from '../../src/core/ids.ts'
import type { DeadLetter } from '../../src/core/records.ts'
import { createReplayPolicy } from '../../src/dead/replay-policy.ts'
import { createEventFormats } from '../../src/event/event-formats.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { NO_SCHEMAS } from '../../src/registry/schema-store.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'
import { eventLetter, messageLetter } from './support/sample-letters.ts'

const codecs = createRecordCodecs()
const config = testConfig({
  destinations: new Map([
    ['sales', testWebhook('sales')],
    ['alerts', testWebhook('alerts')],
    ['asleep', { ...testWebhook('asleep'), enabled: false }],
  ]),
  actions: [
    testAction({ id: 'to-sales', trigger: 'event = "Order"', message: '{{ total }}' }),
    testAction({ id: 'to-alerts', trigger: 'event = "Order"', destinations: ['alerts'], message: 'order' }),
    testAction({ id: 'off', enabled: false }),
  ],
  maxEventBytes: 200,
})
const formats = createEventFormats(config.kafka.events, NO_SCHEMAS)
const decide = createReplayPolicy({
  config,
  formats,
  match: createMatcher(config, formats),
  dispatch: codecs.dispatch,
})
const decideOn = (letter: DeadLetter, original?: Buffer | null) =>
  decide({ letter, replayed: false }, original)

const order = JSON.stringify({ event: 'Order', total: 5 })
const keyOf = (id: string): string => webhookKey(`https://hooks.slack.com/services/T0/B0/${id}`)
const rendered = { action: 'to-sales', cause: 'render_failed' as const }
const cut = { value: { encoding: 'utf8' as const, data: order.slice(0, 9) }, value_bytes: order.length }
const record = messageLetter().message
const malformed = { cause: 'malformed_record' as const }

describe('a letter stays', () => {
  it.each([
    ['that was replayed already', { letter: messageLetter(), replayed: true }, 'already_replayed', null],
    [
      "that is bellhop's own canary",
      { letter: messageLetter({ action: 'bellhop.canary' }), replayed: false },
      'own_message',
      'bellhop.canary',
    ],
    [
      'whose destination is unknown',
      { letter: messageLetter({ destination: 'gone' }), replayed: false },
      'unknown_destination',
      'gone',
    ],
    [
      'whose destination is disabled',
      { letter: messageLetter({ destination: 'asleep' }), replayed: false },
      'destination_disabled',
      'asleep',
    ],
    [
      'whose event is still no JSON',
      { letter: eventLetter(), replayed: false },
      'still_poison',
      'not_json: not valid JSON',
    ],
    [
      'whose event is still too large, unread',
      { letter: eventLetter({ cause: 'too_large', raw: { value_bytes: 201 } }), replayed: false },
      'still_poison',
      'too_large',
    ],
    [
      "whose action's message is still empty",
      { letter: eventLetter({ ...rendered, value: '{"event":"Order"}' }), replayed: false },
      'still_poison',
      'empty_message',
    ],
    [
      'whose action is unknown',
      { letter: eventLetter({ ...rendered, action: 'lost', value: order }), replayed: false },
      'unknown_action',
      'lost',
    ],
    [
      'whose action is disabled',
      { letter: eventLetter({ ...rendered, action: 'off', value: order }), replayed: false },
      'unknown_action',
      'off',
    ],
    [
      'whose record is still no dispatch record',
      { letter: eventLetter({ ...malformed, value: '{"id":1}' }), replayed: false },
      'still_malformed',
      expect.stringContaining('is not'),
    ],
    [
      'whose record names an unknown destination',
      {
        letter: eventLetter({ ...malformed, value: JSON.stringify({ ...record, destination: 'gone' }) }),
        replayed: false,
      },
      'unknown_destination',
      'gone',
    ],
    [
      'that holds no message',
      { letter: { ...messageLetter(), message: null }, replayed: false },
      'incomplete',
      null,
    ],
    [
      'that holds no event',
      { letter: { ...eventLetter(), event: null }, replayed: false },
      'incomplete',
      null,
    ],
  ])('%s', (_what, stored, reason, detail) => {
    expect(decide(stored)).toEqual({ kind: 'skip', reason, detail })
  })
})

describe('a letter in Avro', () => {
  const inAvro = Buffer.from([0, 0, 0, 0, 7, 1, 2, 3])
  const raw = { value: { encoding: 'base64' as const, data: inAvro.toString('base64') }, value_bytes: 8 }
  const asking = createReplayPolicy({
    config,
    formats: () => ({ ...formats('events'), missingSchema: (value) => value.readInt32BE(1) }),
    match: createMatcher(config, formats),
    dispatch: { ...codecs.dispatch, missingSchema: (value) => value.readInt32BE(1) + 1 },
  })

  it.each([
    ['an event', eventLetter({ raw }), 7],
    ['a dispatch record', eventLetter({ ...malformed, raw }), 8],
  ])('of %s asks for the schema first, by the bytes as they were read', (_what, letter, id) => {
    expect(asking({ letter, replayed: false })).toEqual({ kind: 'learn_schema', id })
  })

  it('stays where no registry is configured, and says so', () => {
    const unasked = createReplayPolicy({
      config,
      formats,
      match: createMatcher(config, formats),
      dispatch: { ...codecs.dispatch, missingSchema: () => null },
    })
    expect(unasked({ letter: eventLetter({ ...malformed, raw }), replayed: false })).toEqual({
      kind: 'skip',
      reason: 'still_malformed',
      detail: 'in Avro, and registry.url is not set',
    })
  })
})

describe('a message', () => {
  it('goes back as it was, under the key that its lane has now, as one that has not moved', () => {
    expect(decideOn(messageLetter())).toEqual({
      kind: 'replay',
      messages: [{ key: keyOf('sales'), record: { ...record, moves: 0, moved_at: null } }],
      failures: [],
    })
  })

  it('goes back from a malformed record that can be read by now', () => {
    expect(decideOn(eventLetter({ ...malformed, value: JSON.stringify(record) }))).toMatchObject({
      kind: 'replay',
      messages: [{ key: keyOf('sales'), record: { id: record?.id } }],
    })
  })
})

describe('an event', () => {
  const ids = (letter: DeadLetter, original?: Buffer | null): unknown => {
    const decision = decideOn(letter, original)
    return decision.kind === 'replay' ? decision.messages.map(({ record: { id } }) => id) : decision
  }

  it('that can be read by now gives the messages that the match stage gives, under the same ids', () => {
    expect(ids(eventLetter({ value: order }))).toEqual([
      'events:0:11:to-sales:sales',
      'events:0:11:to-alerts:alerts',
    ])
  })

  it("gives that action's messages alone where the letter is one action's", () => {
    expect(ids(eventLetter({ ...rendered, value: order }))).toEqual(['events:0:11:to-sales:sales'])
  })

  it('that no action wants any more gives none', () => {
    expect(ids(eventLetter({ value: '{"event":"Other"}' }))).toEqual([])
  })

  it('goes back although one of its actions fails on it, with that failure', () => {
    expect(decideOn(eventLetter({ value: '{"event":"Order"}' }))).toMatchObject({
      kind: 'replay',
      messages: [{ record: { action: 'to-alerts' } }],
      failures: [{ action: 'to-sales', cause: 'empty_message' }],
    })
  })

  it('that was cut is asked for whole', () => {
    expect(decideOn(eventLetter({ raw: cut }))).toMatchObject({ kind: 'read_original', at: { offset: 11 } })
  })

  it('that was cut goes back once the whole is there', () => {
    expect(ids(eventLetter({ raw: cut }), Buffer.from(order))).toHaveLength(2)
  })

  it.each([
    ['is gone', null],
    ['is another record by now', Buffer.from('{}')],
  ])('that was cut stays where the original %s', (_what, original) => {
    expect(decideOn(eventLetter({ raw: cut }), original)).toMatchObject({
      kind: 'skip',
      reason: 'original_gone',
    })
  })
})
