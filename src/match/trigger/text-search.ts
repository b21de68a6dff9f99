/** Finds a text in a text in time that grows with their lengths and never with their product. */

/**
 * V8's own search is quadratic for long repetitive needles (a 200 kB needle in 500 kB: 14 s), and a needle may come
 * from an event. Up to this length it is fast in every case.
 */
const MAX_NATIVE_NEEDLE = 256

/** As String.indexOf. */
export function findText(text: string, part: string, from = 0): number {
  if (part.length <= MAX_NATIVE_NEEDLE) return text.indexOf(part, from)
  return findLong({ text, part, from })
}

/** Knuth, Morris, Pratt: `borders[n]` is the length of the longest proper border of the part's first n units. */
function findLong({ text, part, from }: { text: string; part: string; from: number }): number {
  const borders = bordersOf(part)
  let matched = 0
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched] ?? 0
    if (part.charCodeAt(matched) === unit) matched++
    if (matched === part.length) return at + 1 - matched
  }
  return -1
}

function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length + 1)
  let border = 0
  for (let at = 1; at < part.length; at++) {
    const unit = part.charCodeAt(at)
    while (border > 0 && part.charCodeAt(border) !== unit) border = borders[border] ?? 0
    if (part.charCodeAt(border) === unit) border++
    borders[at + 1] = border
  }
  return borders
}
