import type { Range } from './source.ts'
import { PUBLIC_NAMES } from './spec/config-spec.ts'

const KEY = /^(\s*(?:- +)*)(["']?)([\w.-]+)\2\s*:(?=\s|$)/
const INNER_KEY = /([\w.-]+)["']?\s*:\s/g

/** What to hide of a file that YAML cannot read: judged line by line, and rather too much. */
export function hiddenInBrokenText(text: string): Range[] {
  const ranges: Range[] = []
  let open: { indent: number; isPublic: boolean } | null = null
  let start = 0
  for (const line of text.split('\n')) {
    const key = KEY.exec(line)
    if (key !== null) {
      const isPublic = PUBLIC_NAMES.has(key[3] ?? '')
      open = { indent: key[1]?.length ?? 0, isPublic }
      ranges.push([
        start + (isPublic ? shownLength(line, key[0].length) : key[0].length),
        start + line.length,
      ])
    } else if (!continues(line, open)) {
      ranges.push([start, start + line.length])
    }
    start += line.length + 1
  }
  return ranges
}

/** A public option's line is shown up to the first secret one in it, as in `sasl: { username: ... }`. */
function shownLength(line: string, from: number): number {
  for (const inner of line.slice(from).matchAll(INNER_KEY)) {
    if (!PUBLIC_NAMES.has(inner[1] ?? '')) return from + inner.index + inner[0].length
  }
  return line.length
}

function continues(line: string, open: { indent: number; isPublic: boolean } | null): boolean {
  const indent = line.search(/\S/)
  if (open === null || !open.isPublic || indent === -1) return false
  return indent > open.indent || (indent === open.indent && line[indent] === '-')
}
