import { expect, it } from 'vitest'
import { NOTIFY_ACTION } from '../../../src/core/own-actions.ts'
import { createSightEvents } from '../../../src/observe/events/sight-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { observed } from '../support/observed.ts'
import { ID, REFUSED } from '../support/sample-events.ts'
import { TEST_NOW_MS } from '../support/test-metrics.ts'

testEventLines(createSightEvents, [
  {
    happens: (o) =>
      o.messageSilenced({ destination: 'sales', action: 'signed-up', messageId: ID, detail: 'a deploy' }),
    level: 'debug',
    msg: 'a message for sales is dropped: it is silenced',
    fields: { event: 'messageSilenced', message_id: ID, detail: 'a deploy' },
    metric: ['bellhop_messages_silenced_total', { destination: 'sales' }, 1],
  },
  {
    happens: (o) =>
      o.messageSilenced({
        destination: 'alerts',
        action: NOTIFY_ACTION,
        messageId: ID,
        detail: 'its lane is failing',
      }),
    level: 'warn',
    msg: 'alerts is not told after all: its lane is failing',
    fields: { event: 'messageSilenced', message_id: ID },
    metric: ['bellhop_messages_silenced_total', { destination: 'alerts' }, 1],
  },
  {
    happens: (o) => o.controlsChanged({ paused: ['sales'], silenced: ['alerts'] }),
    level: 'info',
    msg: 'what is paused or silenced has changed',
    fields: { event: 'controlsChanged', paused: ['sales'], silenced: ['alerts'] },
    metric: ['bellhop_destination_paused', { destination: 'sales' }, 1],
  },
  {
    happens: (o) => o.canarySent({ topic: 'analytics.events' }),
    level: 'debug',
    msg: 'the canary is on its way',
    fields: { event: 'canarySent', topic: 'analytics.events' },
    metric: ['bellhop_canary_sent_total', {}, 1],
  },
  {
    happens: (o) => o.canaryFailed({ error: REFUSED }),
    level: 'warn',
    msg: 'the canary could not be sent',
    fields: { event: 'canaryFailed' },
    metric: ['bellhop_canary_failures_total', {}, 1],
  },
  {
    happens: (o) => o.canaryArrived({ destination: 'sales', roundTripMs: 250 }),
    level: 'debug',
    msg: 'the canary has arrived after 250 ms',
    fields: { event: 'canaryArrived', round_trip_ms: 250 },
    metric: ['bellhop_canary_round_trip_seconds_sum', {}, 0.25],
  },
  {
    happens: (o) => o.notified({ cause: 'breaker_opened', destination: 'alerts', detail: 'sales is down' }),
    level: 'info',
    msg: 'alerts is told: sales is down',
    fields: { event: 'notified', destination: 'alerts', cause: 'breaker_opened' },
    metric: ['bellhop_notifications_total', { cause: 'breaker_opened' }, 1],
  },
  {
    happens: (o) => o.statusFailed({ error: REFUSED }),
    level: 'warn',
    msg: 'what this process does could not be told to the others',
    fields: { event: 'statusFailed' },
    metric: ['bellhop_status_write_failures_total', {}, 1],
  },
])

it('what is said of destinations replaces what was said before', async () => {
  const { observer, scrape } = observed()
  observer.controlsChanged({ paused: ['sales'], silenced: ['alerts'] })
  observer.controlsChanged({ paused: [], silenced: ['sales', 'not-configured'] })
  const { samples } = await scrape()
  const told = samples.filter(({ name }) => name.startsWith('bellhop_destination_'))
  expect(told.map(({ name, labels, value }) => [name, labels.destination, value])).toEqual([
    ['bellhop_destination_paused', 'sales', 0],
    ['bellhop_destination_paused', 'alerts', 0],
    ['bellhop_destination_silenced', 'sales', 1],
    ['bellhop_destination_silenced', 'alerts', 0],
  ])
})

it('the canary says when it last arrived, and 0 before', async () => {
  const { observer, scrape } = observed()
  const last = async (): Promise<number | null> =>
    (await scrape()).value('bellhop_canary_last_success_timestamp_seconds')
  observer.canarySent({ topic: 'analytics.events' })
  expect(await last()).toBe(0)
  observer.canaryArrived({ destination: 'sales', roundTripMs: 250 })
  expect(await last()).toBe(TEST_NOW_MS / 1_000)
})
