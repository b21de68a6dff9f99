import type { LaneTrouble, LaneView, Overview } from '../../observe/overview/overview.ts'
import { formatDuration, formatNumber } from '../../observe/wording.ts'
import type { Section, Tone } from './sections.ts'
import { table } from './table.ts'

const TROUBLE_TEXT: Readonly<Record<LaneTrouble, { text: string; tone: Tone }>> = {
  breaker_open: { text: 'breaker open', tone: 'bad' },
  failing: { text: 'failing', tone: 'bad' },
  rate_limited: { text: 'rate limited', tone: 'warn' },
  paused: { text: 'paused', tone: 'warn' },
  waiting: { text: 'waiting', tone: 'plain' },
  idle: { text: 'idle', tone: 'dim' },
}

const HEADINGS = ['LANE', 'STATE', 'WAITING', 'OLDEST', 'PACE', 'NEXT POST', 'LAST ANSWER']

export function laneSection({ lanes, at }: Overview, plain: (text: string) => string): Section | null {
  if (lanes.length === 0) return null
  const rows = lanes.map((lane) => {
    const { text, tone } = TROUBLE_TEXT[lane.trouble]
    const cells = [
      nameOf(lane, plain),
      text,
      formatNumber(lane.waiting),
      lane.oldest_at === null ? '' : formatDuration(Math.max(0, at - lane.oldest_at)),
      paceText(lane),
      nextText(lane, at),
      answerText(lane, { at, plain }),
    ]
    return { cells, tone }
  })
  return { title: 'LANES', lines: table(HEADINGS, rows), least: 6, most: 40 }
}

function nameOf({ destinations, lane }: LaneView, plain: (text: string) => string): string {
  return plain(destinations.length === 0 ? lane : destinations.join(', '))
}

function paceText({ interval_ms: intervalMs }: LaneView): string {
  if (intervalMs === null) return 'off'
  const perSecond = 1_000 / intervalMs
  return perSecond >= 1 ? `${Number(perSecond.toFixed(1))}/s` : `1 in ${formatDuration(intervalMs)}`
}

function nextText({ next_post_at: nextAt, waiting, paused }: LaneView, at: number): string {
  if (nextAt === null && waiting === 0) return ''
  if (nextAt === null) return paused ? 'once resumed' : 'not known'
  return nextAt <= at ? 'now' : `in ${formatDuration(nextAt - at)}`
}

function answerText(
  { last_answer: last, failing_since: failingSince }: LaneView,
  { at, plain }: { at: number; plain: (text: string) => string },
): string {
  const since = failingSince === null ? [] : [`failing for ${formatDuration(Math.max(0, at - failingSince))}`]
  if (last === null) return since.join('')
  const said = [last.outcome, last.status === null ? '' : String(last.status), plain(last.detail ?? '')]
  const words = said.filter((word) => word !== '').join(' ')
  return [`${words} ${formatDuration(Math.max(0, at - last.at))} ago`, ...since].join(', ')
}
