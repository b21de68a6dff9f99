import type { Lapse } from '../processes/ownership.ts'
import type { Excuse, Repeat } from '../tally.ts'
import type { KillEvidence } from './kill.ts'

/** A receipt that says `delivered`, as far as it matters here. */
export interface Delivery {
  /** The event's own messageId. */
  messageId: string
  destination: string
  dispatchPartition: number
  /** Milliseconds since the epoch. */
  recordedAtMs: number
}

export interface Deliveries {
  note(delivery: Delivery): void
  of(destination: string, messageId: string): readonly Delivery[]
}

export function createDeliveries(): Deliveries {
  const held = new Map<string, Delivery[]>()
  const keyOf = (destination: string, messageId: string): string => `${destination} ${messageId}`
  return {
    note(delivery) {
      const key = keyOf(delivery.destination, delivery.messageId)
      held.set(key, [...(held.get(key) ?? []), delivery])
    },
    of: (destination, messageId) => held.get(keyOf(destination, messageId)) ?? [],
  }
}

/** What may explain that a message came twice. */
export interface Evidence {
  /** Null where nobody was killed. */
  kill: KillEvidence | null
  lapses: readonly Lapse[]
  deliveries: Pick<Deliveries, 'of'>
  /** When the post that arrived then was answered, milliseconds since the epoch; null: not at all. */
  answeredAtMs(destination: string, arrivedAtMs: number): number | null
}

/**
 * What was written before the kill may be read by the simulator later, on a busy machine by seconds. Nobody else has
 * the lane so soon: its partition is given away when the session of the killed process, 6 s, is over.
 */
const LATE_MS = 3_000
/**
 * One that is in flight, and one whose receipt is on its way: posting stops when a receipt waits for more than a
 * second, and a webhook takes one post a second.
 */
const MOST_PER_CHANNEL = 2
/** What was answered longer before is on record, unless the broker itself has stood still. */
const RECORDED_WITHIN_MS = 5_000

/** Whether, and why, it is as it must be that a message came twice. */
export function createExcuse(evidence: Evidence): (repeat: Repeat) => Excuse | null {
  const excused = new Map<string, number>()
  const isLeft = (why: Excuse, destination: string): boolean => {
    const key = `${why} ${destination}`
    const soFar = excused.get(key) ?? 0
    excused.set(key, soFar + 1)
    return soFar < MOST_PER_CHANNEL
  }
  return (repeat) => {
    if (repeat.count !== 1) return null
    if (isOfKill(repeat, evidence) && isLeft('kill', repeat.destination)) return 'kill'
    return isOfLapse(repeat, evidence) && isLeft('lapse', repeat.destination) ? 'lapse' : null
  }
}

/**
 * The first post was out before the kill and not long answered, the second came after it, the lane was in the hands of
 * the killed process, and the only receipt there is was written after the kill: a process that knew of the first
 * post, or could have known, would not have posted again.
 */
function isOfKill({ destination, messageIds, arrivedAtMs }: Repeat, evidence: Evidence): boolean {
  const { kill, deliveries } = evidence
  if (kill === null) return false
  const firstMs = Math.min(...arrivedAtMs)
  if (firstMs > kill.goneAtMs + LATE_MS || Math.max(...arrivedAtMs) <= kill.killedAtMs) return false
  const answeredAtMs = evidence.answeredAtMs(destination, firstMs)
  if (answeredAtMs !== null && answeredAtMs < kill.killedAtMs - RECORDED_WITHIN_MS) return false
  return messageIds.some((messageId) => {
    const [only, ...others] = deliveries.of(destination, messageId)
    return (
      only !== undefined &&
      others.length === 0 &&
      only.recordedAtMs >= kill.killedAtMs &&
      kill.partitions.includes(only.dispatchPartition)
    )
  })
}

/**
 * A process that stands still for longer than its session, as on a machine that is too busy, loses its partitions with
 * posts in flight, which the next owner repeats. Whoever learns of an answer says so, so there may be two receipts.
 * The first post was out before the process let go of the lane's partition.
 */
function isOfLapse(
  { destination, messageIds, arrivedAtMs }: Repeat,
  { lapses, deliveries }: Evidence,
): boolean {
  const firstMs = Math.min(...arrivedAtMs)
  return messageIds.some((messageId) => {
    const receipts = deliveries.of(destination, messageId)
    return (
      receipts.length <= 2 &&
      receipts.some(({ dispatchPartition }) =>
        lapses.some(({ partition, leftAtMs }) => partition === dispatchPartition && leftAtMs >= firstMs),
      )
    )
  })
}
