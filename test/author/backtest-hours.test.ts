import { describe, expect, it } from 'vitest'
import { FiringTimes, formatChart } from '../../src/author/backtest-hours.ts'

const at = (text: string): number => Date.parse(`2026-01-31T${text}Z`)

function firedAt(...times: readonly string[]): FiringTimes {
  const found = new FiringTimes()
  for (const time of times) found.add(at(time))
  return found
}

function span(fromMs: number, toMs: number): { sinceMs: number; fromMs: number; toMs: number } {
  return { sinceMs: fromMs, fromMs, toMs }
}

describe('the busiest minute', () => {
  it.each([
    ['is the one with most', ['08:00:00', '08:01:59', '08:01:00', '08:02:00'], '08:01:00', 2],
    ['is the first of those with as many', ['09:00:00', '08:00:30', '10:00:00'], '08:00:00', 1],
  ])('%s', (_what, times, startsAt, count) => {
    expect(firedAt(...times).busiestMinute()).toEqual({ startMs: at(startsAt), count })
  })

  it('is none where it never fired', () => {
    expect(new FiringTimes().busiestMinute()).toBeNull()
  })
})

describe('bars', () => {
  const HOUR_MS = 3_600_000
  it.each([
    ['a day in hours', 24 * HOUR_MS, HOUR_MS],
    ['two hours in five minutes', 2 * HOUR_MS, HOUR_MS / 12],
    ['a quarter of an hour in minutes', HOUR_MS / 4, HOUR_MS / 60],
    ['a week in quarters of a day', 7 * 24 * HOUR_MS, 6 * HOUR_MS],
    ['a month in days', 30 * 24 * HOUR_MS, 24 * HOUR_MS],
    ['half a century in what a small chart takes', 50 * 365 * 24 * HOUR_MS, 364 * 24 * HOUR_MS],
  ])('show %s', (_what, spanMs, widthMs) => {
    const toMs = at('12:00:00')
    expect(new FiringTimes().bars({ sinceMs: toMs - spanMs, fromMs: toMs - spanMs, toMs }).widthMs).toBe(
      widthMs,
    )
  })

  it('stay hours where a day was asked for and less is there', () => {
    const toMs = at('12:00:00')
    const asked = { sinceMs: toMs - 24 * HOUR_MS, fromMs: toMs - HOUR_MS, toMs }
    expect(new FiringTimes().bars(asked).widthMs).toBe(HOUR_MS)
  })

  it('tile the span, those of nothing included, and lose nothing', () => {
    const times = firedAt('06:10:00', '08:59:59', '09:00:00', '09:30:00')
    const { bars } = times.bars(span(at('06:30:00') - 86_400_000, at('10:15:00')))
    expect(bars.map(({ count }) => count)).toEqual([...new Array(24).fill(0), 1, 0, 1, 2, 0])
    expect(bars[0]?.startMs).toBe(at('06:00:00') - 86_400_000)
  })

  it('reach to what was produced by a clock that is ahead', () => {
    const { bars } = firedAt('10:02:00').bars(span(at('09:00:00') - 86_400_000, at('09:59:00')))
    expect(bars.at(-1)).toEqual({ startMs: at('10:00:00'), count: 1 })
  })
})

describe('the chart', () => {
  it('draws each bar against the longest, and shows whatever is not nothing', () => {
    const bars = [1_200, 600, 1, 0].map((count, nth) => ({
      startMs: at('08:00:00') + nth * 3_600_000,
      count,
    }))
    expect(formatChart({ widthMs: 3_600_000, bars })).toEqual([
      `2026-01-31 08:00  1,200  ${'█'.repeat(32)}`,
      `2026-01-31 09:00    600  ${'█'.repeat(16)}`,
      '2026-01-31 10:00      1  ▏',
      '2026-01-31 11:00      0',
    ])
  })

  it('names days alone where bars are days', () => {
    const bars = [{ startMs: at('00:00:00'), count: 1 }]
    expect(formatChart({ widthMs: 86_400_000, bars })).toEqual([`2026-01-31  1  ${'█'.repeat(32)}`])
  })
})
