const MINUTES = 60
const MINUTE_MS = 60_000

/** How often something happened in each of the last 60 minutes, whatever order it is told in. */
export class MinuteCounts {
  readonly #counts = new Array<number>(MINUTES).fill(0)
  /** The newest minute that is counted, since the epoch. */
  #newest = 0

  add(atMs: number): void {
    const minute = Math.floor(atMs / MINUTE_MS)
    if (minute > this.#newest) this.#moveTo(minute)
    if (minute <= this.#newest - MINUTES) return
    const slot = minute % MINUTES
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
  }

  /** By minute, the current one last. */
  until(nowMs: number): number[] {
    const current = Math.floor(nowMs / MINUTE_MS)
    return Array.from({ length: MINUTES }, (_, nth) => {
      const minute = current - MINUTES + 1 + nth
      const isCounted = minute <= this.#newest && minute > this.#newest - MINUTES
      return isCounted ? (this.#counts[minute % MINUTES] ?? 0) : 0
    })
  }

  #moveTo(minute: number): void {
    for (let passed = Math.max(this.#newest + 1, minute - MINUTES + 1); passed <= minute; passed += 1) {
      this.#counts[passed % MINUTES] = 0
    }
    this.#newest = minute
  }
}
