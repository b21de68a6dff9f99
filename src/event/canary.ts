import { CANARY_HEADER } from '../core/own-actions.ts'
import type { EventRecord } from './event.ts'

/**
 * The prefix whose canary a record is; null for every other record, which is what all but one in a minute are. The
 * header alone decides: nothing is parsed.
 */
export function canaryPrefix({ headers }: Pick<EventRecord, 'headers'>): string | null {
  if (headers.length === 0) return null
  return headers.find(({ name }) => name === CANARY_HEADER)?.value.toString() ?? null
}

/** Whether a record is a canary, be it of another prefix: no event of the user's, and nothing to write a rule for. */
export function isCanary(record: Pick<EventRecord, 'headers'>): boolean {
  return record.headers.length > 0 && canaryPrefix(record) !== null
}
