import { describe, expect, it } from 'vitest'
import { BREAKER_STATES } from '../../src/core/outcome.ts'
import { createMetrics, type LaneBacklog } from '../../src/observe/metrics.ts'
import { createTestMetrics, TEST_CONFIG } from './support/test-metrics.ts'

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

describe('the retention of the dispatch topic', () => {
  const left = 'bellhop_lane_retention_left_seconds'

  it('is told beside how much of it is left of the oldest message, and none is left of what is older', async () => {
    const { metrics, scrape } = createTestMetrics()
    metrics.setRetention(60_000)
    let oldestAgeMs = 45_000
    metrics.setBacklogSource(() => [{ destination: 'sales', messages: 1, oldestAgeMs, breaker: 'closed' }])
    const { value } = await scrape()
    expect(value('bellhop_dispatch_retention_seconds')).toBe(60)
    expect(value(left, { destination: 'sales' })).toBe(15)
    expect(value(left, { destination: 'alerts' })).toBe(60)
    oldestAgeMs = 61_000
    expect((await scrape()).value(left, { destination: 'sales' })).toBe(0)
  })

  it('that is for ever is 0, and leaves no distance to it', async () => {
    const { metrics, scrape } = createTestMetrics()
    metrics.setRetention(60_000)
    await scrape()
    metrics.setRetention(null)
    const { value } = await scrape()
    expect(value('bellhop_dispatch_retention_seconds')).toBe(0)
    expect(value(left, { destination: 'sales' })).toBeNull()
  })
})

it('of more than a thousand destinations, only those that were spoken of are told as paused', async () => {
  const destinations = Array.from({ length: 1_001 }, (_, i) => `destination-${i}`)
  const metrics = createMetrics({ ...TEST_CONFIG, destinations })
  const paused = async (): Promise<string[]> =>
    (await metrics.render()).split('\n').filter((line) => line.startsWith('bellhop_destination_paused{'))
  expect(await paused()).toEqual([])
  metrics.setControls({ paused: ['destination-7'], silenced: [] })
  expect(await paused()).toEqual(['bellhop_destination_paused{destination="destination-7"} 1'])
  metrics.setControls({ paused: [], silenced: [] })
  expect(await paused()).toEqual([])
})
