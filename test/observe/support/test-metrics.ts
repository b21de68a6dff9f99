import type { MetricsConfig } from '../../../src/observe/label-guard.ts'
import { createMetrics } from '../../../src/observe/metrics.ts'
import { parseExposition } from './parse-exposition.ts'

export const TEST_CONFIG: MetricsConfig = {
  version: '1.2.3',
  configVersion: 'abcdef012345',
  actions: ['order-completed', 'signed-up'],
  destinations: ['sales', 'alerts'],
  eventsTopics: ['analytics.events'],
  ownTopics: ['bellhop.dispatch', 'bellhop.receipts', 'bellhop.dead-letters'],
}

/** 2026-01-01T00:00:00Z. */
export const TEST_NOW_MS = 1_767_225_600_000

/** Metrics of two actions and two destinations, and a way to read them as a scraper does. */
export function createTestMetrics() {
  const metrics = createMetrics(TEST_CONFIG, { nowMs: () => TEST_NOW_MS })
  return { metrics, scrape: async () => parseExposition(await metrics.render()) }
}
