import { describe, expect, it } from 'vitest'
import { ATTEMPT_OUTCOMES, DEAD_LETTER_CAUSES } from '../../src/core/outcome.ts'
import { createTestMetrics } from './support/test-metrics.ts'

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

  it('has what was said of its new destinations before it came', async () => {
    const { metrics, scrape } = createTestMetrics()
    metrics.setControls({ paused: ['support'], silenced: ['sales'] })
    metrics.reconfigure(NEXT)
    const { value } = await scrape()
    expect(value('bellhop_destination_paused', { destination: 'support' })).toBe(1)
    expect(value('bellhop_destination_paused', { destination: 'sales' })).toBe(0)
    expect(value('bellhop_destination_silenced', { destination: 'sales' })).toBe(1)
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
    metrics.stamp('lastSuccess', { destination: 'alerts' })
    metrics.setControls({ paused: ['alerts'], silenced: ['alerts'] })
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
    metrics.setControls({ paused: ['destination-1'], silenced: [] })
    const lines = (await metrics.render()).split('\n').length
    for (let nth = 1; nth <= 200; nth += 1) metrics.reconfigure(idsOf(nth))
    expect((await metrics.render()).split('\n').length).toBe(lines)
  })
})
