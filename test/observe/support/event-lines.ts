import { describe, expect, it } from 'vitest'
import type { EventLog } from '../../../src/observe/event-log.ts'
import type { Metrics } from '../../../src/observe/metrics.ts'
import type { Observer } from '../../../src/observe/observer.ts'
import { observed } from './observed.ts'
import { createTestMetrics } from './test-metrics.ts'

/** One thing that happens, the line it leaves and, where it has one, a sample it leads to. */
export interface EventLine {
  happens: (observer: Observer) => void
  level: string
  msg: string
  fields: object
  metric?: [name: string, labels: Record<string, string>, value: number]
}

/** Tests a group of internal events by a table that must hold every one of them. */
export function testEventLines(
  createEvents: (log: EventLog, metrics: Metrics) => Partial<Observer>,
  table: readonly EventLine[],
): void {
  describe('an internal event writes its line and its metric', () => {
    it.each(table)('$msg', async ({ happens, level, msg, fields, metric }) => {
      const { observer, lines, scrape } = observed('trace')
      happens(observer)
      expect(lines()).toEqual([expect.objectContaining({ level, msg })])
      expect(lines()[0]).toMatchObject(fields)
      if (metric) expect((await scrape()).value(metric[0], metric[1])).toBeCloseTo(metric[2], 9)
    })

    it.each(table)('but no line at level silent: $msg', ({ happens }) => {
      const { observer, lines } = observed('silent')
      happens(observer)
      expect(lines()).toEqual([])
    })
  })

  it('the table holds every event of its group', () => {
    const { observer, lines } = observed('trace')
    for (const { happens } of table) happens(observer)
    const group = createEvents({ write: () => {}, writeLimited: () => {} }, createTestMetrics().metrics)
    expect(new Set(lines().map(({ event }) => event))).toEqual(new Set(Object.keys(group)))
  })
}
