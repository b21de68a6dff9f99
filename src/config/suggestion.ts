import { didYouMean } from '../core/nearest.ts'

/** What is no name may be anything, a secret too: no message repeats it. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,60}$/.test(name)
}

/** `; did you mean "sales"?`, or else the names there are. */
export function suggestion(name: string, names: readonly string[]): string {
  const known = names.filter(isPlainName)
  const question = didYouMean(name, known)
  if (question !== '' || known.length === 0) return question
  const shown = known.slice(0, 12).join(', ')
  return `; known are ${shown}${known.length > 12 ? ', ...' : ''}`
}
