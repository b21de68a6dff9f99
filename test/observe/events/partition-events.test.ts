import { describe, expect, it } from 'vitest'
import { createPartitionEvents } from '../../../src/observe/events/partition-events.ts'
import type { Observer } from '../../../src/observe/observer.ts'
import { testEventLines } from '../support/event-lines.ts'
import { observed } from '../support/observed.ts'
import { PLACE, REFUSED } from '../support/sample-events.ts'

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
    happens: (o) =>
      o.groupJoined({ stage: 'match', group: 'bellhop-match', memberId: 'm-1', partitions: 12 }),
    level: 'info',
    msg: 'match joined its consumer group and has 12 partitions',
    fields: { event: 'groupJoined', group: 'bellhop-match', member_id: 'm-1', partitions: 12 },
    metric: ['bellhop_group_joins_total', { stage: 'match' }, 1],
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

  it('take their lag along when they go, and a late report does not bring it back', async () => {
    const { observer, scrape } = observed()
    const series = { ...labels, partition: '3' }
    observer.partitionAssigned({ ...PLACE, offset: 1 })
    observer.partitionLag({ ...PLACE, lag: 12 })
    expect((await scrape()).value('bellhop_consumer_lag_records', series)).toBe(12)
    observer.partitionLost(PLACE)
    expect((await scrape()).value('bellhop_consumer_lag_records', series)).toBeNull()
    observer.partitionLag({ ...PLACE, lag: 13 })
    expect((await scrape()).value('bellhop_consumer_lag_records', series)).toBeNull()
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
