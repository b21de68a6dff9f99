import type { Destination } from '../config/config.ts'
import { channelKey, webhookKey } from '../core/ids.ts'
import type { DispatchRecord, MessageContent } from '../core/records.ts'

/**
 * The identity of the webhook or channel that a message goes to: the key of its dispatch record and the name of
 * its lane. Destinations that share a webhook share the key, and so the pace.
 */
export function laneKeyOf(destination: Destination, message: Pick<MessageContent, 'channel'>): string {
  switch (destination.type) {
    case 'webhook':
      return webhookKey(destination.url.reveal())
    case 'api':
      return channelKey({
        methodUrl: destination.methodUrl,
        token: destination.token.reveal(),
        channel: message.channel ?? destination.channel,
      })
    case 'blackhole':
      return `blackhole/${destination.id}`
  }
}

/** Destinations whose messages may have another key than before: those that are new, and those that go elsewhere. */
export function readdressed(
  before: ReadonlyMap<string, Destination>,
  after: ReadonlyMap<string, Destination>,
): ReadonlySet<string> {
  const others = [...after].filter(([id, destination]) => {
    const known = before.get(id)
    return known === undefined || laneKeyOf(known, NO_OVERRIDE) !== laneKeyOf(destination, NO_OVERRIDE)
  })
  return new Set(others.map(([id]) => id))
}

const NO_OVERRIDE = { channel: null }

const FIRST_STAY_MS = 5_000
const LONGEST_STAY_MS = 600_000

/**
 * From when on a record that was moved may be moved again, by the wall clock. At once where our configuration has been
 * changed since. Else it was moved by a process with another one, as in a rolling deploy, and the two would send it to
 * and fro: it stays, each time twice as long.
 *
 * @param reconfiguredAtMs -Infinity where the process still has the configuration that it began with.
 */
export function mayMoveFromMs(
  { moves, moved_at: movedAt }: Pick<DispatchRecord, 'moves' | 'moved_at'>,
  reconfiguredAtMs: number,
): number {
  if (movedAt === null || movedAt <= reconfiguredAtMs) return 0
  return movedAt + Math.min(LONGEST_STAY_MS, FIRST_STAY_MS * 2 ** Math.max(0, moves - 1))
}

/**
 * The key of a record by this configuration; null where its destination is not known. Each key is made once: it is
 * a fingerprint, and one string for all records of a lane.
 */
export function createLaneKeys(
  destinations: ReadonlyMap<string, Destination>,
): (record: Pick<DispatchRecord, 'destination' | 'message'>) => string | null {
  const keys = new Map<string, string>()
  return ({ destination: id, message }) => {
    const destination = destinations.get(id)
    if (destination === undefined) return null
    const channel = destination.type === 'api' ? message.channel : null
    if (channel !== null) return laneKeyOf(destination, { channel })
    const key = keys.get(id) ?? laneKeyOf(destination, { channel })
    keys.set(id, key)
    return key
  }
}
