import type { MetricDefinition } from './definition.ts'

/** Destinations and their lanes: posts, waits, and what persons have said of them. */
export const LANE_METRICS = {
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
  lastSuccess: {
    name: 'bellhop_destination_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When this process last had a post taken by the destination: seconds since the epoch; not there before the first.',
    labels: ['destination'],
  },
  paceUsed: {
    name: 'bellhop_lane_pace_used_seconds_total',
    type: 'counter',
    help: 'Time that posts took of what a lane has to give: each post until its answer, and the interval after it. At a rate of 1 the lane can take no more posts; destinations without a rate use none.',
    labels: ['destination'],
  },
  laneRetentionLeft: {
    name: 'bellhop_lane_retention_left_seconds',
    type: 'gauge',
    help: 'Time until the oldest waiting message may be deleted from the dispatch topic unsent: the whole retention where none waits; not there where the topic keeps its records for ever.',
    labels: ['destination'],
  },
  destinationPaused: {
    name: 'bellhop_destination_paused',
    type: 'gauge',
    help: '1 while a person has paused the destination and its messages wait, else 0.',
    labels: ['destination'],
  },
  destinationSilenced: {
    name: 'bellhop_destination_silenced',
    type: 'gauge',
    help: '1 while a person has silenced the destination and its messages are dropped, else 0.',
    labels: ['destination'],
  },
} as const satisfies Record<string, MetricDefinition>
