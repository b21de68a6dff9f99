import { isRecord } from './is-record.ts'

/** The object that a text of JSON holds; null for a text that is no JSON, or another value. */
export function parseJsonObject(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return isRecord(parsed) ? parsed : null
  } catch {
    return null
  }
}
