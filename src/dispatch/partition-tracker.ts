/**
 * Which dispatch offsets of one partition are complete: the only source of what may be committed. Offsets are
 * tracked in the order they are read; they complete in any order, since lanes go at their own pace. Everything
 * below `committable()` is complete, whatever holes lie above.
 */
export interface PartitionTracker {
  /** A record was read and is now in work. Offsets only ascend. */
  track(offset: number): void
  complete(offset: number): void
  /** Reading has come to here; offsets in between that were never tracked hold nothing to do. */
  readUpTo(nextOffset: number): void
  /** The next offset to commit: one past the highest contiguous completed offset. */
  committable(): number
  /** Tracked and not complete. */
  incomplete(): number
}

/** Completed offsets are forgotten in batches, so that completing one costs O(1) on average. */
const FORGET_AT = 1_024

export function createPartitionTracker(startOffset: number): PartitionTracker {
  let tracked: number[] = []
  let first = 0
  const completed = new Set<number>()
  let position = startOffset

  const advance = (): void => {
    for (
      let offset = tracked[first];
      offset !== undefined && completed.has(offset);
      offset = tracked[first]
    ) {
      completed.delete(offset)
      first += 1
    }
    if (first < FORGET_AT) return
    tracked = tracked.slice(first)
    first = 0
  }

  return {
    track(offset) {
      if (offset < position) throw new RangeError(`offset ${offset} was read before ${position}`)
      tracked.push(offset)
      position = offset + 1
    },
    complete(offset) {
      completed.add(offset)
      advance()
    },
    readUpTo(nextOffset) {
      position = Math.max(position, nextOffset)
    },
    committable: () => tracked[first] ?? position,
    incomplete: () => tracked.length - first - completed.size,
  }
}
