import type { DeadLetter } from '../../core/records.ts'

/**
 * The dead letters of destinations that the demo has taken away, and how many letters were replayed: what is left is
 * not delivered.
 */
export interface DownLetters {
  /** From now on the destination's messages may come to lie here. */
  expect(destination: string): void
  /** True where the letter is one of these, or the mark of a replay. */
  take(letter: Pick<DeadLetter, 'kind' | 'cause' | 'destination'>): boolean
  count(destination: string): number
  /** When the newest was read, monotonic; -Infinity where there is none. */
  newestMs(destination: string): number
  /** Marks of letters that were replayed. The demo replays no others. */
  readonly replayed: number
}

export function createDownLetters(monotonicMs: () => number): DownLetters {
  const letters = new Map<string, { count: number; newestMs: number }>()
  let replayed = 0
  return {
    expect(destination) {
      if (!letters.has(destination)) letters.set(destination, { count: 0, newestMs: -Infinity })
    },
    take({ kind, cause, destination }) {
      if (kind === 'replayed') {
        replayed += 1
        return true
      }
      const known = letters.get(destination ?? '')
      if (kind !== 'message' || cause !== 'destination_down' || known === undefined) return false
      known.count += 1
      known.newestMs = monotonicMs()
      return true
    },
    count: (destination) => letters.get(destination)?.count ?? 0,
    newestMs: (destination) => letters.get(destination)?.newestMs ?? -Infinity,
    get replayed() {
      return replayed
    },
  }
}
