import type { Line, Tone } from './sections.ts'
import { cutToWidth, padTo, widthOf } from './text-width.ts'

export interface Row {
  cells: readonly string[]
  tone: Tone
}

/** No name pushes out what stands behind it; the last column takes what is left. */
const MOST_COLUMNS = 44
const INDENT = '  '

/** Rows as lines with their columns one below the other; without headings where none are given. */
export function table(headings: readonly string[], rows: readonly Row[]): Line[] {
  const all = headings.length === 0 ? [...rows] : [{ cells: headings, tone: 'dim' as const }, ...rows]
  const widths: number[] = []
  for (const { cells } of all) {
    for (const [nth, cell] of cells.entries()) {
      widths[nth] = Math.max(widths[nth] ?? 0, Math.min(MOST_COLUMNS, widthOf(cell)))
    }
  }
  return all.map(({ cells, tone }) => {
    const placed = cells.map((cell, nth) => {
      if (nth === cells.length - 1) return cell
      const width = widths[nth] ?? 0
      return padTo(cutToWidth(cell, width), width)
    })
    return { text: `${INDENT}${placed.join('  ')}`.trimEnd(), tone }
  })
}
