import { Secret } from '../core/secret.ts'

/** Whether two parts of configurations say the same: plain values, lists, maps, records of them, and secrets. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (one instanceof Secret || other instanceof Secret) {
    return one instanceof Secret && other instanceof Secret && one.reveal() === other.reveal()
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && sameList(one, other)
  }
  const [entries, others] = [entriesOf(one), entriesOf(other)]
  return (
    entries.size === others.size &&
    [...entries].every(([key, value]) => others.has(key) && sameValue(value, others.get(key)))
  )
}

function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, nth) => sameValue(value, other[nth]))
}

function entriesOf(value: object): ReadonlyMap<unknown, unknown> {
  return value instanceof Map ? value : new Map(Object.entries(value))
}
