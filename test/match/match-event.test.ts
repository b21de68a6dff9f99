import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'

function record(value: unknown, change: Partial<EventRecord> = {}): EventRecord {
  const bytes = Buffer.isBuffer(value) || value === null ? value : Buffer.from(JSON.stringify(value))
  return {
    topic: 'events',
    partition: 3,
    offset: 1042,
    timestamp: 1_700_000_000_000,
    key: null,
    value: bytes,
    headers: [],
    ...change,
  }
}

const order = {
  type: 'track',
  event: 'Order Completed',
  userId: 'u1',
  messageId: 'm1',
  properties: { name: 'Ann & Bob', total: 42 },
}
const orderAction = testAction({
  id: 'order',
  trigger: 'type = "track" and event = "Order Completed"',
  message: '{{$.properties.name}} paid {{$.properties.total}}',
})

function texts(config: Partial<Config>, value: unknown): string[] {
  return createMatcher(testConfig(config))(record(value)).messages.map(
    ({ record: { message } }) => message.text,
  )
}

describe('an event', () => {
  it('becomes a message under a deterministic id and the key of its webhook', () => {
    const [message] = createMatcher(testConfig({ actions: [orderAction] }))(record(order)).messages
    expect(message).toEqual({
      key: expect.stringMatching(/^https:\/\/hooks\.slack\.com\/[0-9a-f]{32}$/),
      record: {
        id: 'events:3:1042:order:sales',
        action: 'order',
        destination: 'sales',
        message: {
          text: 'Ann &amp; Bob paid 42',
          channel: null,
          username: null,
          icon_url: null,
          icon_emoji: null,
        },
        event: { topic: 'events', partition: 3, offset: 1042, timestamp: 1_700_000_000_000 },
        userId: 'u1',
        anonymousId: null,
        messageId: 'm1',
        config_version: 'abcdef012345',
        moves: 0,
        moved_at: null,
      },
    })
  })

  it('gives one message for each destination of each action that matches, in the order of the configuration', () => {
    const config = testConfig({
      destinations: new Map([
        ['sales', testWebhook('sales')],
        ['ops', testWebhook('ops')],
      ]),
      actions: [
        testAction({ id: 'second', destinations: ['ops', 'sales'] }),
        orderAction,
        testAction({ id: 'never', trigger: 'type = "page"' }),
      ],
    })
    const ids = createMatcher(config)(record(order)).messages.map(({ record: { id } }) => id)
    expect(ids).toEqual([
      'events:3:1042:second:ops',
      'events:3:1042:second:sales',
      'events:3:1042:order:sales',
    ])
  })

  it.each([
    ['a disabled action', { actions: [{ ...orderAction, enabled: false }] }],
    ['an action for other topics', { actions: [{ ...orderAction, topics: ['other'] }] }],
    [
      'a disabled destination',
      {
        actions: [orderAction],
        destinations: new Map([['sales', { ...testWebhook('sales'), enabled: false }]]),
      },
    ],
  ] satisfies [string, Partial<Config>][])('sends nothing for %s', (_, config) => {
    expect(texts(config, order)).toEqual([])
  })

  it('sends nothing where its integrations object withholds it', () => {
    expect(texts({ actions: [orderAction] }, { ...order, integrations: { Slack: false } })).toEqual([])
    expect(texts({ actions: [orderAction] }, { ...order, integrations: { Slack: true } })).toHaveLength(1)
  })

  it('is skipped where its value is null', () => {
    const matched = createMatcher(testConfig({ actions: [orderAction] }))(record(null))
    expect(matched).toEqual({ messages: [], failures: [], actions: [], cut: [] })
  })

  it.each([
    ['text that is no JSON', Buffer.from('{'), 'not_json'],
    ['a list', Buffer.from('[]'), 'not_an_object'],
    ['a value over max_event_bytes', Buffer.alloc(1_048_577, 0x20), 'too_large'],
  ])('that is poison (%s) is a failure with its cause', (_, value, cause) => {
    const { failures, messages } = createMatcher(testConfig({ actions: [orderAction] }))(record(value))
    expect(failures).toEqual([{ cause, detail: expect.any(String), action: null, destination: null }])
    expect(messages).toEqual([])
  })

  it('whose text renders to nothing is a failure of that action alone', () => {
    const actions = [testAction({ id: 'empty', message: '{{ properties.missing }}' }), orderAction]
    const { failures, messages } = createMatcher(testConfig({ actions }))(record(order))
    expect(failures).toEqual([{ cause: 'empty_message', detail: null, action: 'empty', destination: null }])
    expect(messages).toHaveLength(1)
  })

  it('whose text is cut says which action cut it', () => {
    const actions = [testAction({ id: 'long', message: '{{ properties.text }}' })]
    const matched = createMatcher(testConfig({ actions }))(
      record({ type: 'track', properties: { text: 'x'.repeat(5_000) } }),
    )
    expect(matched.cut).toEqual(['long'])
    expect(matched.messages[0]?.record.message.text).toHaveLength(4_000)
  })

  it('with a numeric user id keeps it as text', () => {
    const [message] = createMatcher(testConfig({ actions: [orderAction] }))(
      record({ ...order, userId: 5 }),
    ).messages
    expect(message?.record.userId).toBe('5')
  })

  it.each([
    ['of 512 characters keeps it whole', 'x'.repeat(512), 'x'.repeat(512)],
    ['of 513 has it cut', 'x'.repeat(513), 'x'.repeat(512)],
    [
      'of characters beyond U+FFFF has it cut between two of them',
      `x${'😀'.repeat(300)}`,
      `x${'😀'.repeat(255)}`,
    ],
  ])('with an id %s', (_what, id, kept) => {
    const event = { ...order, userId: id, anonymousId: id, messageId: id }
    const [message] = createMatcher(testConfig({ actions: [orderAction] }))(record(event)).messages
    expect(message?.record).toMatchObject({ userId: kept, anonymousId: kept, messageId: kept })
  })
})
