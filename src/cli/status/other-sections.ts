import type { ActionView, MessageView, Overview } from '../../observe/overview/overview.ts'
import { formatDuration, formatNumber, timeText } from '../../observe/wording.ts'
import type { Section, Tone } from './sections.ts'
import { table } from './table.ts'

type Plain = (text: string) => string

export function letterSection({ letters, history, at }: Overview, plain: Plain): Section | null {
  if (letters.length === 0) return null
  const rows = letters.map(({ cause, destination, count, newestAt, command }) => ({
    cells: [
      formatNumber(count),
      cause,
      plain(destination ?? ''),
      `${formatDuration(Math.max(0, at - newestAt))} ago`,
      plain(command),
    ],
    tone: 'bad' as const,
  }))
  const title = history.done ? 'DEAD LETTERS' : 'DEAD LETTERS (still counting)'
  return { title, lines: table([], rows), least: 3, most: 20 }
}

export function controlSection({ controls }: Overview, plain: Plain): Section | null {
  if (controls.length === 0) return null
  const rows = controls.map(({ kind, destination, why, by, until }) => ({
    cells: [
      kind === 'silence' ? 'silenced' : 'paused',
      plain(destination),
      until === null ? 'until somebody ends it' : `until ${timeText(until)}`,
      plain(by ?? ''),
      plain(why ?? ''),
    ],
    tone: 'warn' as const,
  }))
  return { title: 'SILENCED AND PAUSED', lines: table([], rows), least: 2, most: 20 }
}

export function messageSection({ messages }: Overview, plain: Plain): Section | null {
  if (messages.length === 0) return null
  const rows = messages.map((message) => ({
    cells: [
      timeText(message.recordedAt).slice(11),
      fateText(message),
      plain(`${message.action} -> ${message.destination}`),
      plain(message.text ?? message.detail ?? ''),
    ],
    tone: toneOf(message),
  }))
  return { title: 'MESSAGES, the newest first', lines: table([], rows), least: 4, most: 30 }
}

function fateText({ outcome, cause, heldUntil }: MessageView): string {
  if (outcome === null) return heldUntil === null ? 'waits' : `held until ${timeText(heldUntil).slice(11)}`
  return cause === null || cause === outcome ? outcome : cause
}

function toneOf({ outcome }: MessageView): Tone {
  if (outcome === 'delivered') return 'good'
  if (outcome === 'dead_lettered' || outcome === 'expired') return 'bad'
  return outcome === null ? 'warn' : 'dim'
}

/** Those with most matches first: the rest is on the page. */
export function actionSection({ actions, history }: Overview, plain: Plain): Section | null {
  const busy = actions
    .map((action) => ({ action, matches: sum(action.matches), posts: sum(action.posts) }))
    .filter(({ matches, posts }) => matches + posts > 0)
    .sort((a, b) => b.matches - a.matches || b.posts - a.posts)
  if (busy.length === 0) return null
  const rows = busy.map(({ action, matches, posts }) => ({
    cells: [
      plain(action.action),
      chart(action),
      `${formatNumber(matches)} matched`,
      `${formatNumber(posts)} posted`,
    ],
    tone: 'plain' as const,
  }))
  const since = history.wholeSince ?? null
  const title =
    since === null ? 'ACTIONS in the last hour' : `ACTIONS, whole since ${timeText(since).slice(11)}`
  return { title, lines: table([], rows), least: 2, most: 20 }
}

const BARS = '▁▂▃▄▅▆▇█'
const MINUTES_A_BAR = 3

/** Posts by three minutes, the newest on the right. */
function chart({ posts, matches }: ActionView): string {
  const counts = posts.some((minute) => minute > 0) ? posts : matches
  const bars = Array.from({ length: counts.length / MINUTES_A_BAR }, (_, nth) =>
    sum(counts.slice(nth * MINUTES_A_BAR, (nth + 1) * MINUTES_A_BAR)),
  )
  const most = Math.max(1, ...bars)
  return bars
    .map((bar) => (bar === 0 ? ' ' : BARS[Math.min(BARS.length - 1, Math.floor((bar / most) * BARS.length))]))
    .join('')
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, each) => total + each, 0)
}
