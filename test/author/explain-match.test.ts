import { describe, expect, it } from 'vitest'
import { createMatchExplainer, isNear, nearestFirst } from '../../src/author/explain-match.ts'
import { outcomeLines } from '../../src/author/outcome-text.ts'
import type { Action, Config } from '../../src/config/config.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { createEventFormats } from '../../src/event/event-formats.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { NO_SCHEMAS } from '../../src/registry/schema-store.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'

const order = { type: 'track', event: 'Order Completed', properties: { total: 42 } }

function record(value: unknown): EventRecord {
  return {
    topic: 'events',
    partition: 0,
    offset: 0,
    timestamp: 0,
    key: null,
    value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: [],
  }
}

function configWith(actions: readonly Action[]): Config {
  const closed = { ...testWebhook('closed'), enabled: false }
  const destinations = new Map([...testConfig().destinations, ['closed', closed] as const])
  return testConfig({ actions, destinations })
}

function explain(actions: readonly Action[], value: unknown) {
  const config = configWith(actions)
  return createMatchExplainer(config, createEventFormats(config.kafka.events, NO_SCHEMAS))(record(value))
}

describe('why an action sends nothing', () => {
  it.each([
    [
      'its trigger',
      { trigger: 'properties.total > 100' },
      order,
      ['a: properties.total > 100: properties.total is 42'],
    ],
    ['it is disabled', { enabled: false }, order, ['a: it is disabled; its trigger holds']],
    [
      'it is disabled, and its trigger is false',
      { enabled: false, trigger: 'type = "page"' },
      order,
      ['a: it is disabled, and type = "page": type is "track"'],
    ],
    [
      'it listens to other topics',
      { topics: ['signups', 'pages'] },
      order,
      ['a: it listens to signups, pages only'],
    ],
    [
      'the event is withheld',
      {},
      { ...order, integrations: { All: false } },
      ["a: its trigger holds, but the event's integrations withhold it from Slack, Actions Slack"],
    ],
    [
      'its destination is disabled',
      { destinations: ['closed'] },
      order,
      ['a: its trigger holds, but closed is disabled'],
    ],
    [
      'one of its destinations is disabled',
      { destinations: ['sales', 'closed'] },
      order,
      ['a: sent, but closed is disabled'],
    ],
    [
      'its message is empty',
      { message: '{{ nothing }}' },
      order,
      ['a: its trigger holds, but its message is empty: a dead letter'],
    ],
    [
      'its message cannot be rendered',
      { message: '{% for i in (1..10000000) %}{% for j in (1..10000) %}x{% endfor %}{% endfor %}' },
      order,
      [
        expect.stringMatching(
          /^a: its trigger holds, but its message cannot be rendered: a dead letter; line 1/,
        ),
      ],
    ],
  ])('is that %s', (_, change, value, lines) => {
    const actions = [testAction({ id: 'a', ...change })]
    const explained = explain(actions, value)
    if (explained.kind !== 'event') throw new Error('no event')
    expect(explained.actions.flatMap((one) => outcomeLines(one, configWith(actions)))).toEqual(lines)
  })

  it.each([
    ['a record without value', null, { kind: 'no_value' }],
    ['what is no JSON', '{', { kind: 'poison', cause: 'not_json', detail: 'not valid JSON' }],
    ['what is no object', '[1]', { kind: 'poison', cause: 'not_an_object', detail: 'a JSON list' }],
  ])('is told of %s', (_, value, expected) => {
    expect(explain([testAction({ id: 'a' })], value)).toEqual(expected)
  })

  it('is in no way of what the matcher sends', () => {
    const actions = [
      testAction({ id: 'other', trigger: 'type = "page"' }),
      testAction({ id: 'a', destinations: ['sales', 'closed'] }),
      testAction({ id: 'b', trigger: 'event = "Order Completed"' }),
    ]
    const explained = explain(actions, order)
    if (explained.kind !== 'event') throw new Error('no event')
    const messages = explained.actions.flatMap(({ outcome }) =>
      outcome.kind === 'sent' ? outcome.messages : [],
    )
    expect(messages).toEqual(createMatcher(configWith(actions))(record(order)).messages)
    expect(messages.map(({ record: { id } }) => id)).toEqual(['events:0:0:a:sales', 'events:0:0:b:sales'])
  })
})

describe('the nearest action', () => {
  const ofOrders = 'type = "track" and event = "Order Completed"'

  it('is one that asks for the event, then the one with the fewest false parts, then with the most that held', () => {
    const actions = [
      testAction({
        id: 'other-name',
        trigger: 'event = "Refund" and properties.total = 42 and type = "track"',
      }),
      testAction({ id: 'two-false', trigger: `${ofOrders} and properties.total > 100 and userId = "x"` }),
      testAction({ id: 'one-of-two', trigger: 'event = "Order Completed" and userId = "x"' }),
      testAction({ id: 'one-of-three', trigger: `${ofOrders} and userId = "x"` }),
      testAction({ id: 'fires', trigger: ofOrders }),
      testAction({ id: 'nothing-held', trigger: 'userId = "x"' }),
    ]
    const explained = explain(actions, order)
    if (explained.kind !== 'event') throw new Error('no event')
    const nearest = nearestFirst(explained.actions)
    expect(nearest.map(({ action }) => action.id)).toEqual([
      'one-of-three',
      'one-of-two',
      'nothing-held',
      'two-false',
      'other-name',
    ])
    expect(nearest.filter(isNear).map(({ action }) => action.id)).toEqual([
      'one-of-three',
      'one-of-two',
      'two-false',
    ])
  })
})
