import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLease } from '../../src/kafka/lease.ts'

const SESSION_MS = 10_000
const LEASE_MS = SESSION_MS - 1_000
const BOOT_MS = Date.parse('2026-03-01T10:00:00Z')

/** A member whose time stands still but for `pass`; its wall clock can be set, and its machine sent to sleep. */
function memberBench() {
  let trueMs = 0
  let wallOffsetMs = BOOT_MS
  let sleptMs = 0
  const clock = { nowMs: () => trueMs + wallOffsetMs, monotonicMs: () => trueMs - sleptMs }
  const lease = createLease({ sessionTimeoutMs: SESSION_MS, clock })
  const answer = (apiName: string, tookMs: number): void => {
    const createdAtMs = clock.nowMs()
    trueMs += tookMs
    lease.requested(apiName, createdAtMs)
  }
  return {
    lease,
    clock,
    answer,
    pass(ms: number) {
      trueMs += ms
    },
    setWallClockBy(ms: number) {
      wallOffsetMs += ms
    },
    sleepFor(ms: number) {
      trueMs += ms
      sleptMs += ms
    },
    heartbeat(tookMs = 0, memberId = 'm-1') {
      answer('Heartbeat', tookMs)
      lease.confirmed('heartbeat', memberId)
    },
    join(tookMs = 0, memberId = 'm-1') {
      answer('JoinGroup', tookMs)
      answer('SyncGroup', 0)
      lease.confirmed('group_join', memberId)
    },
  }
}

type Bench = ReturnType<typeof memberBench>

describe('a lease', () => {
  it('is not held before the group was joined', () => {
    const { lease, answer } = memberBench()
    expect(lease.holds()).toBe(false)
    answer('JoinGroup', 10)
    answer('SyncGroup', 10)
    answer('Heartbeat', 10)
    lease.confirmed('heartbeat', 'm-1')
    expect(lease.remainingMs()).toBe(0)
  })

  it('is held to the millisecond, a second less than the session', () => {
    const { lease, join, pass } = memberBench()
    join()
    pass(LEASE_MS - 1)
    expect(lease.holds()).toBe(true)
    pass(1)
    expect(lease.holds()).toBe(false)
  })

  it.each<[string, (bench: Bench) => void, number]>([
    ['runs from the creation of the join, not from its answer', ({ join }) => join(3_000), LEASE_MS - 3_000],
    [
      'runs from the last join request where the first was answered with a member id',
      ({ answer, join }) => {
        answer('JoinGroup', 500)
        join(200)
      },
      LEASE_MS - 200,
    ],
    [
      'runs from the creation of the heartbeat, not from its answer',
      ({ join, pass, heartbeat }) => {
        join()
        pass(5_000)
        heartbeat(700)
      },
      LEASE_MS - 700,
    ],
    [
      'is over when the answer to the heartbeat lay in the socket of a frozen process',
      ({ join, heartbeat }) => {
        join()
        heartbeat(11_000)
      },
      0,
    ],
    [
      'is not extended by a heartbeat that was refused',
      ({ join, pass, answer }) => {
        join()
        pass(4_000)
        answer('Heartbeat', 0)
      },
      LEASE_MS - 4_000,
    ],
    [
      'is extended by the one after it',
      ({ join, pass, answer, heartbeat }) => {
        join()
        pass(4_000)
        answer('Heartbeat', 0)
        pass(1_000)
        heartbeat()
      },
      LEASE_MS,
    ],
    [
      'is extended once by a heartbeat, not again without a request',
      ({ join, heartbeat, pass, lease }) => {
        join()
        heartbeat()
        pass(2_000)
        lease.confirmed('heartbeat', 'm-1')
      },
      LEASE_MS - 2_000,
    ],
    [
      'is not extended by joining again: a follower with nothing new is answered without a new session',
      ({ join, pass }) => {
        join()
        pass(4_000)
        join()
      },
      LEASE_MS - 4_000,
    ],
    [
      'runs on while a join hangs at the broker',
      ({ join, heartbeat, answer }) => {
        join()
        heartbeat()
        answer('JoinGroup', 6_000)
      },
      LEASE_MS - 6_000,
    ],
    [
      'is not extended by what other requests are answered',
      ({ join, pass, answer }) => {
        join()
        pass(3_000)
        for (const apiName of ['SyncGroup', 'Fetch', 'OffsetCommit', 'Metadata']) answer(apiName, 0)
      },
      LEASE_MS - 3_000,
    ],
    [
      'starts anew with a new member id',
      ({ join, pass }) => {
        join()
        pass(20_000)
        join(1_000, 'm-2')
      },
      LEASE_MS - 1_000,
    ],
    [
      'is not that of the member before: a new id may have less',
      ({ join, heartbeat }) => {
        join()
        join(5_000, 'm-2')
        heartbeat(0, 'm-1')
      },
      LEASE_MS - 5_000,
    ],
    [
      'is over when the membership is lost, and a late word of the old one brings nothing back',
      ({ join, lease, heartbeat }) => {
        join()
        lease.lapse()
        heartbeat()
      },
      0,
    ],
    [
      'starts anew when the group is joined after that, even under the old id',
      ({ join, lease }) => {
        join()
        lease.lapse()
        join(300)
      },
      LEASE_MS - 300,
    ],
    [
      'does not start with a join of which no request was seen',
      ({ lease }) => lease.confirmed('group_join', 'm-1'),
      0,
    ],
  ])('%s', (_what, happen, remainingMs) => {
    const bench = memberBench()
    happen(bench)
    expect(bench.lease.remainingMs()).toBe(remainingMs)
  })
})

describe('when the clocks do not agree', () => {
  it('a wall clock set back while a heartbeat is under way makes it no younger', () => {
    const { lease, clock, join, pass, setWallClockBy } = memberBench()
    join()
    pass(5_000)
    const createdAtMs = clock.nowMs()
    pass(4_500)
    setWallClockBy(-3_600_000)
    lease.requested('Heartbeat', createdAtMs)
    lease.confirmed('heartbeat', 'm-1')
    expect(lease.remainingMs()).toBe(LEASE_MS - 4_500)
  })

  it('a request from the future is not younger than its answer: a clock set forward and back, unseen', () => {
    const { lease, clock, join, pass, setWallClockBy } = memberBench()
    join()
    setWallClockBy(60_000)
    const createdAtMs = clock.nowMs()
    setWallClockBy(-60_000)
    lease.requested('Heartbeat', createdAtMs)
    lease.confirmed('heartbeat', 'm-1')
    pass(LEASE_MS)
    expect(lease.holds()).toBe(false)
  })

  it('a wall clock set back between heartbeats costs the next, and the one after it counts in full', () => {
    const { lease, join, pass, setWallClockBy, heartbeat } = memberBench()
    join()
    setWallClockBy(-3_600_000)
    pass(2_000)
    heartbeat()
    expect(lease.remainingMs()).toBe(LEASE_MS - 2_000)
    pass(2_000)
    heartbeat()
    expect(lease.remainingMs()).toBe(LEASE_MS)
  })

  it('a wall clock set forward ends the lease until the next heartbeat', () => {
    const { lease, join, pass, setWallClockBy, heartbeat } = memberBench()
    join()
    setWallClockBy(3_600_000)
    expect(lease.holds()).toBe(false)
    pass(2_000)
    heartbeat()
    expect(lease.remainingMs()).toBe(LEASE_MS)
  })

  it('a machine that slept for longer than the lease has lost it, though its monotonic clock stood still', () => {
    const { lease, join, sleepFor } = memberBench()
    join()
    sleepFor(LEASE_MS)
    expect(lease.holds()).toBe(false)
  })

  const passing = fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(4_000) })
  const requesting = fc.record({
    kind: fc.constantFrom('create' as const, 'succeed' as const, 'fail' as const),
  })
  const setting = (min: number, max: number) =>
    fc.record({ kind: fc.constant('setWallClockBy' as const), ms: fc.integer({ min, max }) })
  const sleeping = fc.record({ kind: fc.constant('sleepFor' as const), ms: fc.nat(12_000) })

  it.each([
    ['a wall clock that is set at will', fc.oneof(passing, requesting, setting(-50_000, 50_000))],
    [
      'a machine that sleeps, and a clock set forward',
      fc.oneof(passing, requesting, sleeping, setting(0, 50_000)),
    ],
  ])('never holds longer than the truth allows, whichever heartbeats fail: %s', (_what, step) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = memberBench()
        const { lease, clock } = bench
        bench.join()
        let trueMs = 0
        let underWay: { createdAtMs: number; trueMs: number } | null = null
        let lastSuccessMs = 0
        for (const next of steps) {
          if (next.kind === 'pass' || next.kind === 'sleepFor') {
            bench[next.kind](next.ms)
            trueMs += next.ms
          } else if (next.kind === 'setWallClockBy') {
            bench.setWallClockBy(next.ms)
            // Fetches are answered several times a second.
            lease.requested('Fetch', clock.nowMs())
          } else if (next.kind === 'create') {
            underWay ??= { createdAtMs: clock.nowMs(), trueMs }
          } else if (underWay !== null) {
            lease.requested('Heartbeat', underWay.createdAtMs)
            if (next.kind === 'succeed') {
              lease.confirmed('heartbeat', 'm-1')
              lastSuccessMs = underWay.trueMs
            }
            underWay = null
          }
          const truthMs = Math.max(0, LEASE_MS - (trueMs - lastSuccessMs))
          expect(lease.remainingMs()).toBeLessThanOrEqual(truthMs)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
