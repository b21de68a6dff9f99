import type { MetricDefinition } from './definition.ts'

/** From events to messages, and what became of those. */
export const FLOW_METRICS = {
  eventsConsumed: {
    name: 'bellhop_events_consumed_total',
    type: 'counter',
    help: 'Events read from an events topic; one that is read again after a crash counts again.',
    labels: ['topic'],
  },
  matches: {
    name: 'bellhop_matches_total',
    type: 'counter',
    help: "Events for which an action's trigger held.",
    labels: ['action'],
  },
  messagesCut: {
    name: 'bellhop_messages_cut_total',
    type: 'counter',
    help: "Messages cut because their text was longer than Slack's limit.",
    labels: ['action'],
  },
  deadLetters: {
    name: 'bellhop_dead_letters_total',
    type: 'counter',
    help: 'Dead letters written: a message counts under its destination, an event under its action where one failed.',
    labels: ['cause', 'destination', 'action'],
  },
  transactions: {
    name: 'bellhop_transactions_total',
    type: 'counter',
    help: 'Transactions of the match stage, by how they ended.',
    labels: ['topic', 'end'],
  },
  recordsCommitted: {
    name: 'bellhop_records_committed_total',
    type: 'counter',
    help: 'Messages and dead letters that the match stage wrote in transactions that committed.',
    labels: ['topic'],
  },
  transactionDuration: {
    name: 'bellhop_transaction_duration_seconds',
    type: 'histogram',
    help: 'Time a transaction of the match stage took, whatever its end.',
    labels: [],
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  },
  messagesQueued: {
    name: 'bellhop_messages_queued_total',
    type: 'counter',
    help: 'Messages taken into a lane.',
    labels: ['destination'],
  },
  messagesDelivered: {
    name: 'bellhop_messages_delivered_total',
    type: 'counter',
    help: 'Messages that the receiver took; several may share one post.',
    labels: ['destination'],
  },
  messagesMoved: {
    name: 'bellhop_messages_moved_total',
    type: 'counter',
    help: 'Messages queued again under another key, since the address of their webhook or channel had changed.',
    labels: ['destination'],
  },
  deliveryLatency: {
    name: 'bellhop_delivery_latency_seconds',
    type: 'histogram',
    help: "Time from an event's Kafka timestamp to the receiver's 200, over all destinations.",
    labels: [],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400],
  },
  messagesSilenced: {
    name: 'bellhop_messages_silenced_total',
    type: 'counter',
    help: "Messages dropped, with a receipt that says so: their destination was silenced or, of bellhop's own, their lane was broken.",
    labels: ['destination'],
  },
} as const satisfies Record<string, MetricDefinition>
