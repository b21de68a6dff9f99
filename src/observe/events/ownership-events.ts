import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer } from '../observer.ts'
import { formatCount, formatDuration } from '../wording.ts'

type OwnershipEvents = Pick<
  Observer,
  'groupJoined' | 'partitionClaimed' | 'partitionReleased' | 'leaseLapsed' | 'leaseRenewed'
>

/** How partitions come to this process and leave it, and whether it may post, as log lines and metrics. */
export function createOwnershipEvents(log: EventLog, metrics: Metrics): OwnershipEvents {
  return {
    groupJoined: ({ stage, group, memberId, partitions }) => {
      metrics.count('groupJoins', { stage })
      log.write('info', 'groupJoined', () => [
        `${stage} joined its consumer group and has ${formatCount(partitions, 'partition')}`,
        { stage, group, member_id: memberId, partitions },
      ])
    },
    partitionClaimed: ({ topic, partition, waitedMs, receipts }) => {
      metrics.observe('claimWait', {}, waitedMs / 1000)
      log.write('debug', 'partitionClaimed', () => [
        `claimed ${topic}[${partition}] after ${formatDuration(waitedMs)}, with ${formatCount(receipts, 'receipt')} on record`,
        { topic, partition, waited_ms: waitedMs, receipts },
      ])
    },
    partitionReleased: ({ topic, partition, durationMs, complete }) => {
      metrics.count('partitionReleases', { complete: complete ? 'yes' : 'no' })
      const fields = { topic, partition, duration_ms: durationMs, complete }
      if (complete) {
        log.write('debug', 'partitionReleased', () => [`released ${topic}[${partition}]`, fields])
        return
      }
      log.writeLimited('warn', 'partitionReleased', {
        key: topic,
        line: () => [
          `left ${topic}[${partition}] with posts that are not on record: its next owner may repeat them`,
          fields,
        ],
      })
    },
    leaseLapsed: ({ group }) => {
      metrics.count('leaseLapses', {})
      log.writeLimited('warn', 'leaseLapsed', {
        key: group,
        line: () => ['posting pauses: Kafka has not confirmed that this process is in its group', { group }],
      })
    },
    leaseRenewed: ({ group, afterMs }) =>
      log.writeLimited('info', 'leaseRenewed', {
        key: group,
        line: () => [`posting goes on after ${formatDuration(afterMs)}`, { group, after_ms: afterMs }],
      }),
  }
}
