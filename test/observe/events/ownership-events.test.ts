import { expect, it } from 'vitest'
import { createOwnershipEvents } from '../../../src/observe/events/ownership-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { observed } from '../support/observed.ts'
import { DISPATCH } from '../support/sample-events.ts'

testEventLines(createOwnershipEvents, [
  {
    happens: (o) =>
      o.groupJoined({ stage: 'match', group: 'bellhop-match', memberId: 'm-1', partitions: 12 }),
    level: 'info',
    msg: 'match joined its consumer group and has 12 partitions',
    fields: { event: 'groupJoined', group: 'bellhop-match', member_id: 'm-1', partitions: 12 },
    metric: ['bellhop_group_joins_total', { stage: 'match' }, 1],
  },
  {
    happens: (o) => o.partitionClaimed({ ...DISPATCH, waitedMs: 240, receipts: 31 }),
    level: 'debug',
    msg: 'claimed bellhop.dispatch[3] after 240 ms, with 31 receipts on record',
    fields: { event: 'partitionClaimed', ...DISPATCH, waited_ms: 240, receipts: 31 },
    metric: ['bellhop_claim_wait_seconds_sum', {}, 0.24],
  },
  {
    happens: (o) => o.partitionReleased({ ...DISPATCH, durationMs: 310, complete: true }),
    level: 'debug',
    msg: 'released bellhop.dispatch[3]',
    fields: { event: 'partitionReleased', ...DISPATCH, duration_ms: 310, complete: true },
    metric: ['bellhop_partition_releases_total', { complete: 'yes' }, 1],
  },
  {
    happens: (o) => o.partitionReleased({ ...DISPATCH, durationMs: 10_000, complete: false }),
    level: 'warn',
    msg: 'left bellhop.dispatch[3] with posts that are not on record: its next owner may repeat them',
    fields: { duration_ms: 10_000, complete: false },
    metric: ['bellhop_partition_releases_total', { complete: 'no' }, 1],
  },
  {
    happens: (o) => o.leaseLapsed({ group: 'bellhop.dispatch' }),
    level: 'warn',
    msg: 'posting pauses: Kafka has not confirmed that this process is in its group',
    fields: { event: 'leaseLapsed', group: 'bellhop.dispatch' },
    metric: ['bellhop_lease_lapses_total', {}, 1],
  },
  {
    happens: (o) => o.leaseRenewed({ group: 'bellhop.dispatch', afterMs: 3200 }),
    level: 'info',
    msg: 'posting goes on after 3.2 s',
    fields: { event: 'leaseRenewed', group: 'bellhop.dispatch', after_ms: 3200 },
  },
])

it('a handover of all partitions in order leaves one line at info', () => {
  const { observer, lines } = observed()
  for (let partition = 0; partition < 12; partition += 1) {
    observer.partitionReleased({ ...DISPATCH, partition, durationMs: 5, complete: true })
    observer.partitionClaimed({ ...DISPATCH, partition, waitedMs: 5, receipts: 0 })
  }
  observer.groupJoined({ stage: 'dispatch', group: 'bellhop.dispatch', memberId: 'm-1', partitions: 12 })
  expect(lines().map(({ event }) => event)).toEqual(['groupJoined'])
})
