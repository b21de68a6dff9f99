/** How a line is to be shown; where there are no colours it says nothing. */
export type Tone = 'title' | 'bad' | 'warn' | 'good' | 'dim' | 'plain'

export interface Line {
  text: string
  tone: Tone
}

export interface Section {
  title: string
  lines: readonly Line[]
  /** How many of the lines are worth more than others' first ones. */
  least: number
  /** How many are worth anything. */
  most: number
}

/**
 * The sections in their order, in no more rows than there are: each gets its least first, then all get more in turn.
 * What is left out of a section is told in its last row; sections for which there is no room at all are left out from
 * the last one on.
 */
export function fitSections(sections: readonly Section[], rows: number): Line[] {
  const shares = shareOut(sections, rows)
  return sections.flatMap((section, nth) => {
    const share = shares[nth] ?? 0
    return share === 0 ? [] : shown(section, share)
  })
}

/** A title and an empty row before it. */
const FRAME_ROWS = 2

function shareOut(sections: readonly Section[], rows: number): number[] {
  const shares = sections.map(() => 0)
  let left = rows
  for (const [nth, { lines, least, most }] of sections.entries()) {
    const share = Math.min(lines.length, least, most, left - FRAME_ROWS)
    if (share < 1) break
    shares[nth] = share
    left -= share + FRAME_ROWS
  }
  for (let given = true; given && left > 0; ) {
    given = false
    for (const [nth, { lines, most }] of sections.entries()) {
      const share = shares[nth] ?? 0
      if (left === 0 || share === 0 || share >= Math.min(lines.length, most)) continue
      shares[nth] = share + 1
      left -= 1
      given = true
    }
  }
  return shares
}

function shown({ title, lines }: Section, share: number): Line[] {
  const head: Line[] = [
    { text: '', tone: 'plain' },
    { text: title, tone: 'title' },
  ]
  if (lines.length <= share) return [...head, ...lines]
  const left = lines.length - share + 1
  return [
    ...head,
    ...lines.slice(0, share - 1),
    { text: `  … ${left.toLocaleString('en-US')} more`, tone: 'dim' },
  ]
}
