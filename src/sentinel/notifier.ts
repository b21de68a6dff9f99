import { NOTIFY_CAUSES, type NotifyCause } from '../core/outcome.ts'
import { createBreakerWatches } from './breaker-watch.ts'
import { createDeadLettersWatch } from './dead-letters-watch.ts'
import { createOldestWatch } from './oldest-watch.ts'
import { createReloadWatch } from './reload-watch.ts'
import { type Look, QUIET_MS, type Watch } from './watch.ts'

/** Something to tell; `text` is Slack's markup. */
export interface Notice {
  cause: NotifyCause
  text: string
}

/** When bellhop last spoke of each cause, milliseconds since the epoch. */
export type SpokenTimes = ReadonlyMap<NotifyCause, number>

/**
 * Decides what bellhop says of itself, from what all processes say at one look after another, for as long as this
 * process leads. At most one message for each cause in ten minutes; what happens meanwhile is gathered, and told in
 * one message when they are over, if it still holds. What is there at the first look is told as well, unless whoever
 * led before has had the time to.
 */
export class Notifier {
  readonly #watches: readonly Watch[]
  readonly #spoken: Map<NotifyCause, number>
  #hasLooked = false

  /** @param spoken by whoever led before. */
  constructor(spoken: SpokenTimes) {
    this.#spoken = new Map(spoken)
    this.#watches = [
      ...createBreakerWatches(),
      createOldestWatch(),
      createDeadLettersWatch(),
      createReloadWatch(),
    ]
  }

  /** What is to be told now. What is not `told` comes again at the next look. */
  look(look: Look): Notice[] {
    // The broker is away, or nothing has come yet: that nobody speaks says nothing of what holds.
    if (look.processes.length === 0) return []
    for (const watch of this.#watches) watch.note(look)
    if (!this.#hasLooked) {
      for (const watch of this.#watches) watch.takeOver(this.#spokenAt(watch.cause), look.nowMs)
    }
    this.#hasLooked = true
    return this.#watches.flatMap((watch) => {
      const spokenAt = this.#spokenAt(watch.cause)
      const text = watch.news(look)
      const isQuiet = spokenAt !== null && look.nowMs - spokenAt < QUIET_MS
      return text === null || isQuiet ? [] : [{ cause: watch.cause, text }]
    })
  }

  /** It is on its way. */
  told(cause: NotifyCause, nowMs: number): void {
    this.#spoken.set(cause, nowMs)
    for (const watch of this.#watches) if (watch.cause === cause) watch.told()
  }

  #spokenAt(cause: NotifyCause): number | null {
    return this.#spoken.get(cause) ?? null
  }
}

/** The latest time of each cause. What is none of ours, or lies in the future, would silence us for ever. */
export function latestTimes(
  all: readonly { cause: string; at: number }[],
  nowMs: number,
): Map<NotifyCause, number> {
  const times = new Map<NotifyCause, number>()
  for (const { cause, at } of all) {
    const known = NOTIFY_CAUSES.find((one) => one === cause)
    if (known === undefined) continue
    times.set(known, Math.max(times.get(known) ?? 0, Math.min(at, nowMs)))
  }
  return times
}
