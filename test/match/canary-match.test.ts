import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { parseMessageId } from '../../src/core/ids.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { canaryEvent } from '../../src/sentinel/canary-event.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'

const SENT_AT = Date.parse('2026-01-31T12:00:01.234Z')
const canary = { destination: 'sales', everyMs: 60_000 }
/** Matches every event that there can be, parsed or not. */
const actions = [
  testAction({ id: 'all', trigger: 'type = "track"' }),
  testAction({ id: 'any', trigger: 'true' }),
]

/** The canary as it is read back. */
function canaryRecord(
  change: Partial<EventRecord> & { prefix?: string; isJson?: boolean } = {},
): EventRecord {
  const { prefix = 'bellhop', isJson = true, ...rest } = change
  const { key, value, headers = {} } = canaryEvent({ prefix, nth: 1, timestampMs: SENT_AT, isJson })
  return {
    topic: 'events',
    partition: 3,
    offset: 1042,
    timestamp: SENT_AT,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: Object.entries(headers).map(([name, text]) => ({ name, value: Buffer.from(text) })),
    ...rest,
  }
}

function match(config: Partial<Config>, record: EventRecord) {
  return createMatcher(testConfig({ actions, ...config }))(record)
}

const NOTHING = { messages: [], failures: [], actions: [], cut: [] }

describe('the canary', () => {
  it('gives one message for its destination, and no rule sees it', () => {
    const matched = match({ canary }, canaryRecord())

    expect(matched).toMatchObject({ failures: [], actions: [], cut: [] })
    expect(matched.messages).toEqual([
      {
        key: expect.stringMatching(/^https:\/\/hooks\.slack\.com\/[0-9a-f]{32}$/),
        record: {
          id: 'events:3:1042:bellhop.canary:sales',
          action: 'bellhop.canary',
          destination: 'sales',
          message: {
            text: 'bellhop: canary, sent 12:00:01 UTC',
            channel: null,
            username: null,
            icon_url: null,
            icon_emoji: null,
          },
          event: { topic: 'events', partition: 3, offset: 1042, timestamp: SENT_AT },
          userId: null,
          anonymousId: null,
          messageId: null,
          config_version: 'abcdef012345',
          moves: 0,
          moved_at: null,
        },
      },
    ])
    expect(parseMessageId(matched.messages[0]?.record.id ?? '')?.action).toBe('bellhop.canary')
  })

  it('is matched by the same rules without its header', () => {
    const value = canaryRecord().value?.toString().replace('"All":false', '"All":true') ?? ''
    const matched = match({ canary }, canaryRecord({ headers: [], value: Buffer.from(value) }))

    expect(matched.actions).toEqual(['all', 'any'])
  })

  it('is withheld by its own integrations, should an older bellhop read it', () => {
    expect(match({}, canaryRecord({ headers: [] }))).toEqual(NOTHING)
  })

  it.each([
    ['is old', canaryRecord({ timestamp: 0 }), 'bellhop: canary, sent 00:00:00 UTC'],
    ['has no value, as in Avro', canaryRecord({ isJson: false }), 'bellhop: canary, sent 12:00:01 UTC'],
    ['is no JSON', canaryRecord({ value: Buffer.from('{') }), 'bellhop: canary, sent 12:00:01 UTC'],
    ['is too large', canaryRecord({ value: Buffer.alloc(2_000_000) }), 'bellhop: canary, sent 12:00:01 UTC'],
    ['has a time that is none', canaryRecord({ timestamp: 1e17 }), 'bellhop: canary'],
  ])('goes its way also where it %s', (_, record, text) => {
    const { messages, failures } = match({ canary }, record)
    expect(messages.map((message) => message.record.message.text)).toEqual([text])
    expect(failures).toEqual([])
  })

  const headers = [
    { name: 'traceparent', value: Buffer.from('00-1') },
    { name: 'bellhop-canary', value: Buffer.from('bellhop') },
  ]
  it('is known among other headers', () => {
    expect(match({ canary }, canaryRecord({ headers })).messages).toHaveLength(1)
  })

  it.each<[string, Partial<Config>, EventRecord]>([
    ['of another prefix', { canary }, canaryRecord({ prefix: 'staging' })],
    ['of another prefix that is poison', { canary }, canaryRecord({ prefix: 'x', value: Buffer.from('{') })],
    ['without a prefix', { canary }, canaryRecord({ prefix: '' })],
    ['that is configured no more', { canary: null }, canaryRecord()],
    [
      'whose destination is disabled',
      { canary, destinations: new Map([['sales', { ...testWebhook('sales'), enabled: false }]]) },
      canaryRecord(),
    ],
    ['whose destination is gone', { canary, destinations: new Map() }, canaryRecord()],
  ])('gives nothing %s', (_, config, record) => {
    expect(match(config, record)).toEqual(NOTHING)
  })
})

it('an event with other headers is an event', () => {
  const value = Buffer.from('{"type":"track","event":"x"}')
  const headers = [{ name: 'traceparent', value: Buffer.from('00-1') }]
  expect(match({ canary }, canaryRecord({ value, headers })).actions).toEqual(['all', 'any'])
})
