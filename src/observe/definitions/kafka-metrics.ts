import type { MetricDefinition } from './definition.ts'

/** Partitions, groups and the broker. */
export const KAFKA_METRICS = {
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
  dispatchRetention: {
    name: 'bellhop_dispatch_retention_seconds',
    type: 'gauge',
    help: 'How long the dispatch topic keeps its records, sent or not; 0 where it keeps them for ever, and until that is known.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>
