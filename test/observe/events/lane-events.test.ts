import { describe, expect, it } from 'vitest'
import { createLaneEvents } from '../../../src/observe/events/lane-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { observed } from '../support/observed.ts'
import { ID, POST } from '../support/sample-events.ts'
import { TEST_NOW_MS } from '../support/test-metrics.ts'

testEventLines(createLaneEvents, [
  {
    happens: (o) => o.postAnswered({ ...POST, outcome: 'sent' }),
    level: 'debug',
    msg: 'posted to sales',
    fields: { event: 'postAnswered', message_id: ID, status: 200, attempt: 1, duration_ms: 120 },
    metric: ['bellhop_posts_total', { destination: 'sales', outcome: 'sent' }, 1],
  },
  {
    happens: (o) => o.postAnswered({ ...POST, outcome: 'rate_limited', status: 429 }),
    level: 'info',
    msg: 'sales is being rate limited by Slack',
    fields: { outcome: 'rate_limited', status: 429 },
    metric: ['bellhop_post_duration_seconds_sum', { outcome: 'rate_limited' }, 0.12],
  },
  {
    happens: (o) => o.postAnswered({ ...POST, outcome: 'retry', status: null, detail: 'ECONNREFUSED' }),
    level: 'warn',
    msg: 'a post to sales failed and will be tried again',
    fields: { outcome: 'retry', status: null, detail: 'ECONNREFUSED' },
  },
  {
    happens: (o) => o.postAnswered({ ...POST, outcome: 'ambiguous' }),
    level: 'warn',
    msg: 'a post to sales may or may not have arrived',
    fields: { outcome: 'ambiguous' },
  },
  {
    happens: (o) => o.postAnswered({ ...POST, outcome: 'rejected', status: 400, detail: 'no_text' }),
    level: 'warn',
    msg: 'Slack refused a message for sales',
    fields: { detail: 'no_text' },
  },
  {
    happens: (o) =>
      o.postAnswered({ ...POST, outcome: 'destination_down', status: 404, detail: 'no_service' }),
    level: 'error',
    msg: 'sales takes no messages until its webhook, token or channel is put right',
    fields: { detail: 'no_service' },
    metric: ['bellhop_posts_total', { destination: 'sales', outcome: 'destination_down' }, 1],
  },
  {
    happens: (o) =>
      o.postAnswered({ ...POST, outcome: 'rejected', status: 400, detail: 'invalid_payload', messages: 7 }),
    level: 'warn',
    msg: 'Slack refused a joint post of 7 messages for sales',
    fields: { messages: 7, detail: 'invalid_payload' },
  },
  {
    happens: (o) => o.postSplit({ destination: 'sales', messages: 7, detail: 'invalid_payload' }),
    level: 'info',
    msg: 'a joint post of 7 messages for sales goes on in halves',
    fields: { event: 'postSplit', destination: 'sales', messages: 7, detail: 'invalid_payload' },
    metric: ['bellhop_post_splits_total', { destination: 'sales' }, 1],
  },
  {
    happens: (o) => o.breakerChanged({ destination: 'sales', state: 'open', detail: 'no_service' }),
    level: 'error',
    msg: 'the breaker of sales is open: messages go to the dead letters, but for one a minute that probes',
    fields: { event: 'breakerChanged', destination: 'sales', state: 'open', detail: 'no_service' },
    metric: ['bellhop_breaker_changes_total', { destination: 'sales', state: 'open' }, 1],
  },
  {
    happens: (o) => o.breakerChanged({ destination: 'sales', state: 'half_open', detail: null }),
    level: 'debug',
    msg: 'a message probes sales',
    fields: { state: 'half_open', detail: null },
    metric: ['bellhop_breaker_changes_total', { destination: 'sales', state: 'half_open' }, 1],
  },
  {
    happens: (o) => o.breakerChanged({ destination: 'sales', state: 'closed', detail: null }),
    level: 'info',
    msg: 'sales takes messages again',
    fields: { state: 'closed', detail: null },
    metric: ['bellhop_breaker_changes_total', { destination: 'sales', state: 'closed' }, 1],
  },
  {
    happens: (o) => o.laneHeld({ destination: 'sales', reason: 'rate_limited', waitMs: 30_000 }),
    level: 'info',
    msg: 'sales waits 30 s: Slack asked it to slow down',
    fields: { event: 'laneHeld', reason: 'rate_limited', wait_ms: 30_000 },
    metric: ['bellhop_lane_hold_seconds_sum', { reason: 'rate_limited' }, 30],
  },
  {
    happens: (o) => o.laneHeld({ destination: 'sales', reason: 'retry', waitMs: 1500 }),
    level: 'warn',
    msg: 'sales waits 1.5 s: its last post failed',
    fields: { reason: 'retry' },
  },
])

it('a post that was taken counts with the messages it carried, and no other does', async () => {
  const { observer, scrape } = observed()
  observer.postAnswered({ ...POST, outcome: 'retry', messages: 20 })
  observer.postAnswered({ ...POST, outcome: 'sent', messages: 20 })
  observer.postAnswered({ ...POST, outcome: 'sent', messages: 1 })
  const exposition = await scrape()
  expect(exposition.value('bellhop_post_messages_sum')).toBe(21)
  expect(exposition.value('bellhop_post_messages_count')).toBe(2)
  expect(exposition.value('bellhop_post_messages_bucket', { le: '10' })).toBe(1)
  expect(exposition.value('bellhop_post_messages_bucket', { le: '20' })).toBe(2)
})

describe('the pace that posts use', () => {
  const used = async (...posts: Partial<typeof POST | { intervalMs: null }>[]): Promise<number | null> => {
    const { observer, scrape } = observed()
    for (const post of posts) observer.postAnswered({ ...POST, outcome: 'sent', ...post })
    return (await scrape()).value('bellhop_lane_pace_used_seconds_total', { destination: 'sales' })
  }

  it('is 0 before the first', async () => {
    expect(await used()).toBe(0)
  })

  it('is for each post the time until its answer, and the interval after that', async () => {
    expect(await used({}, {})).toBeCloseTo(2 * 1.12, 9)
  })

  it('is none where the destination has no rate', async () => {
    expect(await used({ intervalMs: null })).toBe(0)
  })
})

it('the last success is the time of the last post that was taken, and of no other', async () => {
  const { observer, scrape } = observed()
  const last = async (destination: string): Promise<number | null> =>
    (await scrape()).value('bellhop_destination_last_success_timestamp_seconds', { destination })
  observer.postAnswered({ ...POST, outcome: 'rate_limited' })
  expect(await last('sales')).toBeNull()
  observer.postAnswered({ ...POST, outcome: 'sent' })
  expect(await last('sales')).toBe(TEST_NOW_MS / 1_000)
  expect(await last('alerts')).toBeNull()
})
