/** What arrived at a receiver, counted as it came. Message texts begin with their number within their webhook. */
export interface Tally {
  posts: number
  /** Distinct messages; a joint post holds several, one a line. */
  messages: number
  repeated: number
  outOfOrder: number
  rateLimited: number
  /** Characters of the longest post. */
  longestPost: number
  /** Monotonic, of the whole machine; 0 before the first post. */
  firstMs: number
  lastMs: number
}

export interface Post {
  path: string
  text: string
  atMs: number
}

/** `now` for several processes of one machine: none of them has the same performance.timeOrigin. */
export function machineNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export function numberOf(line: string): number {
  return Number.parseInt(line, 10)
}

export function createTally(): { tally: Tally; add(post: Post): void } {
  const tally: Tally = {
    posts: 0,
    messages: 0,
    repeated: 0,
    outOfOrder: 0,
    rateLimited: 0,
    longestPost: 0,
    firstMs: 0,
    lastMs: 0,
  }
  const seen = new Map<string, { numbers: Set<number>; last: number }>()
  return {
    tally,
    add({ path, text, atMs }) {
      const known = seen.get(path) ?? { numbers: new Set<number>(), last: -1 }
      seen.set(path, known)
      for (const line of text.split('\n')) {
        const number = numberOf(line)
        if (known.numbers.has(number)) {
          tally.repeated += 1
          continue
        }
        known.numbers.add(number)
        if (number < known.last) tally.outOfOrder += 1
        known.last = number
        tally.messages += 1
      }
      tally.posts += 1
      tally.longestPost = Math.max(tally.longestPost, text.length)
      tally.firstMs ||= atMs
      tally.lastMs = atMs
    },
  }
}
