import { ATTEMPT_OUTCOMES, BREAKER_STATES } from '../core/outcome.ts'
import { HOLD_REASONS, RELOAD_RESULTS, STAGES, TRANSACTION_ENDS } from './observer.ts'

/**
 * Every metric of bellhop, as data: the registry and docs/metrics.md are both made from this list, so neither can
 * hold a metric or label that the other lacks. Names follow https://prometheus.io/docs/practices/naming/.
 */
export interface MetricDefinition {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly LabelName[]
  /** Upper bounds, in the unit of the name; histograms only. */
  buckets?: readonly number[]
}

export const YES_NO = ['yes', 'no'] as const

/** What each label's values are. All come from closed lists: none is a URL, a person or an event's data. */
export const LABELS = {
  action: 'id of a configured action',
  cause: 'why a message was given up, or an event never became one: see docs/records.md',
  complete: `whether all that was in flight is on record: ${YES_NO.join(', ')}`,
  config_version: '12 hex digits over the configuration',
  destination: 'id of a configured destination',
  end: `how a transaction ended: ${TRANSACTION_ENDS.join(', ')}; fenced: another process has taken the partition over`,
  node_version: 'version of Node',
  outcome: `what an attempt to post meant: ${ATTEMPT_OUTCOMES.join(', ')}`,
  partition: 'number of a Kafka partition',
  reason: `why a lane waits longer than its pace: ${HOLD_REASONS.join(', ')}`,
  result: `how a reload of the configuration ended: ${RELOAD_RESULTS.join(', ')}; refused: it is wrong or needs a restart, and the one before stays`,
  stage: STAGES.join(', '),
  state: `what a breaker became: ${BREAKER_STATES.join(', ')}`,
  topic: "name of a configured events topic or of one of bellhop's own",
  version: 'version of bellhop',
} as const
export type LabelName = keyof typeof LABELS

/** Stands where an id is not configured in this process, so that no foreign text becomes a label value. */
export const UNKNOWN_LABEL = '(unknown)'

export const METRICS = {
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
  posts: {
    name: 'bellhop_posts_total',
    type: 'counter',
    help: 'Attempts to post, by what the answer meant.',
    labels: ['destination', 'outcome'],
  },
  postDuration: {
    name: 'bellhop_post_duration_seconds',
    type: 'histogram',
    help: 'Time from the start of an attempt to post, connecting included, to its answer or failure.',
    labels: ['outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  postMessages: {
    name: 'bellhop_post_messages',
    type: 'histogram',
    help: 'Messages that shared a post, for posts that the receiver took.',
    labels: [],
    buckets: [1, 2, 5, 10, 20, 50, 100],
  },
  postSplits: {
    name: 'bellhop_post_splits_total',
    type: 'counter',
    help: 'Joint posts that the receiver refused and whose messages went on in halves.',
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
  laneBacklog: {
    name: 'bellhop_lane_backlog_messages',
    type: 'gauge',
    help: 'Messages that wait in memory to be posted or for their answer.',
    labels: ['destination'],
  },
  laneOldestAge: {
    name: 'bellhop_lane_oldest_message_age_seconds',
    type: 'gauge',
    help: 'Time since the oldest waiting message was queued on the dispatch topic; 0 where none waits.',
    labels: ['destination'],
  },
  laneHold: {
    name: 'bellhop_lane_hold_seconds',
    type: 'histogram',
    help: 'How long lanes were told to wait beyond their pace.',
    labels: ['reason'],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
  },
  breakersOpen: {
    name: 'bellhop_breakers_open',
    type: 'gauge',
    help: 'Lanes whose breaker is not closed: their webhook, token or channel needs a person.',
    labels: ['destination'],
  },
  breakerChanges: {
    name: 'bellhop_breaker_changes_total',
    type: 'counter',
    help: 'Changes of a breaker, by what it became.',
    labels: ['destination', 'state'],
  },
  consumerLag: {
    name: 'bellhop_consumer_lag_records',
    type: 'gauge',
    help: "Records between a stage's position in a partition and the partition's end.",
    labels: ['stage', 'topic', 'partition'],
  },
  partitionsAssigned: {
    name: 'bellhop_partitions_assigned',
    type: 'gauge',
    help: 'Partitions that this process works on.',
    labels: ['stage', 'topic'],
  },
  partitionsStopped: {
    name: 'bellhop_partitions_stopped',
    type: 'gauge',
    help: 'Assigned partitions that stand still until a person acts.',
    labels: ['stage', 'topic'],
  },
  partitionFailures: {
    name: 'bellhop_partition_failures_total',
    type: 'counter',
    help: 'Times a partition could not go on, whether or not it is tried again.',
    labels: ['stage', 'topic'],
  },
  lanesPassingOver: {
    name: 'bellhop_lanes_passing_over',
    type: 'gauge',
    help: 'Lanes that had no room for messages of this partition and will come back to them.',
    labels: ['topic', 'partition'],
  },
  rewinds: {
    name: 'bellhop_rewinds_total',
    type: 'counter',
    help: 'Times that a dispatch partition was read again for messages that full lanes had passed over.',
    labels: [],
  },
  recordsReread: {
    name: 'bellhop_records_reread_total',
    type: 'counter',
    help: 'Dispatch records that rewinds went back over; those that are queued or done are skipped unparsed.',
    labels: [],
  },
  claimWait: {
    name: 'bellhop_claim_wait_seconds',
    type: 'histogram',
    help: 'How long a dispatch partition waited for its owner before to let go of it.',
    labels: [],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  partitionReleases: {
    name: 'bellhop_partition_releases_total',
    type: 'counter',
    help: 'Dispatch partitions that were given up. Where complete is no, the next owner may repeat what was in flight.',
    labels: ['complete'],
  },
  leaseLapses: {
    name: 'bellhop_lease_lapses_total',
    type: 'counter',
    help: 'Times that posting paused, since Kafka had not confirmed membership for nearly the session timeout.',
    labels: [],
  },
  groupJoins: {
    name: 'bellhop_group_joins_total',
    type: 'counter',
    help: 'Times a stage joined its consumer group: each rebalance is one.',
    labels: ['stage'],
  },
  commitFailures: {
    name: 'bellhop_commit_failures_total',
    type: 'counter',
    help: 'Offset commits that failed.',
    labels: ['stage'],
  },
  writeFailures: {
    name: 'bellhop_write_failures_total',
    type: 'counter',
    help: "Failed writes to one of bellhop's own topics, receipts and dead letters included; each is tried again.",
    labels: ['topic'],
  },
  consumerCrashes: {
    name: 'bellhop_consumer_crashes_total',
    type: 'counter',
    help: "Crashes of a stage's consumer.",
    labels: ['stage'],
  },
  brokerReachable: {
    name: 'bellhop_broker_reachable',
    type: 'gauge',
    help: '1 while a Kafka broker answers, 0 while none does.',
    labels: [],
  },
  brokerFailures: {
    name: 'bellhop_broker_failures_total',
    type: 'counter',
    help: 'Attempts to reach a Kafka broker that failed.',
    labels: [],
  },
  buildInfo: {
    name: 'bellhop_build_info',
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: ['version', 'node_version'],
  },
  configInfo: {
    name: 'bellhop_config_info',
    type: 'gauge',
    help: 'Always 1; the label says which configuration is at work.',
    labels: ['config_version'],
  },
  configReloads: {
    name: 'bellhop_config_reloads_total',
    type: 'counter',
    help: 'Times the configuration was read again, by how that ended.',
    labels: ['result'],
  },
  configLastReloadSuccessful: {
    name: 'bellhop_config_last_reload_successful',
    type: 'gauge',
    help: '1 where the configuration that was read last is the one at work, 0 where it was refused.',
    labels: [],
  },
  configLastReloadSuccessTime: {
    name: 'bellhop_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a configuration was last read that is at work, at the start or later: seconds since the epoch.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>

export type MetricKey = keyof typeof METRICS
type KeysOfType<T extends MetricDefinition['type']> = {
  [K in MetricKey]: (typeof METRICS)[K]['type'] extends T ? K : never
}[MetricKey]
export type CounterKey = KeysOfType<'counter'>
export type GaugeKey = KeysOfType<'gauge'>
export type HistogramKey = KeysOfType<'histogram'>

/** A value for each label of a metric; an empty one leaves the label out. */
export type LabelValues<K extends MetricKey> = {
  readonly [L in (typeof METRICS)[K]['labels'][number]]: string
}
