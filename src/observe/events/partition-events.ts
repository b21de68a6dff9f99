import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer } from '../observer.ts'
import { createPartitionSet, type PartitionSet } from '../partition-set.ts'
import { formatCount, formatDuration } from '../wording.ts'

type AssignmentEvents = Pick<Observer, 'partitionAssigned' | 'partitionLost' | 'partitionFailed'>
type PositionEvents = Pick<
  Observer,
  'partitionLag' | 'partitionRewound' | 'recordsReread' | 'lanesPassingOver'
>

/** Which partitions this process works on and how far it has come, as log lines and metrics. */
export function createPartitionEvents(log: EventLog, metrics: Metrics): AssignmentEvents & PositionEvents {
  const assigned = createPartitionSet((labels, size) => metrics.set('partitionsAssigned', labels, size))
  return {
    ...createAssignmentEvents(log, metrics, assigned),
    ...createPositionEvents(log, metrics, assigned),
  }
}

function createAssignmentEvents(log: EventLog, metrics: Metrics, assigned: PartitionSet): AssignmentEvents {
  const stopped = createPartitionSet((labels, size) => metrics.set('partitionsStopped', labels, size))
  return {
    partitionAssigned: ({ offset, ...place }) => {
      assigned.add(place)
      stopped.delete(place)
      metrics.count('partitionFailures', { stage: place.stage, topic: place.topic }, 0)
      log.write('debug', 'partitionAssigned', () => [
        `${place.stage} reads ${place.topic}[${place.partition}] from offset ${offset}`,
        { ...place, offset },
      ])
    },
    partitionLost: (place) => {
      assigned.delete(place)
      stopped.delete(place)
      const { stage, topic, partition } = place
      metrics.remove('consumerLag', { stage, topic, partition: String(partition) })
      metrics.remove('lanesPassingOver', { topic, partition: String(partition) })
      log.write('debug', 'partitionLost', () => [`${stage} gave ${topic}[${partition}] up`, place])
    },
    partitionFailed: ({ error, retryInMs, ...place }) => {
      const { stage, topic, partition } = place
      metrics.count('partitionFailures', { stage, topic })
      const standsStill = retryInMs === null
      if (standsStill) stopped.add(place)
      else stopped.delete(place)
      log.writeLimited(standsStill ? 'error' : 'warn', 'partitionFailed', {
        key: `${stage} ${topic} ${standsStill}`,
        line: () => [
          `${stage} cannot go on in ${topic}[${partition}]${
            standsStill ? ' until a person acts' : `; trying again in ${formatDuration(retryInMs)}`
          }`,
          { ...place, retry_in_ms: retryInMs, error },
        ],
      })
    },
  }
}

/** A gauge that was on its way when its partition went would bring the series back for good: it is dropped. */
function createPositionEvents(log: EventLog, metrics: Metrics, assigned: PartitionSet): PositionEvents {
  return {
    partitionLag: ({ stage, topic, partition, lag }) => {
      if (assigned.has({ stage, topic, partition })) {
        metrics.set('consumerLag', { stage, topic, partition: String(partition) }, lag)
      }
      log.write('trace', 'partitionLag', () => [
        `${stage} is ${formatCount(lag, 'record')} behind in ${topic}[${partition}]`,
        { stage, topic, partition, lag },
      ])
    },
    partitionRewound: ({ topic, partition, offset, span }) => {
      metrics.count('rewinds', {})
      log.write('debug', 'partitionRewound', () => [
        `${topic}[${partition}] is read again from offset ${offset}, for messages that full lanes had passed over`,
        { topic, partition, offset, span },
      ])
    },
    recordsReread: ({ records }) => {
      metrics.count('recordsReread', {}, records)
      log.write('trace', 'recordsReread', () => [`read ${formatCount(records, 'record')} again`, { records }])
    },
    lanesPassingOver: ({ topic, partition, lanes }) => {
      if (assigned.has({ stage: 'dispatch', topic, partition })) {
        metrics.set('lanesPassingOver', { topic, partition: String(partition) }, lanes)
      }
      log.write('trace', 'lanesPassingOver', () => [
        `${formatCount(lanes, 'lane')} had no room for messages in ${topic}[${partition}]`,
        { topic, partition, lanes },
      ])
    },
  }
}
