import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Control } from '../../src/core/records.ts'
import { type ControlChange, ControlSet } from '../../src/kafka/control-set.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function said(kind: Control['kind'], destination: string, more: Partial<Control> = {}): ControlChange {
  const control = { kind, destination, why: null, by: null, since: 0, until: null, ...more }
  return { kind, destination, control }
}

function ended(kind: Control['kind'], destination: string): ControlChange {
  return { kind, destination, control: null }
}

/** As it is once all that was said before is known. */
function setOf(...changes: ControlChange[]) {
  const changed = vi.fn()
  const set = new ControlSet({ nowMs: () => Date.now(), monotonicMs: () => performance.now() }, changed)
  set.take(changes)
  set.begin()
  return { set, changed }
}

function names(set: ControlSet): string[] {
  return set.list().map(({ kind, destination }) => `${kind} ${destination}`)
}

describe('what is in force', () => {
  it('is what was said last of each destination, and tells nobody of what was so before', () => {
    const { set, changed } = setOf(
      said('silence', 'b', { why: 'old' }),
      said('pause', 'b'),
      said('pause', 'a'),
      said('silence', 'b', { why: 'new' }),
      ended('pause', 'a'),
    )
    expect(names(set)).toEqual(['pause b', 'silence b'])
    expect(set.silenceAt('b', Date.now())?.why).toBe('new')
    expect([set.isPaused('a'), set.isPaused('b')]).toEqual([false, true])
    expect(set.silenceAt('a', Date.now())).toBeNull()
    expect(changed).not.toHaveBeenCalled()
  })

  it.each<[string, ControlChange[], number]>([
    ['once for all that came together', [said('pause', 'a'), said('silence', 'b')], 1],
    ['when something is ended', [ended('pause', 'known')], 1],
    ['when it is said for another reason', [said('pause', 'known', { why: 'other' })], 1],
    ['not when the same is said again', [said('pause', 'known')], 0],
    ['not when what is not in force is ended', [ended('pause', 'a'), ended('silence', 'known')], 0],
    ['not of what was over before it came', [said('silence', 'a', { until: 0 })], 0],
  ])('is told as changed %s', (_, changes, times) => {
    const { set, changed } = setOf(said('pause', 'known'))
    set.take(changes)
    expect(changed).toHaveBeenCalledTimes(times)
  })

  it('ends by itself, on time, each in its turn', () => {
    const nowMs = Date.now()
    const { set, changed } = setOf(
      said('pause', 'a', { until: nowMs + MINUTE_MS }),
      said('silence', 'b', { until: nowMs + 2 * MINUTE_MS }),
    )
    vi.advanceTimersByTime(MINUTE_MS - 1)
    expect(changed).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(changed).toHaveBeenCalledTimes(1)
    expect([set.isPaused('a'), names(set)]).toEqual([false, ['silence b']])
    vi.advanceTimersByTime(MINUTE_MS)
    expect(changed).toHaveBeenCalledTimes(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends within seconds of a wall clock that is set forward', () => {
    const { set, changed } = setOf(said('pause', 'a', { until: Date.now() + 60 * MINUTE_MS }))
    vi.setSystemTime(Date.now() + 120 * MINUTE_MS)
    expect(set.isPaused('a')).toBe(false)
    vi.advanceTimersByTime(10_000)
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('keeps no timer for what a person ends, nor once it is closed', () => {
    expect(setOf(said('pause', 'a')).set.list()).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
    const { set, changed } = setOf(said('pause', 'b', { until: Date.now() + MINUTE_MS }))
    set.close()
    vi.advanceTimersByTime(10 * MINUTE_MS)
    expect(changed).not.toHaveBeenCalled()
  })

  it('holds no more of a reason than receipts are to carry', () => {
    const { set } = setOf(said('silence', 'a', { why: 'x'.repeat(100_000), by: 'y'.repeat(100_000) }))
    const [silence] = set.list()
    expect([silence?.why?.length, silence?.by?.length]).toEqual([500, 500])
  })
})
