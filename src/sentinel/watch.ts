import type { NotifyConfig } from '../config/config.ts'
import type { NotifyCause } from '../core/outcome.ts'
import type { ProcessStatus } from '../core/records.ts'

/** At most one message in this time for each cause, and what is older than this when we first look is old. */
export const QUIET_MS = 600_000

/** What all processes say at a moment of the wall clock. */
export interface Look {
  nowMs: number
  processes: readonly ProcessStatus[]
  settings: NotifyConfig
}

/** One cause: what of it is worth a word, and what has been told. */
export interface Watch {
  cause: NotifyCause
  /** Takes note of what holds now. */
  note(look: Look): void
  /**
   * After the first look: what was there before us, and when whoever led before us last spoke of this cause; null
   * where nobody has.
   */
  takeOver(spokenAt: number | null, nowMs: number): void
  /** What holds and has not been told, as text for Slack, escaped; null where there is nothing. */
  news(look: Look): string | null
  /** The news of the last look have been told. */
  told(): void
}

/**
 * Whether what is found at the first look counts as told: whoever led before us has spoken of this cause, and had the
 * time to speak again.
 */
export function wasTold(spokenAt: number | null, nowMs: number): boolean {
  return spokenAt !== null && nowMs - spokenAt >= QUIET_MS
}

/** Anyone who may write to the status topic could name any number. */
export const MOST_WATCHED = 1_000
