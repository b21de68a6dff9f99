import type { Clock } from '../core/clock.ts'

/**
 * How long a member of a consumer group may act as the owner of what it was assigned: the session timeout less a
 * second, since the creation of its last request that made the broker start the session anew. Until then no other
 * process can have been told that this member is gone.
 *
 * - Only a successful Heartbeat, and the JoinGroup by which a member first came in, are such requests. Kafka 4
 *   answers a SyncGroup to a stable group, and the JoinGroup of a follower that has nothing new to say, without
 *   touching the session (GroupMetadataManager.java, classicGroupSyncToClassicGroup and
 *   classicGroupJoinExistingMember; on 4.1.1, with a session of 6 s, a follower that joined and synced again 4.5 s
 *   after its last heartbeat was expelled 1.5 s later). So a rebalance of members that stay extends nothing; the
 *   heartbeat that follows it does.
 * - Their creation counts, not their answer, which may have lain in the socket of a frozen process.
 * - A new member id means that the membership before is over, and its lease with it.
 *
 * kafkajs emits REQUEST for every answered request, whether it succeeded or not, and before HEARTBEAT or GROUP_JOIN
 * say that it did.
 */
export interface Lease {
  /** On every REQUEST, whatever its API: each shows how the wall clock stands to the monotonic one. */
  requested(apiName: string, createdAtMs: number): void
  /** On HEARTBEAT and GROUP_JOIN. */
  confirmed(by: 'heartbeat' | 'group_join', memberId: string): void
  holds(): boolean
  /** 0 when it does not hold. */
  remainingMs(): number
  /** The membership is lost: what comes next is a new one. */
  lapse(): void
}

/** For the way of the request to the broker's timer, and of a post that begins in the last moment. */
const MARGIN_MS = 1_000

/** Both, since neither is enough: the wall clock jumps, and the monotonic one stands still while a machine sleeps. */
interface Moment {
  monotonicMs: number
  wallMs: number
}

interface LeaseOptions {
  sessionTimeoutMs: number
  clock: Clock
}

export function createLease({ sessionTimeoutMs, clock }: LeaseOptions): Lease {
  const heartbeats = createRequestTimes(clock)
  const joins = createRequestTimes(clock)
  let memberId: string | null = null
  let start: Moment | null = null

  const remainingSince = (moment: Moment): number => {
    const ageMs = Math.max(clock.monotonicMs() - moment.monotonicMs, clock.nowMs() - moment.wallMs)
    return Math.max(0, sessionTimeoutMs - MARGIN_MS - ageMs)
  }
  const remainingMs = (): number => (start === null ? 0 : remainingSince(start))

  return {
    requested(apiName, createdAtMs) {
      for (const times of [heartbeats, joins]) times.sample()
      if (apiName === 'Heartbeat') heartbeats.created(createdAtMs)
      if (apiName === 'JoinGroup') joins.created(createdAtMs)
    },
    confirmed(by, confirmedId) {
      if (by === 'group_join') {
        if (confirmedId === memberId) return
        memberId = confirmedId
        start = joins.last()
        return
      }
      const beaten = heartbeats.last()
      if (beaten === null || confirmedId !== memberId) return
      if (remainingSince(beaten) > remainingMs()) start = beaten
    },
    holds: () => remainingMs() > 0,
    remainingMs,
    lapse() {
      memberId = null
      start = null
    },
  }
}

interface RequestTimes {
  sample(): void
  /** A request was answered that was created then, by the wall clock. */
  created(atMs: number): void
  /** When the last one was created. */
  last(): Moment | null
}

/**
 * When requests of one kind were created, by the monotonic clock: kafkajs gives the wall clock's time, which may
 * have been set back while the request was under way. A request is created after the answer to the one before it,
 * so the furthest that the wall clock has been ahead since then gives a time that is not later than the truth.
 */
function createRequestTimes(clock: Clock): RequestTimes {
  const aheadMs = (): number => clock.nowMs() - clock.monotonicMs()
  let furthestAheadMs = aheadMs()
  let last: Moment | null = null
  return {
    sample() {
      furthestAheadMs = Math.max(furthestAheadMs, aheadMs())
    },
    created(atMs) {
      last = { monotonicMs: Math.min(clock.monotonicMs(), atMs - furthestAheadMs), wallMs: atMs }
      furthestAheadMs = aheadMs()
    },
    last: () => last,
  }
}
