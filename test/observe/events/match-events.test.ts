import { createMatchEvents } from '../../../src/observe/events/match-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { REFUSED } from '../support/sample-events.ts'

testEventLines(createMatchEvents, [
  {
    happens: (o) => o.eventsConsumed({ topic: 'analytics.events', partition: 3, count: 500 }),
    level: 'trace',
    msg: 'read 500 events of analytics.events',
    fields: { event: 'eventsConsumed', topic: 'analytics.events', partition: 3, count: 500 },
    metric: ['bellhop_events_consumed_total', { topic: 'analytics.events' }, 500],
  },
  {
    happens: (o) => o.actionMatched({ action: 'signed-up', count: 1 }),
    level: 'trace',
    msg: 'signed-up matched 1 event',
    fields: { event: 'actionMatched', action: 'signed-up', count: 1 },
    metric: ['bellhop_matches_total', { action: 'signed-up' }, 1],
  },
  {
    happens: (o) => o.messageCut({ action: 'signed-up', count: 2 }),
    level: 'info',
    msg: "cut 2 messages of signed-up to Slack's limit",
    fields: { event: 'messageCut', action: 'signed-up', count: 2 },
    metric: ['bellhop_messages_cut_total', { action: 'signed-up' }, 2],
  },
  {
    happens: (o) =>
      o.eventDeadLettered({
        topic: 'analytics.events',
        partition: 3,
        offset: 1042,
        cause: 'not_json',
        detail: 'Unexpected end',
        action: null,
      }),
    level: 'warn',
    msg: 'an event of analytics.events went to the dead letters: not_json',
    fields: { event: 'eventDeadLettered', offset: 1042, detail: 'Unexpected end', action: null },
    metric: ['bellhop_dead_letters_total', { cause: 'not_json' }, 1],
  },
  {
    happens: (o) =>
      o.eventDeadLettered({
        topic: 'analytics.events',
        partition: 3,
        offset: 7,
        cause: 'render_failed',
        detail: null,
        action: 'signed-up',
      }),
    level: 'warn',
    msg: 'an event of analytics.events went to the dead letters: render_failed',
    fields: { action: 'signed-up' },
    metric: ['bellhop_dead_letters_total', { cause: 'render_failed', action: 'signed-up' }, 1],
  },
  {
    happens: (o) =>
      o.transactionEnded({
        topic: 'analytics.events',
        partition: 3,
        end: 'committed',
        records: 4,
        durationMs: 12,
      }),
    level: 'debug',
    msg: 'committed a transaction of analytics.events[3]',
    fields: { event: 'transactionEnded', end: 'committed', records: 4, duration_ms: 12 },
    metric: ['bellhop_records_committed_total', { topic: 'analytics.events' }, 4],
  },
  {
    happens: (o) =>
      o.transactionEnded({
        topic: 'analytics.events',
        partition: 3,
        end: 'aborted',
        records: 4,
        durationMs: 12,
        error: REFUSED,
      }),
    level: 'warn',
    msg: 'a transaction of analytics.events[3] failed and its batch will be read again',
    fields: { error: { type: 'Error', code: 'ECONNREFUSED', message: REFUSED.message } },
    metric: ['bellhop_records_committed_total', { topic: 'analytics.events' }, 0],
  },
  {
    happens: (o) =>
      o.transactionEnded({
        topic: 'analytics.events',
        partition: 3,
        end: 'fenced',
        records: 0,
        durationMs: 5,
      }),
    level: 'info',
    msg: 'another process has taken analytics.events[3] over',
    fields: { end: 'fenced' },
    metric: ['bellhop_transactions_total', { topic: 'analytics.events', end: 'fenced' }, 1],
  },
])
