import type { PartitionStatus } from '../../core/records.ts'
import type { StageName } from '../observer.ts'

interface Place {
  topic: string
  partition: number
  position: number | null
  /** One past its last record; null where that is not known. */
  high: number | null
  trouble: string | null
}

/** A held partition as others are told of it. */
export function partitionStatus(stage: StageName, place: Place): PartitionStatus {
  const { topic, partition, position, high, trouble } = place
  const lag = position === null || high === null ? null : Math.max(0, high - position)
  return { stage, topic, partition, position, lag, trouble }
}
