/**
 * When an action fired, counted by the minute: a number for each minute in which it did. Times are milliseconds
 * since the epoch, and all that is told is in UTC.
 */
export class FiringTimes {
  readonly #minutes = new Map<number, number>()

  add(timeMs: number): void {
    const minute = Math.floor(timeMs / MINUTE_MS)
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + 1)
  }

  /** The first of those in which it fired most; null where it never did. */
  busiestMinute(): { startMs: number; count: number } | null {
    let [busiest, most] = [0, 0]
    for (const [minute, count] of this.#minutes) {
      if (count < most || (count === most && minute > busiest)) continue
      busiest = minute
      most = count
    }
    return most === 0 ? null : { startMs: busiest * MINUTE_MS, count: most }
  }

  /**
   * Bars of equal width, which tile the time from `fromMs` to the end and all firings since it began: by the hour, or
   * as much coarser as it takes for a small chart; finer where what was asked for (`sinceMs`) is short.
   */
  bars({ sinceMs, fromMs, toMs: endMs }: { sinceMs: number; fromMs: number; toMs: number }): Bars {
    let toMs = endMs
    for (const minute of this.#minutes.keys()) toMs = Math.max(toMs, minute * MINUTE_MS)
    const widthMs = Math.max(widthFor(toMs - fromMs), Math.min(HOUR_MS, widthFor(toMs - sinceMs)))
    const first = Math.floor(fromMs / widthMs)
    const last = Math.max(first, Math.floor(toMs / widthMs))
    const counts = new Array<number>(last - first + 1).fill(0)
    for (const [minute, count] of this.#minutes) {
      const nth = Math.floor((minute * MINUTE_MS) / widthMs) - first
      if (nth in counts) counts[nth] = (counts[nth] ?? 0) + count
    }
    return { widthMs, bars: counts.map((count, nth) => ({ startMs: (first + nth) * widthMs, count })) }
  }
}

export interface Bars {
  widthMs: number
  bars: readonly { startMs: number; count: number }[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MOST_BARS = 30
const BAR_WIDTHS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
  364 * DAY_MS,
]
const BAR_CHARS = 32

function widthFor(spanMs: number): number {
  const [finest = MINUTE_MS] = BAR_WIDTHS_MS
  return BAR_WIDTHS_MS.find((width) => spanMs / width <= MOST_BARS) ?? BAR_WIDTHS_MS.at(-1) ?? finest
}

/** One line a bar: when it begins, how long it is beside the longest, and its number. */
export function formatChart({ widthMs, bars }: Bars): string[] {
  const most = Math.max(0, ...bars.map(({ count }) => count))
  const numbers = bars.map(({ count }) => count.toLocaleString('en-US'))
  const numberChars = Math.max(0, ...numbers.map((text) => text.length))
  return bars.map(({ startMs, count }, nth) => {
    const number = (numbers[nth] ?? '').padStart(numberChars)
    return `${barTime(startMs, widthMs)}  ${number}  ${barOf(count, most)}`.trimEnd()
  })
}

function barTime(startMs: number, widthMs: number): string {
  const text = new Date(startMs).toISOString()
  return widthMs < DAY_MS ? text.slice(0, 16).replace('T', ' ') : text.slice(0, 10)
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** What is not nothing shows. */
function barOf(count: number, most: number): string {
  if (count === 0) return ''
  const eighths = Math.max(1, Math.round((count / most) * BAR_CHARS * 8))
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')
}
