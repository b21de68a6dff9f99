import { createDispatchEvents } from '../../../src/observe/events/dispatch-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { ID } from '../support/sample-events.ts'

testEventLines(createDispatchEvents, [
  {
    happens: (o) => o.messageQueued({ destination: 'sales' }),
    level: 'trace',
    msg: 'queued a message for sales',
    fields: { event: 'messageQueued', destination: 'sales' },
    metric: ['bellhop_messages_queued_total', { destination: 'sales' }, 1],
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
    happens: (o) => o.messageMoved({ destination: 'sales', action: 'signed-up', messageId: ID }),
    level: 'info',
    msg: 'a message for sales was queued again: its webhook or channel is another one now',
    fields: { event: 'messageMoved', action: 'signed-up', message_id: ID },
    metric: ['bellhop_messages_moved_total', { destination: 'sales' }, 1],
  },
])
