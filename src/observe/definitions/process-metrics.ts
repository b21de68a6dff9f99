import type { MetricDefinition } from './definition.ts'

/** The process itself, its configuration, and what it says and proves of itself. */
export const PROCESS_METRICS = {
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
  ready: {
    name: 'bellhop_ready',
    type: 'gauge',
    help: '1 while /readyz says that the process does its work, else 0.',
    labels: [],
  },
  canarySent: {
    name: 'bellhop_canary_sent_total',
    type: 'counter',
    help: "The canary's events that this process wrote to the events topic.",
    labels: [],
  },
  canaryFailures: {
    name: 'bellhop_canary_failures_total',
    type: 'counter',
    help: "The canary's events that could not be written.",
    labels: [],
  },
  canaryRoundTrip: {
    name: 'bellhop_canary_round_trip_seconds',
    type: 'histogram',
    help: "Time from the Kafka timestamp of the canary's event to the receiver's answer.",
    labels: [],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  canaryLastSuccess: {
    name: 'bellhop_canary_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a canary last went all the way, where this process delivered it: seconds since the epoch; 0 where none has.',
    labels: [],
  },
  canaryInterval: {
    name: 'bellhop_canary_interval_seconds',
    type: 'gauge',
    help: 'How often the configuration at work sends a canary; 0 where it sends none.',
    labels: [],
  },
  notifications: {
    name: 'bellhop_notifications_total',
    type: 'counter',
    help: 'Messages that bellhop queued about itself.',
    labels: ['cause'],
  },
  statusFailures: {
    name: 'bellhop_status_write_failures_total',
    type: 'counter',
    help: 'Times this process could not tell the others what it does: their pages show it as gone.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>
