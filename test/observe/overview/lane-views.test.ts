import { describe, expect, it } from 'vitest'
import { laneTrouble } from '../../../src/observe/overview/lane-trouble.ts'
import { LastReceipts, laneKeysOf, laneViews } from '../../../src/observe/overview/lane-views.ts'
import { testWebhook } from '../../support/config.ts'
import { laneOf, NOW, processOf, receiptOf } from './support/records.ts'

const answer = { at: NOW, outcome: 'rate_limited', status: 429, detail: null, messages: 1 } as const

it.each([
  ['idle', {}],
  ['waiting', { waiting: 1 }],
  ['paused', { paused: true, waiting: 1 }],
  ['rate_limited', { waiting: 1, next_post_at: NOW + 5_000, last_answer: answer }],
  ['waiting', { waiting: 1, next_post_at: NOW - 1, last_answer: answer }],
  ['failing', { failing_since: NOW - 9_000, waiting: 1, paused: true }],
  ['breaker_open', { breaker: 'open', failing_since: NOW }],
  ['breaker_open', { breaker: 'half_open' }],
] as const)('a lane is %s where it has %j', (trouble, change) => {
  expect(laneTrouble(laneOf('a', change), NOW)).toBe(trouble)
})

const destinations = new Map(['sales', 'alerts'].map((id) => [id, testWebhook(id)]))
const keys = laneKeysOf(destinations)

function views(
  processes: Parameters<typeof laneViews>[0]['processes'],
  last = new LastReceipts(),
  paused = '',
) {
  const isPaused = (id: string): boolean => id === paused
  return laneViews({ processes, destinations, keys, last, isPaused, nowMs: NOW })
}

function seen(process: string, lanes: ReturnType<typeof laneOf>[], quietMs = 1_000) {
  return { status: processOf(process, { lanes }), quietMs, gone: quietMs >= 15_000 }
}

describe('the lanes of the group', () => {
  it('come worst first, then by backlog, then by name', () => {
    const lanes = [
      laneOf('idle'),
      laneOf('b', { waiting: 3 }),
      laneOf('a', { waiting: 3 }),
      laneOf('long', { waiting: 9 }),
      laneOf('failing', { failing_since: NOW }),
      laneOf('open', { breaker: 'open' }),
    ]
    const order = views([seen('p', lanes)]).map(({ destinations: [id] }) => id)
    expect(order).toEqual(['open', 'failing', 'long', 'a', 'b', 'alerts', 'idle', 'sales'])
  })

  it('leave out what a process had that is gone', () => {
    const ids = views([seen('p', [laneOf('x', { waiting: 1 })], 20_000)]).map(({ destinations: [id] }) => id)
    expect(ids).toEqual(['alerts', 'sales'])
  })

  it('believe whoever was heard of last, where a crash leaves two with the same lane', () => {
    const lane = laneOf('sales', { waiting: 1 })
    const shown = views([seen('dead', [lane], 8_000), seen('alive', [lane], 1_000)])
    expect(shown.filter(({ waiting }) => waiting > 0).map(({ process }) => process)).toEqual(['alive'])
  })

  it('name the destinations of a lane that has had no message yet', () => {
    const lane = {
      ...laneOf('sales'),
      lane: keys.lanes.get('sales') ?? '',
      destinations: [],
      failing_since: NOW,
    }
    expect(views([seen('p', [lane])])[0]).toMatchObject({ destinations: ['sales'], trouble: 'failing' })
  })

  it('show what is in no lane as idle, with the last answer that is on record', () => {
    const last = new LastReceipts()
    last.note(receiptOf('1', { recorded_at: NOW - 500 }))
    last.note(receiptOf('2', { recorded_at: NOW - 900, outcome: 'dead_lettered', cause: 'rejected' }))
    last.note(receiptOf('3', { recorded_at: NOW, outcome: 'silenced', post_messages: null }))
    last.note(receiptOf('4', { recorded_at: NOW, outcome: 'silenced', detail: 'tried before' }))
    const sales = views([], last).find(({ destinations: [id] }) => id === 'sales')
    expect(sales).toMatchObject({
      process: '',
      trouble: 'idle',
      waiting: 0,
      interval_ms: 1_000,
      last_answer: { at: NOW - 500, outcome: 'sent', status: 200, messages: 1 },
    })
  })

  it.each([
    ['sent', {}],
    ['rejected', { outcome: 'dead_lettered', cause: 'rejected' }],
    ['retry', { outcome: 'dead_lettered', cause: 'retries_exhausted' }],
    ['retry', { outcome: null, answer: null }],
    ['rate_limited', { outcome: null, answer: { status: 429, body: '', ts: null, channel: null } }],
  ] as const)('tell of a last answer %s by a receipt with %j', (outcome, change) => {
    const last = new LastReceipts()
    last.note(receiptOf('1', change))
    const sales = views([], last).find(({ destinations: [id] }) => id === 'sales')
    expect(sales?.last_answer?.outcome).toBe(outcome)
  })

  it('show a destination that is paused though nothing waits', () => {
    expect(views([], new LastReceipts(), 'sales')[0]).toMatchObject({
      destinations: ['sales'],
      trouble: 'paused',
    })
  })

  it('show destinations that share a webhook as one', () => {
    const shared = new Map(
      ['one', 'two'].map((id) => [id, testWebhook(id, 'https://hooks.slack.com/services/S')]),
    )
    const at = { processes: [], last: new LastReceipts(), isPaused: () => false, nowMs: NOW }
    const shown = laneViews({ ...at, destinations: shared, keys: laneKeysOf(shared) })
    expect(shown.map((lane) => lane.destinations)).toEqual([['one', 'two']])
  })
})
