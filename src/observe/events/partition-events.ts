import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { Observer, StageName } from '../observer.ts'
import { formatCount, formatDuration } from '../wording.ts'

type PartitionEvents = Pick<
  Observer,
  'partitionLag' | 'partitionAssigned' | 'partitionLost' | 'partitionFailed' | 'groupJoined'
>

/** Which partitions this process works on and how far it has come, as log lines and metrics. */
export function createPartitionEvents(log: EventLog, metrics: Metrics): PartitionEvents {
  const assigned = createPartitionSet((labels, size) => metrics.set('partitionsAssigned', labels, size))
  const stopped = createPartitionSet((labels, size) => metrics.set('partitionsStopped', labels, size))
  return {
    partitionLag: ({ stage, topic, partition, lag }) => {
      // A lag that was on its way when the partition went would bring its series back for good.
      if (assigned.has({ stage, topic, partition })) {
        metrics.set('consumerLag', { stage, topic, partition: String(partition) }, lag)
      }
      log.write('trace', 'partitionLag', () => [
        `${stage} is ${formatCount(lag, 'record')} behind in ${topic}[${partition}]`,
        { stage, topic, partition, lag },
      ])
    },
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
    groupJoined: ({ stage, group, memberId, partitions }) => {
      metrics.count('groupJoins', { stage })
      log.write('info', 'groupJoined', () => [
        `${stage} joined its consumer group and has ${formatCount(partitions, 'partition')}`,
        { stage, group, member_id: memberId, partitions },
      ])
    },
  }
}

interface Place {
  stage: StageName
  topic: string
  partition: number
}

interface PartitionSet {
  has(place: Place): boolean
  add(place: Place): void
  delete(place: Place): void
}

/** Partitions, each counted once, telling the number of each stage and topic whenever it changes. */
function createPartitionSet(
  report: (labels: { stage: StageName; topic: string }, size: number) => void,
): PartitionSet {
  const partitions = new Map<string, Set<number>>()
  const of = ({ stage, topic }: Place): Set<number> => {
    const key = `${stage} ${topic}`
    const found = partitions.get(key) ?? new Set()
    partitions.set(key, found)
    return found
  }
  return {
    has: (place) => of(place).has(place.partition),
    add: (place) => report({ stage: place.stage, topic: place.topic }, of(place).add(place.partition).size),
    delete: (place) => {
      of(place).delete(place.partition)
      report({ stage: place.stage, topic: place.topic }, of(place).size)
    },
  }
}
