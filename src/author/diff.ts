/** What two lists share in order, and what only one of them has. */
export type Step<A, B> =
  | { kind: 'both'; left: A; right: B }
  | { kind: 'left'; left: A }
  | { kind: 'right'; right: B }

/** Pairs that are compared; beyond it nothing in the middle is found alike. */
const MOST_PAIRS = 4_000_000

/** The alignment with the most pairs that are the same; what only the left has comes before what only the right has. */
export function align<A, B>(
  left: readonly A[],
  right: readonly B[],
  same: (a: A, b: B) => boolean,
): Step<A, B>[] {
  const start = sharedStart(left, right, same)
  const [a, b] = [left.slice(start.length), right.slice(start.length)]
  const middle = a.length * b.length > MOST_PAIRS ? unpaired(a, b) : alignByTable(a, b, same)
  return [...start, ...middle]
}

function sharedStart<A, B>(left: readonly A[], right: readonly B[], same: (a: A, b: B) => boolean) {
  const shared: Step<A, B>[] = []
  for (const [index, a] of left.entries()) {
    const b = right[index]
    if (b === undefined || !same(a, b)) break
    shared.push({ kind: 'both', left: a, right: b })
  }
  return shared
}

function unpaired<A, B>(left: readonly A[], right: readonly B[]): Step<A, B>[] {
  return [
    ...left.map((one): Step<A, B> => ({ kind: 'left', left: one })),
    ...right.map((one): Step<A, B> => ({ kind: 'right', right: one })),
  ]
}

/** `table[i][j]`: the most pairs that what is left of both from i and j on can have. */
function alignByTable<A, B>(
  left: readonly A[],
  right: readonly B[],
  same: (a: A, b: B) => boolean,
): Step<A, B>[] {
  const width = right.length + 1
  const table = new Uint32Array((left.length + 1) * width)
  const at = (i: number, j: number): number => table[i * width + j] ?? 0
  const isSame = left.map((a) => right.map((b) => same(a, b)))
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const paired = isSame[i]?.[j] === true ? at(i + 1, j + 1) + 1 : 0
      table[i * width + j] = Math.max(paired, at(i + 1, j), at(i, j + 1))
    }
  }
  const steps: Step<A, B>[] = []
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    const [a, b] = [left[i], right[j]]
    if (a === undefined || b === undefined) break
    if (isSame[i]?.[j] === true && at(i, j) === at(i + 1, j + 1) + 1) {
      steps.push({ kind: 'both', left: a, right: b })
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      steps.push({ kind: 'left', left: a })
      i += 1
    } else {
      steps.push({ kind: 'right', right: b })
      j += 1
    }
  }
  return [...steps, ...unpaired(left.slice(i), right.slice(j))]
}

/** A line diff for a person: `  ` both, `- ` expected, `+ ` actual; what cannot be seen is shown as its code. */
export function diffLines(expected: string, actual: string): string[] {
  return align(expected.split('\n'), actual.split('\n'), (a, b) => a === b).map((step) => {
    if (step.kind === 'both') return `  ${visible(step.left)}`
    return step.kind === 'left' ? `- ${visible(step.left)}` : `+ ${visible(step.right)}`
  })
}

/** Spaces at the end of a line, controls, odd spaces and marks without width: lines may differ by them alone. */
const INVISIBLE = /[^\P{C}\u200d]|[^\P{Z} ]| +$/gu

/** A line with what cannot be seen in it as `\u00a0`. */
export function visible(line: string): string {
  return line.replaceAll(INVISIBLE, (found) =>
    [...found].map((one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join(''),
  )
}
