import type { StoredLetter } from '../../dead/stored-letter.ts'
import { count } from '../../observe/wording.ts'

/** How many letters there are, by cause. */
export class Tally {
  readonly #waiting = new Map<string, number>()
  #replayed = 0

  get total(): number {
    return this.#replayed + this.#sum()
  }

  add({ letter, replayed }: StoredLetter): void {
    if (replayed) this.#replayed += 1
    else this.#waiting.set(letter.cause, (this.#waiting.get(letter.cause) ?? 0) + 1)
  }

  rows(all: boolean): number {
    return this.#sum() + (all ? this.#replayed : 0)
  }

  summary(all: boolean, narrowed: boolean): string {
    const causes = [...this.#waiting]
      .sort(([, a], [, b]) => b - a)
      .map(([cause, times]) => `${cause} ${times.toLocaleString('en-US')}`)
    const those =
      narrowed && this.total === 0
        ? 'no dead letters match'
        : `${count(this.#sum(), 'dead letter')}${narrowed ? ' of those asked for' : ''}`
    const replayed = this.#replayed.toLocaleString('en-US')
    const shown = all ? '' : ' (--all shows them)'
    return [
      causes.length === 0 ? those : `${those}: ${causes.join(', ')}`,
      ...(this.#replayed === 0
        ? []
        : [`${replayed} more ${this.#replayed === 1 ? 'was' : 'were'} replayed${shown}`]),
    ].join('; ')
  }

  #sum(): number {
    return [...this.#waiting.values()].reduce((sum, times) => sum + times, 0)
  }
}
