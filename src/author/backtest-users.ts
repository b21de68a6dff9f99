/**
 * Who an action fired for most. Exact up to twice `kept` different users; beyond, those with the fewest are dropped
 * and forgotten, again and again (each time but the largest `kept` stay), so that memory is bounded whatever the
 * events. Numbers are then lower bounds, each short of the truth by at most `missing`.
 */
export class TopUsers {
  readonly #counts = new Map<string, number>()
  readonly #kept: number
  #missing = 0

  constructor(kept = 20_000) {
    this.#kept = kept
  }

  /** 0 where all numbers are exact. */
  get missing(): number {
    return this.#missing
  }

  add(user: string): void {
    this.#counts.set(user, (this.#counts.get(user) ?? 0) + 1)
    if (this.#counts.size > 2 * this.#kept) this.#drop()
  }

  top(most: number): { user: string; count: number }[] {
    return this.#ranked()
      .slice(0, most)
      .map(([user, count]) => ({ user, count }))
  }

  #ranked(): [string, number][] {
    return [...this.#counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
  }

  #drop(): void {
    const dropped = this.#ranked().slice(this.#kept)
    this.#missing += dropped[0]?.[1] ?? 0
    for (const [user] of dropped) this.#counts.delete(user)
  }
}
