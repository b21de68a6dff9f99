import { closest, distance } from 'fastest-levenshtein'

/** The name that was probably meant, or null where none is near: at most a third of its letters differ. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null
  const wanted = name.toLowerCase().replaceAll('-', '_')
  const exact = known.find((candidate) => candidate.toLowerCase().replaceAll('-', '_') === wanted)
  if (exact !== undefined) return exact
  const candidate = closest(name, known)
  const tolerated = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
  return distance(name, candidate) <= tolerated ? candidate : null
}

/** What is no name may be anything, a secret too: no message repeats it. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,60}$/.test(name)
}

/** `; did you mean "sales"?`, or else the names there are. */
export function suggestion(name: string, names: readonly string[]): string {
  const known = names.filter(isPlainName)
  const near = nearest(name, known)
  if (near !== null) return `; did you mean "${near}"?`
  if (known.length === 0) return ''
  const shown = known.slice(0, 12).join(', ')
  return `; known are ${shown}${known.length > 12 ? ', ...' : ''}`
}
