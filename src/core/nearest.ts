import { closest, distance } from 'fastest-levenshtein'

/** Fewer letters are the beginning of too many names. */
const MIN_BEGINNING = 3

/**
 * The name that was probably meant, or null where none is near: at most a third of its letters differ, two neighbours
 * are swapped, or it is the only one that begins like this (`lower` for `lowercase`).
 */
export function nearest(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null
  const wanted = name.toLowerCase().replaceAll('-', '_')
  const exact = known.find((candidate) => candidate.toLowerCase().replaceAll('-', '_') === wanted)
  if (exact !== undefined) return exact
  const candidate = closest(name, known)
  const tolerated = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
  if (distance(name, candidate) <= tolerated || isSwapped(name, candidate)) return candidate
  const longer = known.filter((one) => one.toLowerCase().startsWith(wanted))
  return wanted.length >= MIN_BEGINNING && longer.length === 1 ? (longer[0] ?? null) : null
}

/** `; did you mean "sales"?`, or nothing where no name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === null ? '' : `; did you mean "${near}"?`
}

/** Two neighbouring letters have changed places, which counts as two letters that differ. */
function isSwapped(name: string, candidate: string): boolean {
  if (name.length !== candidate.length) return false
  const at = [...name].findIndex((letter, index) => letter !== candidate[index])
  const [first, second] = [name[at], name[at + 1]]
  return at >= 0 && `${name.slice(0, at)}${second}${first}${name.slice(at + 2)}` === candidate
}
