import type { Random } from '../../src/core/random.ts'

/** Each item once before any comes again. */
export function endlessly<T>(items: readonly T[], random: Random): () => T {
  let left: T[] = []
  return () => {
    if (left.length === 0) left = shuffled(items, random)
    const next = left.pop()
    if (next === undefined) throw new Error('there is nothing to draw from')
    return next
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
