/**
 * Which lanes have messages in a partition for which they had no room, and from where each of them must be read
 * again. Of each lane two offsets are kept, however many messages were passed over:
 *
 *   first   none of the lane's waiting messages lies before it
 *   last    none of those passed over lies beyond it
 *
 * Reading goes in runs: from where it was set to (the start, a rewind, a jump to the frontier) without a gap. A
 * run that came to `first` or began there has met every waiting message of the lane on its way, so the one it
 * meets now is the lane's next, and may be taken; a run that began beyond `first` may have left some behind, and
 * takes nothing of the lane. Nor does a run that passed over a message of the lane itself: the lane waits for
 * the next run, even if it has room again.
 */
export interface PassOver {
  /** Nothing of this lane waits before it. `offset` is where reading stands. */
  mayTake(lane: string, offset: number): boolean
  /** The lane does not get it now. */
  passOver(lane: string, offset: number): void
  /** The lane got it. */
  took(lane: string, offset: number): void
  /** The lane had it and has let go of it: reading comes back to it, and the lane takes nothing beyond before. */
  giveBack(lane: string, offset: number): void
  /**
   * Reading stood at `from` (the next offset it would have come to) and goes on at `to`. Must be told of every
   * seek, rewind and jump alike, or lanes that passed something over stay shut.
   */
  jumped(from: number, to: number): void
  /** Where to read again, at `from` or beyond, for the lanes that wish it; null where there are none. */
  rewindTo(hasWish: (lane: string) => boolean, from?: number): number | null
  /**
   * Whether reading on from `offset` without a jump may come to what was passed over and now has room. Where it
   * does not, reading again is of no use, and may jump to the frontier.
   */
  wishesFrom(offset: number, hasRoom: (lane: string) => boolean): boolean
  /** How many lanes have passed something over. */
  lanes(): number
  clear(): void
}

interface PassedOver {
  first: number
  last: number
  /** The run that passed over `first`. */
  inRun: number
}

export function createPassOver(): PassOver {
  const byLane = new Map<string, PassedOver>()
  let run = 0
  let runStart = 0

  /** Whether this run meets every waiting message of the lane, and passed over none so far. */
  const isOpen = (lane: PassedOver): boolean => lane.inRun !== run && runStart <= lane.first

  return {
    mayTake(lane, offset) {
      const passed = byLane.get(lane)
      return passed === undefined || (isOpen(passed) && offset >= passed.first)
    },
    passOver(lane, offset) {
      const passed = byLane.get(lane)
      if (passed === undefined) {
        byLane.set(lane, { first: offset, last: offset, inRun: run })
        return
      }
      if (isOpen(passed)) {
        passed.first = Math.max(passed.first, offset)
        passed.inRun = run
      }
      passed.last = Math.max(passed.last, offset)
    },
    took(lane, offset) {
      const passed = byLane.get(lane)
      if (passed === undefined) return
      if (offset >= passed.last) byLane.delete(lane)
      else passed.first = Math.max(passed.first, offset + 1)
    },
    giveBack(lane, offset) {
      const { first = offset, last = offset } = byLane.get(lane) ?? {}
      // It lies behind us: whatever this run may yet meet of the lane is not its next.
      byLane.set(lane, { first: Math.min(first, offset), last: Math.max(last, offset), inRun: run })
    },
    jumped(from, to) {
      for (const [lane, passed] of byLane) {
        if (!isOpen(passed)) continue
        // What waited may have been completed by others' hands: a run that went past it all has seen that.
        if (passed.last < from) byLane.delete(lane)
        // All that this run met of the lane was taken, so reading may go on for it here.
        else passed.first = Math.max(passed.first, from)
      }
      run += 1
      runStart = to
    },
    rewindTo(hasWish, from = 0) {
      let lowest: number | null = null
      for (const [lane, { first }] of byLane) {
        if (first < from) continue
        if ((lowest === null || first < lowest) && hasWish(lane)) lowest = first
      }
      return lowest
    },
    wishesFrom(offset, hasRoom) {
      for (const [lane, passed] of byLane) {
        if (isOpen(passed) && passed.last >= offset && hasRoom(lane)) return true
      }
      return false
    },
    lanes: () => byLane.size,
    clear() {
      byLane.clear()
      run += 1
      runStart = 0
    },
  }
}

/** Paces re-reading by its amount: what a partition holds is read again at most once in `everyMs`. */
export interface RewindPacing {
  /** A re-read begins; `span`: how many records lie between its start and the frontier. */
  began(nowMs: number, span: number): void
  /** So many records were read again. */
  read(records: number): void
  mayBegin(nowMs: number): boolean
}

const SHORTEST_PAUSE_MS = 50

/** @param options.leastSpan a shorter span counts as this many records, so that short ones are cheap to repeat. */
export function createRewindPacing(options: { everyMs: number; leastSpan: number }): RewindPacing {
  let beganMs = Number.NEGATIVE_INFINITY
  let spanOfLast = options.leastSpan
  let reread = 0

  return {
    began(nowMs, span) {
      beganMs = nowMs
      spanOfLast = Math.max(span, options.leastSpan)
      reread = 0
    },
    read(records) {
      reread += records
    },
    mayBegin(nowMs) {
      return nowMs >= beganMs + Math.max(SHORTEST_PAUSE_MS, (options.everyMs * reread) / spanOfLast)
    },
  }
}
