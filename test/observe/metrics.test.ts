import { describe, expect, it } from 'vitest'
import { DEAD_LETTER_CAUSES } from '../../src/core/outcome.ts'
import { LABELS } from '../../src/observe/definitions/labels.ts'
import { METRICS, type MetricDefinition } from '../../src/observe/metric-definitions.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { parseExposition } from './support/parse-exposition.ts'
import { createTestMetrics, TEST_CONFIG, TEST_NOW_MS } from './support/test-metrics.ts'

const definitions = Object.values<MetricDefinition>(METRICS)

describe.each(definitions)('$name', ({ name, type, help, labels, buckets }) => {
  it('is named as Prometheus wants it', () => {
    expect(name).toMatch(/^bellhop_[a-z_]+$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    expect(name).not.toMatch(/_(ms|millis|minutes|kib|mib|count|sum|bucket)(_|$)/)
    expect(help).toMatch(/^[A-Z1].*\.$/)
  })

  it('has labels that docs explain, and buckets in order where it is a histogram', () => {
    for (const label of labels) expect(LABELS).toHaveProperty(label)
    expect(buckets !== undefined).toBe(type === 'histogram')
    expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual(buckets ?? [])
    expect(labels).not.toContain('le')
  })

  it('is in the exposition with its type and meaning', async () => {
    const { scrape } = createTestMetrics()
    const exposition = await scrape()
    expect(exposition.types.get(name)).toBe(type)
    expect(exposition.help.get(name)).toBe(help)
  })
})

it('has each name once', () => {
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length)
})

describe('at the start', () => {
  it.each<[string, Record<string, string>]>([
    ['bellhop_events_consumed_total', { topic: 'analytics.events' }],
    ['bellhop_records_committed_total', { topic: 'analytics.events' }],
    ['bellhop_transactions_total', { topic: 'analytics.events', end: 'fenced' }],
    ['bellhop_matches_total', { action: 'signed-up' }],
    ['bellhop_messages_cut_total', { action: 'signed-up' }],
    ['bellhop_messages_queued_total', { destination: 'sales' }],
    ['bellhop_messages_delivered_total', { destination: 'sales' }],
    ['bellhop_messages_moved_total', { destination: 'sales' }],
    ['bellhop_post_splits_total', { destination: 'sales' }],
    ['bellhop_messages_silenced_total', { destination: 'sales' }],
    ['bellhop_lane_pace_used_seconds_total', { destination: 'sales' }],
    ['bellhop_destination_paused', { destination: 'sales' }],
    ['bellhop_destination_silenced', { destination: 'sales' }],
    ['bellhop_dispatch_retention_seconds', {}],
    ['bellhop_ready', {}],
    ['bellhop_canary_sent_total', {}],
    ['bellhop_canary_failures_total', {}],
    ['bellhop_canary_interval_seconds', {}],
    ['bellhop_canary_last_success_timestamp_seconds', {}],
    ['bellhop_canary_round_trip_seconds_count', {}],
    ['bellhop_notifications_total', { cause: 'oldest_message' }],
    ['bellhop_status_write_failures_total', {}],
    ['bellhop_post_messages_count', {}],
    ['bellhop_breakers_open', { destination: 'sales' }],
    ['bellhop_breaker_changes_total', { destination: 'sales', state: 'open' }],
    ['bellhop_breaker_changes_total', { destination: 'sales', state: 'half_open' }],
    ['bellhop_breaker_changes_total', { destination: 'sales', state: 'closed' }],
    ['bellhop_rewinds_total', {}],
    ['bellhop_records_reread_total', {}],
    ['bellhop_claim_wait_seconds_count', {}],
    ['bellhop_partition_releases_total', { complete: 'yes' }],
    ['bellhop_partition_releases_total', { complete: 'no' }],
    ['bellhop_lease_lapses_total', {}],
    ['bellhop_posts_total', { destination: 'alerts', outcome: 'destination_down' }],
    ['bellhop_dead_letters_total', { destination: 'alerts', cause: 'retries_exhausted' }],
    ['bellhop_dead_letters_total', { destination: 'alerts', cause: 'expired' }],
    ['bellhop_dead_letters_total', { destination: '(unknown)', cause: 'unknown_destination' }],
    ['bellhop_dead_letters_total', { action: 'signed-up', cause: 'render_failed' }],
    ['bellhop_dead_letters_total', { cause: 'not_json' }],
    ['bellhop_write_failures_total', { topic: 'bellhop.receipts' }],
    ['bellhop_commit_failures_total', { stage: 'dispatch' }],
    ['bellhop_group_joins_total', { stage: 'match' }],
    ['bellhop_consumer_crashes_total', { stage: 'match' }],
    ['bellhop_broker_failures_total', {}],
    ['bellhop_broker_reachable', {}],
    ['bellhop_lane_backlog_messages', { destination: 'sales' }],
    ['bellhop_delivery_latency_seconds_count', {}],
    ['bellhop_post_duration_seconds_count', { outcome: 'ambiguous' }],
    ['bellhop_lane_hold_seconds_count', { reason: 'rate_limited' }],
  ])('%s %j is 0', async (name, labels) => {
    const { scrape } = createTestMetrics()
    expect((await scrape()).value(name, labels)).toBe(0)
  })

  describe('of the dead letters', () => {
    const series = async () =>
      (await createTestMetrics().scrape()).samples
        .filter(({ name }) => name === 'bellhop_dead_letters_total')
        .map(({ labels }) => labels)

    it('every cause is there', async () => {
      const causes = (await series()).map(({ cause }) => cause)
      expect(new Set(causes)).toEqual(new Set(DEAD_LETTER_CAUSES))
    })

    it.each(['render_failed', 'empty_message'])('%s stands beside an action, never alone', async (cause) => {
      const actions = (await series()).filter((labels) => labels.cause === cause).map(({ action }) => action)
      expect(actions).toEqual([...TEST_CONFIG.actions])
    })
  })

  it('says what runs with which configuration', async () => {
    const exposition = await createTestMetrics().scrape()
    expect(exposition.value('bellhop_build_info', { version: '1.2.3', node_version: process.version })).toBe(
      1,
    )
    expect(exposition.value('bellhop_config_info', { config_version: 'abcdef012345' })).toBe(1)
  })

  it("has the process's own metrics, the event loop's lag included", async () => {
    const { types } = await createTestMetrics().scrape()
    expect([...types.keys()]).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']),
    )
  })
})

it('two in one process never meet', async () => {
  const [one, other] = [createTestMetrics(), createTestMetrics()]
  one.metrics.count('matches', { action: 'signed-up' }, 3)
  expect((await one.scrape()).value('bellhop_matches_total', { action: 'signed-up' })).toBe(3)
  expect((await other.scrape()).value('bellhop_matches_total', { action: 'signed-up' })).toBe(0)
})

describe('a label value', () => {
  it.each([
    'not-configured',
    'https://hooks.slack.com/services/T/B/secret',
    'sales"} 1\nforged_total 7',
    '__proto__',
    'constructor',
    'x'.repeat(100_000),
  ])('that is not in its closed list becomes (unknown): %.40j', async (hostile) => {
    const { metrics, scrape } = createTestMetrics()
    metrics.count('posts', { destination: hostile, outcome: hostile })
    metrics.count('matches', { action: hostile })
    metrics.count('deadLetters', { cause: hostile, destination: '', action: hostile })
    metrics.set('consumerLag', { stage: hostile, topic: hostile, partition: hostile }, 1)
    metrics.observe('laneHold', { reason: hostile }, 1)
    metrics.count('breakerChanges', { destination: hostile, state: hostile })
    metrics.count('partitionReleases', { complete: hostile })
    metrics.setBacklogSource(() => [{ destination: hostile, messages: 1, oldestAgeMs: 1, breaker: 'open' }])
    const exposition = await scrape()
    expect(exposition.value('bellhop_posts_total', { destination: '(unknown)', outcome: '(unknown)' })).toBe(
      1,
    )
    expect(exposition.value('bellhop_lane_backlog_messages', { destination: '(unknown)' })).toBe(1)
    expect(exposition.value('bellhop_breakers_open', { destination: '(unknown)' })).toBe(1)
    const values = exposition.samples.flatMap(({ name, labels }) => [name, ...Object.values(labels)])
    expect(values).not.toContain(hostile)
    expect(exposition.types.has('forged_total')).toBe(false)
  })

  it('that is configured is escaped, whatever it holds', async () => {
    const odd = 'a"b\\c\nd{}'
    const metrics = createMetrics({ ...TEST_CONFIG, destinations: [odd] })
    metrics.count('messagesQueued', { destination: odd })
    const exposition = parseExposition(await metrics.render())
    expect(exposition.value('bellhop_messages_queued_total', { destination: odd })).toBe(1)
  })
})

describe('a number that is none', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('%d is dropped and stops nothing', async (bad) => {
    const { metrics, scrape } = createTestMetrics()
    metrics.count('matches', { action: 'signed-up' }, bad)
    if (bad !== -1) {
      metrics.observe('deliveryLatency', {}, bad)
      metrics.set('brokerReachable', {}, bad)
    }
    const exposition = await scrape()
    expect(exposition.value('bellhop_matches_total', { action: 'signed-up' })).toBe(0)
    expect(exposition.value('bellhop_delivery_latency_seconds_count')).toBe(0)
    expect(exposition.value('bellhop_broker_reachable')).toBe(0)
  })

  it('a duration below zero, where clocks differ, counts as zero', async () => {
    const { metrics, scrape } = createTestMetrics()
    metrics.observe('deliveryLatency', {}, -3)
    const exposition = await scrape()
    expect(exposition.value('bellhop_delivery_latency_seconds_count')).toBe(1)
    expect(exposition.value('bellhop_delivery_latency_seconds_sum')).toBe(0)
  })
})

it('readiness is asked for at each scrape', async () => {
  const { metrics, scrape } = createTestMetrics()
  let isReady = true
  metrics.setReadiness(() => isReady)
  expect((await scrape()).value('bellhop_ready')).toBe(1)
  isReady = false
  expect((await scrape()).value('bellhop_ready')).toBe(0)
})

it('a canary is configured, and later none', async () => {
  const { metrics, scrape } = createTestMetrics()
  metrics.setCanaryInterval(60_000)
  expect((await scrape()).value('bellhop_canary_interval_seconds')).toBe(60)
  metrics.setCanaryInterval(null)
  expect((await scrape()).value('bellhop_canary_interval_seconds')).toBe(0)
})

it('a gauge is stamped with the time of now, in seconds', async () => {
  const { metrics, scrape } = createTestMetrics()
  metrics.stamp('lastSuccess', { destination: 'sales' })
  const name = 'bellhop_destination_last_success_timestamp_seconds'
  expect((await scrape()).value(name, { destination: 'sales' })).toBe(TEST_NOW_MS / 1_000)
})

it('a histogram counts into its buckets, which add up', async () => {
  const { metrics, scrape } = createTestMetrics()
  for (const seconds of [0.001, 0.3, 9, 99]) metrics.observe('postDuration', { outcome: 'sent' }, seconds)
  const { samples } = await scrape()
  const buckets = samples
    .filter(
      ({ name, labels }) => name === 'bellhop_post_duration_seconds_bucket' && labels.outcome === 'sent',
    )
    .map(({ labels, value }) => [labels.le, value])
  expect(buckets).toEqual([
    ['0.01', 1],
    ['0.025', 1],
    ['0.05', 1],
    ['0.1', 1],
    ['0.25', 1],
    ['0.5', 2],
    ['1', 2],
    ['2.5', 2],
    ['5', 2],
    ['10', 3],
    ['+Inf', 4],
  ])
})

it('stays small with a thousand actions and two hundred destinations', async () => {
  const metrics = createMetrics({
    ...TEST_CONFIG,
    actions: Array.from({ length: 1000 }, (_, i) => `action-${i}`),
    destinations: Array.from({ length: 200 }, (_, i) => `destination-${i}`),
  })
  const text = await metrics.render()
  expect(text.split('\n').length).toBeLessThan(10_000)
  expect(text.length).toBeLessThan(650_000)
})
