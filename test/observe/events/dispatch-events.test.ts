import { createDispatchEvents } from '../../../src/observe/events/dispatch-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { ID, POST } from '../support/sample-events.ts'

testEventLines(createDispatchEvents, [
  {
    happens: (o) => o.messageQueued({ destination: 'sales' }),
    level: 'trace',
    msg: 'queued a message for sales',
    fields: { event: 'messageQueued', destination: 'sales' },
    metric: ['bellhop_messages_queued_total', { destination: 'sales' }, 1],
  },
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
      o.messageDelivered({ destination: 'sales', action: 'signed-up', messageId: ID, latencyMs: 1500 }),
    level: 'debug',
    msg: 'delivered a message of signed-up to sales',
    fields: { event: 'messageDelivered', message_id: ID, latency_ms: 1500 },
    metric: ['bellhop_delivery_latency_seconds_sum', {}, 1.5],
  },
  {
    happens: (o) =>
      o.messageDeadLettered({
        destination: 'sales',
        action: 'signed-up',
        messageId: ID,
        cause: 'retries_exhausted',
        detail: '503',
        attempts: 42,
      }),
    level: 'warn',
    msg: 'a message for sales went to the dead letters: retries_exhausted',
    fields: {
      event: 'messageDeadLettered',
      action: 'signed-up',
      message_id: ID,
      attempts: 42,
      detail: '503',
    },
    metric: ['bellhop_dead_letters_total', { cause: 'retries_exhausted', destination: 'sales' }, 1],
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
