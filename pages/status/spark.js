/** A small chart of an hour, a value a minute. Pure. */
import { count, minuteTime } from './words.js'

export const SPARK = { width: 240, height: 36 }

/** @returns {{ area: string, line: string }} paths of an SVG that is as large as SPARK; `most` reaches the top */
export function sparkPaths(values, most) {
  const step = SPARK.width / Math.max(1, values.length - 1)
  const points = values.map((value, index) => {
    const y = SPARK.height - 1 - (most === 0 ? 0 : (value / most) * (SPARK.height - 3))
    return `${(index * step).toFixed(1)} ${y.toFixed(1)}`
  })
  const line = points.length === 0 ? '' : `M${points.join('L')}`
  return { line, area: line === '' ? '' : `${line}V${SPARK.height}H0Z` }
}

export const sum = (values) => values.reduce((total, value) => total + value, 0)

/** The chart in words: `last hour: 120 matches, 118 posts; most at 09:41, 7 matches`. */
export function sparkWords({ matches, posts }, at) {
  const totals = `last hour: ${count(sum(matches), 'matching event')}, ${count(sum(posts), 'message')} posted`
  const most = Math.max(0, ...matches)
  if (most === 0) return totals
  const minutesBack = matches.length - 1 - matches.lastIndexOf(most)
  return `${totals}; most at ${minuteTime(at - minutesBack * 60_000)}, ${count(most, 'event')} in a minute`
}
