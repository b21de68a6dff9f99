import { isUtf8 } from 'node:buffer'
import type { AnalyticsEvent } from './event.ts'

/**
 * Decodes the value of an events record. Poison is a value, never an error: the caller records it with its
 * cause, and the partition goes on.
 */
export type DecodedEvent =
  | { kind: 'event'; event: AnalyticsEvent }
  | {
      kind: 'poison'
      cause: 'not_json' | 'not_an_object' | 'bad_avro' | 'unknown_schema'
      detail: string
    }

const BYTE_ORDER_MARK = 0xfeff

/** JSON as RFC 8259 has it: UTF-8 and nothing else; a byte order mark is forgiven. */
export function decodeJsonEvent(value: Buffer): DecodedEvent {
  if (!isUtf8(value)) return { kind: 'poison', cause: 'not_json', detail: 'not valid UTF-8' }
  const text = value.toString('utf8')
  let parsed: unknown
  try {
    parsed = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text)
  } catch {
    return { kind: 'poison', cause: 'not_json', detail: text.trim() === '' ? 'empty' : 'not valid JSON' }
  }
  if (isEvent(parsed)) return { kind: 'event', event: parsed }
  return { kind: 'poison', cause: 'not_an_object', detail: `a JSON ${kindOf(parsed)}` }
}

function isEvent(value: unknown): value is AnalyticsEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
