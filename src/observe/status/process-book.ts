import type { ProcessStatus } from '../../core/records.ts'

/** A process that says nothing for so long is taken for gone. */
export const GONE_AFTER_MS = 15_000
/** And is no news any more after this. */
const FORGOTTEN_AFTER_MS = 120_000
/** Whoever may write to the topic could name any number. */
const MOST_PROCESSES = 1_000
/** Who has not looked for so long could not know. */
const LOOKED_AWAY_MS = 5_000

export interface SeenProcess {
  status: ProcessStatus
  /** How long ago it was heard of. */
  quietMs: number
  gone: boolean
}

/**
 * Which processes of the group live, by when their records came to us: clocks of hosts differ, so what a record says
 * of its own time counts only where it lay there before we looked, and a record of a living process follows within
 * two seconds. While the topic cannot be read, nobody's silence counts.
 */
export class ProcessBook {
  /** Times are monotonic; `quietSinceMs` leaves out what could not be read. */
  readonly #seen = new Map<string, { status: ProcessStatus; heardMs: number; quietSinceMs: number }>()
  #lookedMs: number | null = null

  /** @param ageMs how long it lay there before it came to us, as far as that is known. */
  note(status: ProcessStatus, { ageMs, monotonicMs }: { ageMs: number; monotonicMs: number }): void {
    const { process } = status
    if (!this.#seen.has(process) && this.#seen.size >= MOST_PROCESSES) this.#forgetOld(monotonicMs)
    if (!this.#seen.has(process) && this.#seen.size >= MOST_PROCESSES) return
    const heardMs = monotonicMs - Math.max(0, ageMs)
    this.#seen.set(process, { status, heardMs, quietSinceMs: heardMs })
  }

  /** All that has been said until now has come to us. */
  looked(monotonicMs: number): void {
    const awayMs = this.#awayMs(monotonicMs)
    for (const seen of this.#seen.values()) {
      seen.quietSinceMs = Math.min(monotonicMs, seen.quietSinceMs + awayMs)
    }
    this.#lookedMs = monotonicMs
  }

  /** It has stopped in order. */
  ended(process: string): void {
    this.#seen.delete(process)
  }

  /** By name; those that were heard of within two minutes. */
  processes(monotonicMs: number): SeenProcess[] {
    this.#forgetOld(monotonicMs)
    const awayMs = this.#awayMs(monotonicMs)
    return [...this.#seen.values()]
      .map(({ status, heardMs, quietSinceMs }) => ({
        status,
        quietMs: Math.max(0, monotonicMs - heardMs),
        gone: monotonicMs - awayMs - quietSinceMs >= GONE_AFTER_MS,
      }))
      .sort((a, b) => (a.status.process < b.status.process ? -1 : 1))
  }

  #awayMs(monotonicMs: number): number {
    const awayMs = this.#lookedMs === null ? 0 : monotonicMs - this.#lookedMs
    return awayMs >= LOOKED_AWAY_MS ? awayMs : 0
  }

  #forgetOld(monotonicMs: number): void {
    const awayMs = this.#awayMs(monotonicMs)
    for (const [process, { quietSinceMs }] of this.#seen) {
      if (monotonicMs - awayMs - quietSinceMs >= FORGOTTEN_AFTER_MS) this.#seen.delete(process)
    }
  }
}
