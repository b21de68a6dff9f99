import type { DeadLetterCause } from '../../core/outcome.ts'
import type { DeadLetter } from '../../core/records.ts'
import { CAUSE_GUIDE } from '../../dead/cause-guide.ts'
import type { LetterView } from './overview.ts'
import { shellWord } from './shell-word.ts'

interface Kind {
  cause: DeadLetterCause
  destination: string | null
  count: number
  oldestAt: number
  newestAt: number
}

/** Destinations that nobody knows are counted together beyond this. */
const MOST_KINDS = 2_000
const OTHERS = '(others)'

/**
 * How many letters wait for somebody, by cause and destination. A mark takes one off its letter's count; that of a
 * letter that was deleted before we looked takes none. When the oldest is from is known until it is replayed.
 */
export class LetterCounts {
  readonly #kinds = new Map<string, Kind>()
  /** Where reading began, by partition. */
  readonly #beginnings = new Map<number, number>()

  begins(partition: number, offset: number): void {
    this.#beginnings.set(partition, offset)
  }

  add(letter: DeadLetter, partition: number): void {
    const { cause, destination, recorded_at: atMs } = letter
    if (letter.kind === 'replayed') {
      const isCounted = (letter.replays ?? -1) >= (this.#beginnings.get(partition) ?? 0)
      if (isCounted) this.#takeOne(this.#keyOf(cause, destination))
      return
    }
    const key = this.#keyOf(cause, destination)
    const kind = this.#kinds.get(key) ?? {
      cause,
      destination: key.endsWith(`/${OTHERS}`) ? OTHERS : destination,
      count: 0,
      oldestAt: atMs,
      newestAt: atMs,
    }
    kind.count += 1
    kind.oldestAt = Math.min(kind.oldestAt, atMs)
    kind.newestAt = Math.max(kind.newestAt, atMs)
    this.#kinds.set(key, kind)
  }

  /** Most first. `config`: what the reader gives as `-c`, null where nothing. */
  views(config: string | null): LetterView[] {
    return [...this.#kinds.values()]
      .sort((a, b) => b.count - a.count || b.newestAt - a.newestAt)
      .map((kind) => ({ ...kind, command: commandFor(kind, config) }))
  }

  #keyOf(cause: DeadLetterCause, destination: string | null): string {
    const key = destination === null ? cause : `${cause}/${destination}`
    return this.#kinds.has(key) || this.#kinds.size < MOST_KINDS ? key : `${cause}/${OTHERS}`
  }

  #takeOne(key: string): void {
    const kind = this.#kinds.get(key)
    if (kind === undefined) return
    kind.count -= 1
    if (kind.count === 0) this.#kinds.delete(key)
  }
}

/** What cannot be replayed is shown instead. */
function commandFor({ cause, destination }: Kind, config: string | null): string {
  const what = CAUSE_GUIDE[cause].replayable ? 'replay' : 'list'
  const to = destination === null || destination === OTHERS ? '' : ` --destination ${shellWord(destination)}`
  const from = config === null ? '' : ` -c ${shellWord(config)}`
  return `bellhop dead ${what}${from} --cause ${cause}${to}`
}
