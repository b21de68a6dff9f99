import { describe, expect, it } from 'vitest'
import { ATTEMPT_OUTCOMES, BREAKER_STATES, DEAD_LETTER_CAUSES } from '../../src/core/outcome.ts'
import { LABELS, METRICS, type MetricDefinition } from '../../src/observe/metric-definitions.ts'
import { createMetrics, type LaneBacklog } from '../../src/observe/metrics.ts'
import { parseExposition } from './support/parse-exposition.ts'
import { createTestMetrics, TEST_CONFIG } from './support/test-metrics.ts'

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

describe('the backlog', () => {
  it('is pulled at each scrape and added up by destination', async () => {
    const { metrics, scrape } = createTestMetrics()
    let lanes: LaneBacklog[] = [
      { destination: 'sales', messages: 2, oldestAgeMs: 1500, breaker: 'closed' },
      { destination: 'sales', messages: 3, oldestAgeMs: 4000, breaker: 'closed' },
      { destination: 'rotated-away', messages: 1, oldestAgeMs: null, breaker: 'closed' },
    ]
    metrics.setBacklogSource(() => lanes)
    const before = await scrape()
    expect(before.value('bellhop_lane_backlog_messages', { destination: 'sales' })).toBe(5)
    expect(before.value('bellhop_lane_oldest_message_age_seconds', { destination: 'sales' })).toBe(4)
    expect(before.value('bellhop_lane_backlog_messages', { destination: 'alerts' })).toBe(0)
    expect(before.value('bellhop_lane_backlog_messages', { destination: '(unknown)' })).toBe(1)
    lanes = []
    const after = await scrape()
    expect(after.value('bellhop_lane_backlog_messages', { destination: 'sales' })).toBe(0)
    expect(after.value('bellhop_lane_oldest_message_age_seconds', { destination: 'sales' })).toBe(0)
    expect(after.value('bellhop_lane_backlog_messages', { destination: '(unknown)' })).toBeNull()
  })

  it('tells how many lanes of a destination have a breaker that is not closed', async () => {
    const { metrics, scrape } = createTestMetrics()
    const idle = { destination: 'sales', messages: 0, oldestAgeMs: null }
    let lanes: LaneBacklog[] = BREAKER_STATES.map((breaker) => ({ ...idle, breaker }))
    metrics.setBacklogSource(() => lanes)
    expect((await scrape()).value('bellhop_breakers_open', { destination: 'sales' })).toBe(2)
    expect((await scrape()).value('bellhop_breakers_open', { destination: 'alerts' })).toBe(0)
    lanes = [{ ...idle, breaker: 'closed' }]
    expect((await scrape()).value('bellhop_breakers_open', { destination: 'sales' })).toBe(0)
  })

  it('that cannot be read fails the scrape and nothing else', async () => {
    const { metrics } = createTestMetrics()
    metrics.setBacklogSource(() => {
      throw new Error('no')
    })
    await expect(metrics.render()).rejects.toThrow('no')
  })
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
  expect(text.split('\n').length).toBeLessThan(9000)
  expect(text.length).toBeLessThan(600_000)
})

describe('another configuration', () => {
  const NEXT = {
    configVersion: '012345abcdef',
    actions: ['signed-up', 'refunded'],
    destinations: ['sales', 'support'],
  }

  it('has its new actions and destinations at 0, and keeps what the others have counted', async () => {
    const { metrics, scrape } = createTestMetrics()
    metrics.count('matches', { action: 'signed-up' }, 3)
    metrics.count('posts', { destination: 'sales', outcome: 'sent' }, 2)
    metrics.reconfigure(NEXT)
    const { value } = await scrape()
    expect(value('bellhop_matches_total', { action: 'refunded' })).toBe(0)
    expect(value('bellhop_matches_total', { action: 'signed-up' })).toBe(3)
    expect(value('bellhop_posts_total', { destination: 'support', outcome: 'sent' })).toBe(0)
    expect(value('bellhop_posts_total', { destination: 'sales', outcome: 'sent' })).toBe(2)
    expect(value('bellhop_lane_backlog_messages', { destination: 'support' })).toBe(0)
  })

  it('is the one that is told, alone', async () => {
    const { metrics, scrape } = createTestMetrics()
    metrics.reconfigure(NEXT)
    const told = (await scrape()).samples.filter(({ name }) => name === 'bellhop_config_info')
    expect(told).toEqual([
      { name: 'bellhop_config_info', labels: { config_version: NEXT.configVersion }, value: 1 },
    ])
  })

  it('takes ids that are gone out of every metric, and what is late for them is of unknown ones', async () => {
    const { metrics, scrape } = createTestMetrics()
    for (const outcome of ATTEMPT_OUTCOMES) metrics.count('posts', { destination: 'alerts', outcome })
    for (const cause of DEAD_LETTER_CAUSES) {
      metrics.count('deadLetters', { cause, destination: 'alerts', action: '' })
      metrics.count('deadLetters', { cause, destination: '', action: 'order-completed' })
    }
    metrics.setBacklogSource(() => [
      { destination: 'alerts', messages: 4, oldestAgeMs: 1_000, breaker: 'open' },
    ])
    metrics.reconfigure(NEXT)
    metrics.count('posts', { destination: 'alerts', outcome: 'sent' })
    const { samples, value } = await scrape()
    const ids = samples.flatMap(({ labels: { action, destination } }) => [action, destination])
    expect(ids).not.toContain('alerts')
    expect(ids).not.toContain('order-completed')
    expect(value('bellhop_posts_total', { destination: '(unknown)', outcome: 'sent' })).toBe(1)
    expect(value('bellhop_lane_backlog_messages', { destination: '(unknown)' })).toBe(4)
  })

  it('however many come, with ids of their own each: no more is there than of one', async () => {
    const { metrics } = createTestMetrics()
    const idsOf = (nth: number) => ({
      configVersion: `version-${nth}`,
      actions: [`action-${nth}`],
      destinations: [`destination-${nth}`],
    })
    metrics.reconfigure(idsOf(0))
    const lines = (await metrics.render()).split('\n').length
    for (let nth = 1; nth <= 200; nth += 1) metrics.reconfigure(idsOf(nth))
    expect((await metrics.render()).split('\n').length).toBe(lines)
  })
})
