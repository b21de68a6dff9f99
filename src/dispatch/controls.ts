import type { Control } from '../core/records.ts'

/**
 * What persons have said about destinations, as it is in force now. A pause goes before a silence: while a lane is
 * paused its messages wait, and only then are they dropped or posted. Both are asked before every post, so neither
 * costs more than a look into a map.
 */
export interface Controls {
  isPaused(destination: string): boolean
  /** The silence that is in force at a time of the wall clock; null where there is none. */
  silenceAt(destination: string, nowMs: number): Control | null
}

/** Nobody has said anything. */
export const NO_CONTROLS: Controls = { isPaused: () => false, silenceAt: () => null }
