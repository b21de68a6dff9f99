import { parseJsonObject } from '../../core/parse-json-object.ts'
import type { Observer } from '../../observe/observer.ts'

/** A line that a process of the demo has logged. */
export interface LogLine {
  /** Milliseconds since the epoch; null where the line is no log line: a stack trace, say. */
  atMs: number | null
  level: LineLevel
  /** The internal event that it tells of, one of Observer's. */
  event: string | null
  text: string
  fields: Readonly<Record<string, unknown>>
}

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LineLevel = (typeof LEVELS)[number]

/** What is no JSON comes from Node itself, and only when something is very wrong. */
export function parseLogLine(line: string): LogLine {
  const fields = parseJsonObject(line)
  if (fields === null) return { atMs: null, level: 'error', event: null, text: line, fields: {} }
  const { time, level, event, msg } = fields
  const atMs = Date.parse(String(time))
  return {
    atMs: Number.isNaN(atMs) ? null : atMs,
    level: LEVELS.find((known) => known === level) ?? 'error',
    event: typeof event === 'string' ? event : null,
    text: typeof msg === 'string' ? msg : line,
    fields,
  }
}

export function isAtLeast(level: LineLevel, least: LineLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least)
}

/** What the demo itself brings about: it is told of in the demo's own words. */
const PROVOKED: readonly (keyof Observer)[] = [
  'breakerChanged',
  'laneHeld',
  'messageDeadLettered',
  'postAnswered',
]

/**
 * Whether a person must see the line: something went wrong that the demo did not mean to go wrong. One that was never
 * ready, or is told to stop, may warn: the group is just being made, or falls apart.
 */
export function isNews(
  { level, event, fields }: LogLine,
  { struck, isAtWork }: { struck: ReadonlySet<string>; isAtWork: boolean },
): boolean {
  if (!isAtLeast(level, isAtWork ? 'warn' : 'error')) return false
  // The scenario's broken producers.
  if (event === ('eventDeadLettered' satisfies keyof Observer)) return false
  const { destination } = fields
  return !(
    typeof destination === 'string' &&
    struck.has(destination) &&
    PROVOKED.some((one) => one === event)
  )
}
