/**
 * The demo in words: progress while it runs, and the summary at its end. Texts of messages are event data: they
 * are quoted and cut, so that nothing in them reaches the terminal as a control sequence.
 */
import type { FaultStory } from './faults/fault.ts'
import { describeFault } from './faults/wording.ts'
import type { CauseCounts, Excuse, Excused, Mismatch, Summary } from './tally.ts'

/** How text is marked up; with `plainStyle` it is not. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  dim(text: string): string
  bold(text: string): string
}

const same = (text: string): string => text
const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`

export const plainStyle: Style = { good: same, bad: same, dim: same, bold: same }
export const terminalStyle: Style = { good: sgr(32), bad: sgr(31), dim: sgr(2), bold: sgr(1) }

/** Colour for a person at a terminal only; https://no-color.org. */
export function styleFor(stream: { isTTY?: boolean }, env: Record<string, string | undefined>): Style {
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '' ? terminalStyle : plainStyle
}

export interface Progress {
  phase: 'traffic' | 'drain'
  /** Since the traffic began. */
  elapsedMs: number
  trafficMs: number
  events: number
  delivered: number
  /** Messages and dead letters still to come. */
  pending: number
  rateLimited: number
}

/** One line: ` 12 s of 30 s   2,400 events   61 delivered   3 to come   0 × 429`. */
export function formatProgress(progress: Progress, style: Style = plainStyle): string {
  const { phase, elapsedMs, trafficMs, events, delivered, pending, rateLimited } = progress
  const total = String(Math.round(trafficMs / 1000))
  const elapsed = String(Math.floor(elapsedMs / 1000)).padStart(total.length)
  const where = phase === 'traffic' ? `${elapsed} s of ${total} s` : 'draining'.padEnd(total.length * 2 + 8)
  const parts = [
    `${count(events).padStart(7)} events`,
    `${count(delivered).padStart(5)} delivered`,
    `${count(pending).padStart(3)} to come`,
    `${count(rateLimited)} × 429`,
  ]
  return `  ${style.dim(where)}   ${parts.join('   ')}`
}

export interface Outcome {
  /** Nothing was lost or altered, nothing came twice but what can be explained, and every fault was mended. */
  ok: boolean
  summary: Summary
  /** Null where faults were not asked for. */
  stories: readonly FaultStory[] | null
  /** How often the simulator answered 429. */
  rateLimited: number
  /** From the first event to the last. */
  trafficMs: number
  /** From the last event until all had arrived, or the wait was given up. */
  drainMs: number
  /** More lines: a label and what it tells. */
  figures: readonly (readonly [string, string])[]
}

/** Several lines, the last one with a line feed: the verdict last, so that it stays above the prompt. */
export function formatSummary(outcome: Outcome, style: Style = plainStyle): string {
  const { summary, stories, ...run } = outcome
  const { latencyMs, lost, repeated, excused, unexpected } = summary
  const faults = (stories ?? []).length === 0 ? '' : ', faults included'
  const rows: (readonly [string, string])[] = [
    [
      'events in',
      `${count(summary.events)} in ${seconds(run.trafficMs)}, drained in ${seconds(run.drainMs)}`,
    ],
    ...run.figures,
    ['matched', count(summary.matched)],
    ['delivered', count(summary.delivered)],
    ['dead-lettered', withCauses(summary.deadLettered)],
    ['lost', fault(total(lost) + totalOf(summary.deadLettersLost), style)],
    ['repeated', `${fault(total(repeated), style)}${inFlight(excused)}`],
    ['unexpected', fault(total(unexpected) + totalOf(summary.deadLettersUnexpected), style)],
    ['429 answers', count(run.rateLimited)],
    [
      'latency',
      latencyMs === null ? 'none' : `p50 ${millis(latencyMs.p50)}, p99 ${millis(latencyMs.p99)}${faults}`,
    ],
  ]
  const lines = [
    ...rows.map(([label, value]) => `  ${style.dim(label.padEnd(15))}${value}`),
    '',
    ...list('lost', lost, style),
    ...causeLine('lost dead letters', summary.deadLettersLost, style),
    ...list('repeated', repeated, style),
    ...list('unexpected', unexpected, style),
    ...causeLine('unexpected dead letters', summary.deadLettersUnexpected, style),
    ...survived(stories ?? [], style),
    ...EXCUSES.flatMap((why) =>
      named(`came twice: ${EXCUSE_WORDS[why].long}`, ofExcuse(excused, why), style.dim),
    ),
    `  ${verdict(outcome, style)}`,
  ]
  return `${lines.join('\n')}\n`
}

const EXCUSES = ['kill', 'lapse'] as const satisfies readonly Excuse[]

const EXCUSE_WORDS: Readonly<Record<Excuse, { short: string; long: string }>> = {
  kill: { short: 'at the kill', long: 'in flight when the process was killed' },
  lapse: {
    short: 'when a process stood still',
    long: 'in flight when a process stood still for longer than its session, and another took its partitions',
  },
}

/** The row says both: what must not be, and what may. */
function inFlight(excused: readonly Excused[]): string {
  const parts = EXCUSES.flatMap((why) => {
    const amount = total(ofExcuse(excused, why))
    const { short } = EXCUSE_WORDS[why]
    return amount === 0 ? [] : [`, and ${count(amount)} that ${wasOrWere(amount)} in flight ${short}`]
  })
  return parts.join('')
}

function ofExcuse(excused: readonly Excused[], why: Excuse): Excused[] {
  return excused.filter((one) => one.why === why)
}

const wasOrWere = (amount: number): string => (amount === 1 ? 'was' : 'were')

function survived(stories: readonly FaultStory[], style: Style): string[] {
  if (stories.length === 0) return []
  const lines = stories.flatMap((story) => {
    const trouble = story.failure === null ? [] : [`    ${style.bad(`✗ ${story.failure}`)}`]
    return [`    ${describeFault(story)}`, ...trouble]
  })
  return [style.dim('  survived'), ...lines, '']
}

function verdict({ ok, summary, stories }: Outcome, style: Style): string {
  if (!summary.ok) return style.bad('✗ what arrived is not what was expected')
  if (!ok) return style.bad('✗ every message arrived, but not everything went as it must')
  const through = (stories ?? []).length === 0 ? '' : ', through all of it'
  const twice = total(summary.excused)
  const arrived = count(summary.delivered)
  if (twice === 0) return style.good(`✓ every message arrived, once and unchanged${through}: ${arrived}`)
  const met = EXCUSES.filter((why) => ofExcuse(summary.excused, why).length > 0)
  const when = met.map((why) => EXCUSE_WORDS[why].short).join(', or ')
  const again = `${count(twice)} came twice, as ${twice === 1 ? 'it was' : 'they were'} in flight ${when}`
  return style.good(`✓ every message arrived, unchanged${through}: ${arrived}; ${again}`)
}

const LISTED = 10
const SHOWN_CHARS = 96

function list(label: string, found: readonly Mismatch[], style: Style): string[] {
  return named(label, found, style.bad)
}

function named(label: string, found: readonly Mismatch[], mark: (text: string) => string): string[] {
  if (found.length === 0) return []
  const shown = found.slice(0, LISTED).map((one) => {
    const times = one.count > 1 ? ` × ${one.count}` : ''
    return `    ${one.destination}${times}: ${quoted(one.text)}`
  })
  const more = found.length > LISTED ? [`    and ${count(found.length - LISTED)} more`] : []
  return [mark(`  ${label}`), ...shown, ...more, '']
}

function causeLine(label: string, causes: CauseCounts, style: Style): string[] {
  return totalOf(causes) === 0 ? [] : [style.bad(`  ${label}`), `    ${withCauses(causes)}`, '']
}

/** JSON leaves DEL, C1 and the bidirectional controls as they are. */
function quoted(text: string): string {
  const whole = JSON.stringify(text)
  const cut = whole.length > SHOWN_CHARS ? `${whole.slice(0, SHOWN_CHARS - 1)}…` : whole
  return cut.replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '�')
}

function withCauses(causes: CauseCounts): string {
  const parts = Object.entries(causes).map(([cause, times]) => `${cause} ${count(times)}`)
  return parts.length === 0 ? '0' : `${count(totalOf(causes))} (${parts.join(', ')})`
}

function fault(times: number, style: Style): string {
  return times === 0 ? '0' : style.bad(count(times))
}

const total = (found: readonly Mismatch[]): number => found.reduce((sum, one) => sum + one.count, 0)
const totalOf = (causes: CauseCounts): number => Object.values(causes).reduce((sum, times) => sum + times, 0)
const count = (whole: number): string => whole.toLocaleString('en-US')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const millis = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`)
