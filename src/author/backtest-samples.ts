/**
 * The first, the middle and the last of what comes, however much that is: of every so many one is kept, and
 * whenever there are too many, every other one is let go. What is told as the middle is off by a few hundredths of
 * the whole at most.
 */
export class SpreadSamples<T> {
  readonly #kept: { nth: number; sample: T }[] = []
  #stride = 1
  #count = 0
  #last: T | null = null

  add(sample: T): void {
    if (this.#count % this.#stride === 0) {
      this.#kept.push({ nth: this.#count, sample })
      if (this.#kept.length > MOST_KEPT) this.#thin()
    }
    this.#last = sample
    this.#count += 1
  }

  /** In order, without repetition: fewer than three where there were fewer. */
  firstMiddleLast(): { which: 'first' | 'middle' | 'last'; sample: T }[] {
    const [first] = this.#kept
    if (first === undefined) return []
    const found: { which: 'first' | 'middle' | 'last'; sample: T }[] = [
      { which: 'first', sample: first.sample },
    ]
    const middle = this.#nearest((this.#count - 1) / 2)
    if (this.#count > 2 && middle !== null) found.push({ which: 'middle', sample: middle })
    if (this.#count > 1 && this.#last !== null) found.push({ which: 'last', sample: this.#last })
    return found
  }

  #nearest(wanted: number): T | null {
    const distance = (nth: number): number => Math.abs(nth - wanted)
    const [, ...others] = this.#kept
    const sorted = others.toSorted((a, b) => distance(a.nth) - distance(b.nth))
    return sorted[0]?.sample ?? null
  }

  #thin(): void {
    const halved = this.#kept.filter((_, index) => index % 2 === 0)
    this.#kept.splice(0, this.#kept.length, ...halved)
    this.#stride *= 2
  }
}

const MOST_KEPT = 64
