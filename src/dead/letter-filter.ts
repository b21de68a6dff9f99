import type { DeadLetterCause } from '../core/outcome.ts'
import type { DeadLetter } from '../core/records.ts'
import { isNamedBy, type LetterId } from './stored-letter.ts'

/** Which letters are meant: those that meet every condition that is set. No ids: any. */
export interface LetterFilter {
  ids: readonly LetterId[]
  destination: string | null
  action: string | null
  cause: DeadLetterCause | null
  /** Recorded at this time or later, milliseconds since the epoch. */
  sinceMs: number | null
}

export function isMeant(letter: DeadLetter, filter: LetterFilter): boolean {
  const { ids, destination, action, cause, sinceMs } = filter
  return (
    (cause === null || letter.cause === cause) &&
    (destination === null || letter.destination === destination) &&
    (action === null || letter.action === action) &&
    (sinceMs === null || letter.recorded_at >= sinceMs) &&
    (ids.length === 0 || ids.some((id) => isNamedBy(letter, id)))
  )
}

/** Whether anything narrows it. */
export function isNarrow({ ids, destination, action, cause, sinceMs }: LetterFilter): boolean {
  return ids.length > 0 || [destination, action, cause, sinceMs].some((condition) => condition !== null)
}
