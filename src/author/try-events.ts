import { lineAndColumn } from '../config/source.ts'
import { parseTime } from '../config/units.ts'
import { AppError } from '../core/errors.ts'
import { isRecord } from '../core/is-record.ts'
import type { EventRecord } from '../event/event.ts'
import type { EventFormats } from '../event/event-formats.ts'
import { findJsonFault } from './try-json.ts'

/**
 * The events of a file, each as JSON text: one object, a list of them, or one a line.
 *
 * @throws {AppError} usage, with file, line and column.
 */
export function parseEventFile(text: string, file: string): string[] {
  const source = { file, text: text.replace(/^\uFEFF/, '') }
  const fault = findJsonFault(source.text)
  if (fault === null) return eventsOf(JSON.parse(source.text), source)
  const lines = linesOf(source.text)
  const isOneALine = lines.length > 1 && findJsonFault(lines[0]?.text ?? '') === null
  if (isOneALine) return lines.map((line) => requireLine(line, source))
  throw notJson({ source, offset: fault.offset }, fault.expected)
}

interface File {
  file: string
  text: string
}

function eventsOf(parsed: unknown, { file, text }: File): string[] {
  if (!Array.isArray(parsed)) {
    requireEvent(parsed, file)
    return [text]
  }
  if (parsed.length === 0) throw new AppError('usage', `${file}: the list holds no event`)
  for (const [index, event] of parsed.entries()) requireEvent(event, `${file}, event ${index + 1}`)
  try {
    return parsed.map((event) => JSON.stringify(event))
  } catch {
    // Text of any depth is read, but not written: that recurses.
    throw new AppError(
      'usage',
      `${file}: an event in the list is nested too deep: put each on a line of its own`,
    )
  }
}

function requireLine({ text, start }: { text: string; start: number }, source: File): string {
  const fault = findJsonFault(text)
  if (fault !== null) throw notJson({ source, offset: start + fault.offset }, fault.expected)
  requireEvent(JSON.parse(text), `${source.file}:${lineAndColumn({ source, offset: start }).line}:1`)
  return text
}

/** Lines that are not blank, and where each begins. */
function linesOf(text: string): { text: string; start: number }[] {
  return [...text.matchAll(/[^\r\n]+/g)]
    .map(({ 0: line, index }) => ({ text: line, start: index }))
    .filter((line) => line.text.trim() !== '')
}

function notJson(place: { source: File; offset: number }, expected: string): AppError {
  if (place.source.text.trim() === '')
    return new AppError('usage', `${place.source.file}: there is no event in it`)
  const { line, column } = lineAndColumn(place)
  return new AppError(
    'usage',
    `${place.source.file}:${line}:${column}: this is not JSON: expected ${expected}`,
  )
}

function requireEvent(value: unknown, where: string): void {
  if (isRecord(value)) return
  const kind = value === null ? 'null' : `a ${Array.isArray(value) ? 'list' : typeof value}`
  throw new AppError('usage', `${where}: an event is a JSON object, and this is ${kind}`)
}

/**
 * The record that an event of a file would be: its time is the event's own `timestamp` where it has one, as a
 * producer would have sent it then, else `nowMs`.
 */
export function toGivenRecord(
  json: string,
  { topic, offset, nowMs, formats }: { topic: string; offset: number; nowMs: number; formats: EventFormats },
): EventRecord {
  const value = Buffer.from(json)
  const decoded = formats(topic).decode(value)
  const timestamp = (decoded.kind === 'event' ? timeOf(decoded.event.timestamp) : null) ?? nowMs
  return { topic, partition: 0, offset, timestamp, key: null, value, headers: [] }
}

/** ISO 8601 with its zone, or milliseconds since the epoch. */
function timeOf(timestamp: unknown): number | null {
  if (typeof timestamp === 'number')
    return Number.isSafeInteger(timestamp) && timestamp >= 0 ? timestamp : null
  return typeof timestamp === 'string' ? (parseTime(timestamp) ?? null) : null
}
