import { isRecord } from './is-record.ts'

const OBJECT_BEGINS = /^[ \t\r\n]*\{/

/** The object that a text of JSON holds; null for a text that is no JSON, or another value. */
export function parseJsonObject(text: string): Record<string, unknown> | null {
  // Most texts that come here are Slack's `ok`, and an exception costs more than all else that a post needs.
  if (!OBJECT_BEGINS.test(text)) return null
  try {
    const parsed: unknown = JSON.parse(text)
    return isRecord(parsed) ? parsed : null
  } catch {
    return null
  }
}
