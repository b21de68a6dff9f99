import type { Action, Destination } from '../config/config.ts'
import type { DispatchRecord } from '../core/records.ts'
import { cutTo, formatDuration, formatNumber, timeText } from '../observe/wording.ts'
import type { FailureTally, Findings } from './backtest.ts'
import { formatChart } from './backtest-hours.ts'
import type { DestinationTotals } from './backtest-lane.ts'

export interface ReportOf {
  action: Action
  destinations: ReadonlyMap<string, Destination>
  span: { sinceMs: number; untilMs: number }
  tookMs: number
  /** Text from outside on one line: no secret, no control character. */
  clean(text: string): string
}

const MOST_USERS = 10
const USER_CHARS = 40
const DETAIL_CHARS = 200

/** What a backtest found, as lines for a person. Times are in UTC. */
export function formatFindings(findings: Findings, of: ReportOf): string[] {
  return [
    ...formatReading(findings, of),
    '',
    formatFired(findings),
    ...section(`by ${barNoun(findings, of)}, UTC`, chartOf(findings, of)),
    ...section('posts', formatPosts(findings, of)),
    ...section('top users', formatUsers(findings, of)),
    ...section('samples', formatSamples(findings, of)),
    ...section('what would not have gone out', formatLosses(findings, of)),
  ]
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`.trimEnd())]
}

function formatReading(findings: Findings, { action, span, tookMs }: ReportOf): string[] {
  const { size, passed, events, outside, hidden, logBeginsMs, readUntilMs } = findings
  const rate = Math.round((events / Math.max(1, tookMs)) * 1_000)
  const seconds = (tookMs / 1_000).toFixed(1)
  const lines = [
    `${action.id}: ${formatNumber(events)} events since ${timeText(span.sinceMs)}, read in ${seconds} s (${formatNumber(rate)}/s)`,
  ]
  if (!action.enabled) lines.push('the action is disabled: this is what it would do if it were enabled')
  if (passed + hidden < size) {
    const until = readUntilMs === null ? '' : `, about at ${timeText(readUntilMs)}`
    lines.push(
      `stopped early, at ${Math.floor((passed / size) * 100)} %${until}: all numbers are of what was read`,
    )
  }
  if (logBeginsMs !== null && logBeginsMs > span.sinceMs) {
    lines.push(
      `the log begins at ${timeText(logBeginsMs)}: what was asked for before is not there to be read`,
    )
  }
  if (outside > 0) lines.push(`${formatNumber(outside)} events carry a time outside of that span: left out`)
  if (hidden > 0)
    lines.push(`${formatNumber(hidden)} offsets at the end are hidden by unfinished transactions`)
  return lines
}

function formatFired({ fired, events, times }: Findings): string {
  if (fired === 0) return 'would not have fired'
  const busiest = times.busiestMinute()
  const share = ((fired / events) * 100).toPrecision(2)
  const minute =
    busiest === null ? '' : `; busiest minute ${timeText(busiest.startMs)}, ${formatNumber(busiest.count)}`
  return `would have fired ${formatNumber(fired)} ${fired === 1 ? 'time' : 'times'} (${Number(share)} % of the events)${minute}`
}

/** As far as was read, and from where the log begins, so that a bar of nothing means that nothing happened. */
function barsOf({ times, logBeginsMs, firstEventMs, readUntilMs }: Findings, { span }: ReportOf) {
  const fromMs = logBeginsMs === null ? span.sinceMs : (firstEventMs ?? span.sinceMs)
  return times.bars({ sinceMs: span.sinceMs, fromMs, toMs: readUntilMs ?? span.untilMs })
}

function chartOf(findings: Findings, of: ReportOf): string[] {
  return findings.fired === 0 ? [] : formatChart(barsOf(findings, of))
}

function barNoun(findings: Findings, of: ReportOf): string {
  const { widthMs } = barsOf(findings, of)
  return widthMs === 3_600_000 ? 'hour' : widthMs === 86_400_000 ? 'day' : formatWidth(widthMs)
}

function formatWidth(widthMs: number): string {
  return widthMs > 86_400_000 ? `${widthMs / 86_400_000} days` : formatDuration(widthMs)
}

function formatPosts(
  { fired, destinations: totals }: Findings,
  { action, destinations }: ReportOf,
): string[] {
  if (fired === 0) return []
  return action.destinations.map((id) => {
    const destination = destinations.get(id)
    if (destination?.enabled !== true) return `${id}: none, the destination is disabled`
    const total = totals.get(id) ?? { messages: 0, posts: 0, expired: 0, longestWaitMs: 0 }
    return `${id}: ${formatLane(destination, total)}`
  })
}

function formatLane(destination: Destination, total: DestinationTotals): string {
  const { messages, posts, expired, longestWaitMs } = total
  const text = `${plural(messages, 'message')}`
  if (destination.type === 'blackhole') return `${text}, taken by a blackhole: nothing is posted`
  const wait = longestWaitMs === 0 ? 'none waits' : `the longest wait is ${formatDuration(longestWaitMs)}`
  const lost = expired === 0 ? '' : `; ${formatNumber(expired)} would have expired unposted`
  return `${text} in ${plural(posts, 'post')} ${paceOf(destination)}; ${wait}${lost}`
}

function paceOf({ policy: { intervalMs, coalesce } }: Destination): string {
  const pace = intervalMs === null ? 'rate off' : `one in ${formatDuration(intervalMs)}`
  const share = coalesce === null ? 'coalescing off' : `up to ${coalesce.maxMessages} messages a post`
  return `(${pace}, ${share})`
}

function formatUsers({ users }: Findings, { clean }: ReportOf): string[] {
  const top = users.top(MOST_USERS)
  const width = formatNumber(top[0]?.count ?? 0).length
  const lines = top.map(
    ({ user, count }) => `${formatNumber(count).padStart(width)}  ${cutTo(clean(user), USER_CHARS)}`,
  )
  if (users.missing === 0) return lines
  return [
    ...lines,
    `at least so often, and at most ${formatNumber(users.missing)} more: there are too many users to count each`,
  ]
}

function formatSamples({ samples }: Findings, { clean }: ReportOf): string[] {
  return samples
    .firstMiddleLast()
    .flatMap(({ which, sample }) => [
      `${which.padEnd(6)}  ${timeText(sample.event.timestamp)}  ${sample.id}${channelOf(sample, clean)}`,
      ...sample.message.text.split('\n').map((line) => `  | ${clean(line)}`),
    ])
}

function channelOf({ message: { channel } }: DispatchRecord, clean: ReportOf['clean']): string {
  return channel === null ? '' : `  in ${clean(channel)}`
}

function formatLosses({ withheld, cut: shortened, poison, failures }: Findings, of: ReportOf): string[] {
  return [
    ...(withheld === 0 ? [] : [`${formatNumber(withheld)} withheld by the events' own integrations`]),
    ...[...failures].map(([cause, found]) =>
      formatTally(`${cause}: ${plural(found.count, 'message')}`, found, of),
    ),
    ...[...poison].map(([cause, found]) =>
      formatTally(`${cause}: ${plural(found.count, 'event')}`, found, of),
    ),
    ...(shortened === 0 ? [] : [`${plural(shortened, 'message')} cut to Slack's limit`]),
  ]
}

function formatTally(text: string, { first }: FailureTally, { clean }: ReportOf): string {
  const { topic, partition, offset, detail } = first
  const why = detail === null ? '' : `: ${cutTo(clean(detail), DETAIL_CHARS)}`
  return `${text}, the first at ${topic}:${partition}:${offset}${why}`
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`
}
