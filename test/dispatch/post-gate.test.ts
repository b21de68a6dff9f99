import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PostGate } from '../../src/dispatch/post-gate.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function gateBench() {
  const state = { leased: true, oldestMs: 0, unacknowledged: 0 }
  const stopping = new AbortController()
  const { observer, eventsOf } = createRecordingObserver()
  const gate = new PostGate({
    writer: { oldestUnacknowledgedMs: () => state.oldestMs, unacknowledged: () => state.unacknowledged },
    lease: { holds: () => state.leased },
    group: 'bellhop.dispatch',
    observer,
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
    signal: stopping.signal,
  })
  return { gate, state, stopping, eventsOf }
}

describe('a post may leave', () => {
  it.each([
    { what: 'while the lease holds and receipts are taken', change: {}, open: true },
    { what: 'with a receipt that has waited for a second', change: { oldestMs: 1_000 }, open: true },
    {
      what: 'not with one that has waited longer: the broker may be away',
      change: { oldestMs: 1_001 },
      open: false,
    },
    { what: 'not while thousands of receipts wait', change: { unacknowledged: 5_001 }, open: false },
    { what: 'not without a lease: another may own the partition', change: { leased: false }, open: false },
  ])('$what', ({ change, open }) => {
    const { gate, state } = gateBench()
    Object.assign(state, change)
    expect(gate.isOpen()).toBe(open)
  })
})

it('those who wait go on together once it opens, and the lease is told of once', async () => {
  const { gate, state, eventsOf } = gateBench()
  state.leased = false
  let through = 0
  for (let nth = 0; nth < 3; nth += 1) void gate.open().then(() => (through += 1))
  await vi.advanceTimersByTimeAsync(400)
  expect(through).toBe(0)
  state.leased = true
  await vi.advanceTimersByTimeAsync(100)
  expect(through).toBe(3)
  expect(eventsOf('leaseLapsed')).toEqual([{ group: 'bellhop.dispatch' }])
  expect(eventsOf('leaseRenewed')).toHaveLength(1)
})

it('a stop ends the wait: who waited sees for himself that the process ends', async () => {
  const { gate, state, stopping } = gateBench()
  state.oldestMs = 60_000
  let through = false
  void gate.open().then(() => (through = true))
  await vi.advanceTimersByTimeAsync(100)
  expect(through).toBe(false)
  stopping.abort()
  await vi.advanceTimersByTimeAsync(100)
  expect(through).toBe(true)
})
