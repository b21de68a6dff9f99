import type { Config } from '../config/config.ts'
import { NOTIFY_ACTION } from '../core/own-actions.ts'
import { ownContent, ownRecord } from '../core/own-message.ts'
import type { DispatchRecord, ProcessStatus } from '../core/records.ts'
import { createLaneKeys } from '../dispatch/lane-key.ts'

/** Where bellhop speaks, by this configuration: the lane's key; null where the destination is gone or disabled. */
export function ownLane({ destinations }: Config, destination: string): string | null {
  if (destinations.get(destination)?.enabled !== true) return null
  return createLaneKeys(destinations)({ destination, message: ownContent('') })
}

/** Whether what is queued for the lane now would fail, or come when it is no news any more. */
export function isBroken(
  processes: readonly ProcessStatus[],
  { lane, destination }: { lane: string; destination: string },
): boolean {
  return processes.some(({ lanes }) =>
    lanes.some((one) => {
      const isOurs = one.lane === lane || one.destinations.includes(destination)
      return isOurs && (one.breaker !== 'closed' || one.failing_since !== null || one.paused)
    }),
  )
}

/**
 * A message of bellhop's own, as it lies in the dispatch topic. It comes of no event: what stands for one is the status
 * topic and the time.
 *
 * @param nth whole and never twice: the time, or a little more.
 */
export function ownMessage(
  { kafka, version }: Config,
  {
    destination,
    text,
    nth,
    statusTopic,
  }: { destination: string; text: string; nth: number; statusTopic: string },
): DispatchRecord {
  const message = ownContent(`${kafka.prefix}: ${text}`)
  const at = { topic: statusTopic, partition: 0, offset: nth, timestamp: nth }
  return ownRecord(at, { action: NOTIFY_ACTION, destination, message, configVersion: version })
}
