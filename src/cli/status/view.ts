import type { Overview, ProcessView, StageView } from '../../observe/overview/overview.ts'
import { count, formatDuration, formatNumber } from '../../observe/wording.ts'
import { laneSection } from './lane-section.ts'
import { actionSection, controlSection, letterSection, messageSection } from './other-sections.ts'
import { fitSections, type Line, type Section } from './sections.ts'
import { table } from './table.ts'
import { cutToWidth } from './text-width.ts'

export interface ViewOptions {
  /** Null: lines are as long as they are. */
  columns: number | null
  /** Null: as many as are worth showing. */
  rows: number | null
  /** Text from outside, made harmless on a terminal. */
  plain(text: string): string
}

/** Beyond this a terminal is no screen. */
const MOST_ROWS = 10_000

/** The whole overview as lines for a terminal: what is wrong comes first, and what has no room is counted. */
export function statusView(overview: Overview, { columns, rows, plain }: ViewOptions): Line[] {
  const head = headLines(overview, plain)
  const sections = [
    processSection(overview, plain),
    stageSection(overview, plain),
    laneSection(overview, plain),
    letterSection(overview, plain),
    controlSection(overview, plain),
    messageSection(overview, plain),
    actionSection(overview, plain),
  ].filter((section) => section !== null)
  const lines = [...head, ...fitSections(sections, (rows ?? MOST_ROWS) - head.length)]
  const cut = (line: Line): Line =>
    columns === null ? line : { ...line, text: cutToWidth(line.text, columns) }
  return lines.slice(0, rows ?? MOST_ROWS).map(cut)
}

function headLines(overview: Overview, plain: (text: string) => string): Line[] {
  const { at, prefix, processes, history } = overview
  const gone = processes.filter((process) => process.gone).length
  const living = processes.length - gone
  const alive = living === 1 ? '1 process' : `${formatNumber(living)} processes`
  const clock = new Date(at).toISOString().slice(11, 19)
  const parts = [
    `bellhop ${plain(prefix)}`,
    `${clock}Z`,
    gone === 0 ? alive : `${alive}, ${formatNumber(gone)} gone`,
    waitingText(overview),
  ]
  const head: Line = { text: parts.join(' · '), tone: 'title' }
  const stale = staleLine(overview)
  if (history.done) return [head, ...stale]
  const text = `what was recorded before is being read: ${count(history.readRecords, 'record')} so far`
  return [head, ...stale, { text, tone: 'dim' }]
}

/** Each process speaks every 2 s, and is gone when it has been quiet for 15 s, unless its topic cannot be read. */
const STALE_MS = 10_000

/** While Kafka is away the last picture stays, and looks like any other. */
function staleLine({ at, processes }: Overview): Line[] {
  const quietMs = Math.min(...processes.filter(({ gone }) => !gone).map(({ seenAt }) => at - seenAt))
  if (quietMs < STALE_MS || quietMs === Infinity) return []
  const text = `nothing new for ${formatDuration(quietMs)}: does Kafka answer? What follows is the last that was heard`
  return [{ text, tone: 'bad' }]
}

/** In how many lanes, of those that are told of; where messages wait in all of these, in as many as there are. */
function waitingText({ waiting, lanes, lanesTotal }: Overview): string {
  if (waiting === 0) return 'nothing waits'
  const busy = lanes.filter((lane) => lane.waiting > 0).length
  const all = busy === lanes.length ? Math.max(busy, lanesTotal) : busy
  return `${count(waiting, 'message')} waiting in ${count(all, 'lane')}`
}

/** Which program and configuration runs is told once, where all run the same. */
function processSection({ processes, at }: Overview, plain: (text: string) => string): Section {
  const nobody: Line = { text: '  none has been heard of in the last two minutes', tone: 'bad' }
  const living = processes.filter(({ gone }) => !gone)
  const kinds = new Set((living.length > 0 ? living : processes).map((process) => kindOf(process, plain)))
  const [first] = kinds
  const rows = processes.map((process) => ({
    cells: [
      plain(process.process),
      process.stages.map(plain).join(', '),
      `up ${formatDuration(Math.max(0, (process.gone ? process.seenAt : at) - process.startedAt))}`,
      ...(kinds.size > 1 ? [kindOf(process, plain)] : []),
      stateOf(process, at, plain),
    ],
    tone: process.gone ? ('bad' as const) : process.ready ? ('good' as const) : ('warn' as const),
  }))
  const title = kinds.size === 1 ? `PROCESSES: ${first}` : 'PROCESSES'
  return { title, lines: rows.length === 0 ? [nobody] : table([], rows), least: 2, most: 50 }
}

function kindOf({ version, configVersion }: ProcessView, plain: (text: string) => string): string {
  return plain(`bellhop ${version}, config ${configVersion}`)
}

function stateOf(process: ProcessView, at: number, plain: (text: string) => string): string {
  if (process.gone) return `gone: nothing heard for ${formatDuration(at - process.seenAt)}`
  return process.ready ? 'ready' : `not ready: ${process.trouble.map(plain).join('; ')}`
}

function stageSection({ stages }: Overview, plain: (text: string) => string): Section | null {
  if (stages.length === 0) return null
  const rows = stages.map((stage) => {
    const isIll = stage.partitions.some(({ process, trouble }) => process === null || trouble !== null)
    const cells = [
      plain(stage.stage),
      plain(stage.topic),
      `lag ${formatNumber(stage.lag)}`,
      partitionsText(stage, plain),
    ]
    return { cells, tone: isIll ? ('warn' as const) : ('plain' as const) }
  })
  return { title: 'STAGES', lines: table([], rows), least: 2, most: 50 }
}

/** What is wrong first, then the partitions that lag: a terminal's line ends somewhere. */
function partitionsText({ partitions }: StageView, plain: (text: string) => string): string {
  const unheld = partitions.filter(({ process }) => process === null).map(({ partition }) => partition)
  const ill = partitions.filter(({ trouble }) => trouble !== null)
  const lagging = partitions
    .filter(({ lag }) => lag !== null && lag > 0)
    .sort((a, b) => (b.lag ?? 0) - (a.lag ?? 0))
    .map(({ partition, lag }) => `${partition}: ${formatNumber(lag ?? 0)}`)
  return [
    count(partitions.length, 'partition'),
    ...(unheld.length === 0 ? [] : [`held by nobody: ${unheld.join(', ')}`]),
    ...ill.map(({ trouble }) => plain(trouble ?? '')),
    ...(lagging.length === 0 ? [] : [`lag by partition ${lagging.join('  ')}`]),
  ].join('; ')
}
