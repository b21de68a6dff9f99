import type { Repeat } from '../tally.ts'
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

/**
 * Whether the kill explains that a message came twice. It does where the first post was out before the kill, the
 * second came after it, the lane was in the hands of the killed process, and the only receipt there is was written
 * after the kill: a process that knew of the first post, or could have known, would not have posted again.
 */
export function createExcuse(
  kill: KillEvidence | null,
  deliveries: Pick<Deliveries, 'of'>,
): (repeat: Repeat) => boolean {
  const excused = new Map<string, number>()
  return ({ destination, count, messageIds, arrivedAtMs }) => {
    if (kill === null || count !== 1) return false
    if (Math.min(...arrivedAtMs) > kill.goneAtMs + LATE_MS || Math.max(...arrivedAtMs) <= kill.killedAtMs) {
      return false
    }
    const unrecorded = messageIds.some((messageId) => {
      const [only, ...others] = deliveries.of(destination, messageId)
      return (
        only !== undefined &&
        others.length === 0 &&
        only.recordedAtMs >= kill.killedAtMs &&
        kill.partitions.includes(only.dispatchPartition)
      )
    })
    const soFar = excused.get(destination) ?? 0
    if (!unrecorded || soFar >= MOST_PER_CHANNEL) return false
    excused.set(destination, soFar + 1)
    return true
  }
}
