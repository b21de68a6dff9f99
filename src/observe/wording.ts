/** How durations, times and counts read in a sentence for a person. */

/** `250 ms`, `1.5 s`, `2 min 30 s`, `3 h 5 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.max(0, Math.round(durationMs))} ms`
  if (durationMs < 59_950) return `${Number((durationMs / 1000).toFixed(1))} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 3600) return joinUnits([Math.floor(seconds / 60), 'min'], [seconds % 60, 's'])
  const minutes = Math.round(seconds / 60)
  return joinUnits([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min'])
}

function joinUnits(large: [number, string], small: [number, string]): string {
  return [large, small]
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** `1 message`, `2 messages`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `1,234`. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US')
}

/** `2026-01-31 08:00:00Z`. */
export function timeText(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** `no letters`, `1 letter`, `1,234 letters`. */
export function count(amount: number, noun: string): string {
  return `${amount === 0 ? 'no' : formatNumber(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

export function cutTo(text: string, mostChars: number): string {
  const chars = [...text]
  return chars.length > mostChars ? `${chars.slice(0, mostChars - 1).join('')}…` : text
}
