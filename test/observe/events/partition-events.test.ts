import { describe, expect, it } from 'vitest'
import { createPartitionEvents } from '../../../src/observe/events/partition-events.ts'
import type { Observer } from '../../../src/observe/observer.ts'
import { testEventLines } from '../support/event-lines.ts'
import { observed } from '../support/observed.ts'
import { DISPATCH, PLACE, REFUSED } from '../support/sample-events.ts'

testEventLines(createPartitionEvents, [
  {
    happens: (o) => o.partitionAssigned({ ...PLACE, offset: 1042 }),
    level: 'debug',
    msg: 'match reads analytics.events[3] from offset 1042',
    fields: { event: 'partitionAssigned', ...PLACE, offset: 1042 },
    metric: ['bellhop_partitions_assigned', { stage: 'match', topic: 'analytics.events' }, 1],
  },
  {
    happens: (o) => o.partitionLost(PLACE),
    level: 'debug',
    msg: 'match gave analytics.events[3] up',
    fields: { event: 'partitionLost', ...PLACE },
    metric: ['bellhop_partitions_assigned', { stage: 'match', topic: 'analytics.events' }, 0],
  },
  {
    happens: (o) => o.partitionLag({ ...PLACE, lag: 12 }),
    level: 'trace',
    msg: 'match is 12 records behind in analytics.events[3]',
    fields: { event: 'partitionLag', ...PLACE, lag: 12 },
  },
  {
    happens: (o) => o.partitionFailed({ ...PLACE, error: REFUSED, retryInMs: 500 }),
    level: 'warn',
    msg: 'match cannot go on in analytics.events[3]; trying again in 500 ms',
    fields: { event: 'partitionFailed', ...PLACE, retry_in_ms: 500 },
    metric: ['bellhop_partition_failures_total', { stage: 'match', topic: 'analytics.events' }, 1],
  },
  {
    happens: (o) => o.partitionFailed({ ...PLACE, error: REFUSED, retryInMs: null }),
    level: 'error',
    msg: 'match cannot go on in analytics.events[3] until a person acts',
    fields: { retry_in_ms: null, error: { code: 'ECONNREFUSED' } },
    metric: ['bellhop_partitions_stopped', { stage: 'match', topic: 'analytics.events' }, 1],
  },
  {
    happens: (o) => o.partitionRewound({ ...DISPATCH, offset: 1042, span: 500 }),
    level: 'debug',
    msg: 'bellhop.dispatch[3] is read again from offset 1042, for messages that full lanes had passed over',
    fields: { event: 'partitionRewound', ...DISPATCH, offset: 1042, span: 500 },
    metric: ['bellhop_rewinds_total', {}, 1],
  },
  {
    happens: (o) => o.recordsReread({ records: 7 }),
    level: 'trace',
    msg: 'read 7 records again',
    fields: { event: 'recordsReread', records: 7 },
    metric: ['bellhop_records_reread_total', {}, 7],
  },
  {
    happens: (o) => o.lanesPassingOver({ ...DISPATCH, lanes: 2 }),
    level: 'trace',
    msg: '2 lanes had no room for messages in bellhop.dispatch[3]',
    fields: { event: 'lanesPassingOver', ...DISPATCH, lanes: 2 },
  },
])

describe('partitions', () => {
  const labels = { stage: 'match', topic: 'analytics.events' }

  it('that are assigned again after a rebalance count once', async () => {
    const { observer, scrape } = observed()
    for (const partition of [0, 1, 1, 0, 2]) observer.partitionAssigned({ ...PLACE, partition, offset: 1 })
    observer.partitionLost({ ...PLACE, partition: 1 })
    observer.partitionLost({ ...PLACE, partition: 7 })
    expect((await scrape()).value('bellhop_partitions_assigned', labels)).toBe(2)
  })

  it.each<[gauge: string, labels: Record<string, string>, tell: (observer: Observer) => void]>([
    [
      'bellhop_consumer_lag_records',
      { stage: 'dispatch', topic: 'bellhop.dispatch', partition: '3' },
      (o) => o.partitionLag({ stage: 'dispatch', ...DISPATCH, lag: 12 }),
    ],
    [
      'bellhop_lanes_passing_over',
      { topic: 'bellhop.dispatch', partition: '3' },
      (o) => o.lanesPassingOver({ ...DISPATCH, lanes: 12 }),
    ],
  ])('take %s along when they go, and a late report does not bring it back', async (gauge, series, tell) => {
    const { observer, scrape } = observed()
    observer.partitionAssigned({ stage: 'dispatch', ...DISPATCH, offset: 1 })
    tell(observer)
    expect((await scrape()).value(gauge, series)).toBe(12)
    observer.partitionLost({ stage: 'dispatch', ...DISPATCH })
    expect((await scrape()).value(gauge, series)).toBeNull()
    tell(observer)
    expect((await scrape()).value(gauge, series)).toBeNull()
  })

  it('count each rewind, and the records that were truly read again', async () => {
    const { observer, scrape } = observed()
    observer.partitionRewound({ ...DISPATCH, offset: 10, span: 500 })
    observer.recordsReread({ records: 3 })
    observer.recordsReread({ records: 4 })
    const exposition = await scrape()
    expect(exposition.value('bellhop_rewinds_total')).toBe(1)
    expect(exposition.value('bellhop_records_reread_total')).toBe(7)
  })

  it.each<[string, (observer: Observer) => void]>([
    ['assigned again', (o) => o.partitionAssigned({ ...PLACE, offset: 1 })],
    ['lost', (o) => o.partitionLost(PLACE)],
    ['tried again', (o) => o.partitionFailed({ ...PLACE, error: REFUSED, retryInMs: 100 })],
  ])('that stood still do so no more once they are %s', async (_, happens) => {
    const { observer, scrape } = observed()
    observer.partitionAssigned({ ...PLACE, offset: 1 })
    observer.partitionFailed({ ...PLACE, error: REFUSED, retryInMs: null })
    expect((await scrape()).value('bellhop_partitions_stopped', labels)).toBe(1)
    happens(observer)
    expect((await scrape()).value('bellhop_partitions_stopped', labels)).toBe(0)
  })

  it('have their failures at 0 from the start, so that a rate sees the first', async () => {
    const { observer, scrape } = observed()
    observer.partitionAssigned({ ...PLACE, offset: 1 })
    expect((await scrape()).value('bellhop_partition_failures_total', labels)).toBe(0)
  })
})
