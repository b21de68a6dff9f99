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

/** Metrics of two actions and two destinations, and a way to read them as a scraper does. */
export function createTestMetrics() {
  const metrics = createMetrics(TEST_CONFIG)
  return { metrics, scrape: async () => parseExposition(await metrics.render()) }
}
