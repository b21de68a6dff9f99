/**
 * Which dispatch offsets of one partition are not complete: the only source of what may be committed. Everything
 * below `committable()` is complete, whatever holes lie above. An offset goes one way, but for one step:
 *
 *   new           not read yet: at or beyond the frontier
 *   passed_over   read, but in no lane: `open`
 *   queued        in a lane: `take`; `giveBack` makes it passed_over again, the one way back
 *   complete      its fate is on record: `complete`; also what held nothing to do
 *
 * Any backlog and any hole pattern: two bits an offset, in pages that exist only where something is open. Each
 * operation costs O(1) on average, the search for the next open offset included.
 */
export interface PartitionTracker {
  /** One past the last offset that was read for the first time. */
  frontier(): number
  /**
   * A record was read for the first time, and there is something to do: it is passed over until it is taken.
   *
   * @throws RangeError where it lies below the frontier.
   */
  open(offset: number): void
  /** Reading has come to here: what was never opened below holds nothing to do. Going back changes nothing. */
  readUpTo(nextOffset: number): void
  /**
   * It is in a lane now.
   *
   * @throws RangeError where it is not passed over: a message that is in two lanes would be posted twice.
   */
  take(offset: number): void
  /**
   * Its lane has let go of it. False where there is nothing more to do, since it is complete.
   *
   * @throws RangeError where it is in no lane.
   */
  giveBack(offset: number): boolean
  state(offset: number): OffsetState
  /** Queued or passed over; of no effect where it is complete or was never opened. */
  complete(offset: number): void
  /** The next offset to commit: the lowest that is not complete, else the frontier. */
  committable(): number
  /** How many are queued or passed over. */
  incomplete(): number
}

export type OffsetState = 'new' | 'passed_over' | 'queued' | 'complete'

export function createPartitionTracker(startOffset: number): PartitionTracker {
  const pages = createPages()
  let frontier = startOffset
  let incomplete = 0

  const state = (offset: number): OffsetState => {
    if (offset >= frontier) return 'new'
    const place = pages.find(offset)
    if (place === null || !isSet(place, OPEN)) return 'complete'
    return isSet(place, QUEUED) ? 'queued' : 'passed_over'
  }

  return {
    frontier: () => frontier,
    open(offset) {
      if (offset < frontier) throw new RangeError(`offset ${offset} was read before ${frontier}`)
      pages.open(offset)
      frontier = offset + 1
      incomplete += 1
    },
    readUpTo(nextOffset) {
      frontier = Math.max(frontier, nextOffset)
    },
    take(offset) {
      const place = pages.find(offset)
      const was = state(offset)
      if (place === null || was !== 'passed_over') throw new RangeError(`offset ${offset} is ${was}`)
      set(place, QUEUED)
    },
    giveBack(offset) {
      const place = pages.find(offset)
      const was = state(offset)
      if (was === 'complete') return false
      if (place === null || was !== 'queued') throw new RangeError(`offset ${offset} is ${was}`)
      clear(place, QUEUED)
      return true
    },
    state,
    complete(offset) {
      const place = pages.find(offset)
      if (place === null || !isSet(place, OPEN)) return
      incomplete -= 1
      pages.close(place)
    },
    committable: () => pages.lowestOpen() ?? frontier,
    incomplete: () => incomplete,
  }
}

const OFFSETS_A_PAGE = 4_096
const BITS_A_WORD = 32
const WORDS = OFFSETS_A_PAGE / BITS_A_WORD
/** Where in a page's words the bits of each kind begin. */
const OPEN = 0
const QUEUED = WORDS

/** Pages that hold something open are linked in ascending order, which is the order in which they come to be. */
interface Page {
  number: number
  bits: Uint32Array
  open: number
  /** No open offset lies in a word before this one. It only ascends, since offsets are opened in ascending order. */
  firstWord: number
  previous: Page | null
  next: Page | null
}

/** One offset's bit in its page. */
interface Place {
  page: Page
  word: number
  mask: number
}

function isSet({ page, word, mask }: Place, kind: number): boolean {
  return ((page.bits[kind + word] ?? 0) & mask) !== 0
}

function set({ page, word, mask }: Place, kind: number): void {
  page.bits[kind + word] = (page.bits[kind + word] ?? 0) | mask
}

function clear({ page, word, mask }: Place, kind: number): void {
  page.bits[kind + word] = (page.bits[kind + word] ?? 0) & ~mask
}

function createPages() {
  const byNumber = new Map<number, Page>()
  let lowest: Page | null = null
  let highest: Page | null = null
  /** The bits of the last page that emptied, all zero again: a partition that keeps up opens and closes one page. */
  let spare: Uint32Array | null = null

  const append = (number: number): Page => {
    const bits = spare ?? new Uint32Array(2 * WORDS)
    spare = null
    const page: Page = { number, bits, open: 0, firstWord: 0, previous: highest, next: null }
    if (highest === null) lowest = page
    else highest.next = page
    highest = page
    byNumber.set(number, page)
    return page
  }

  const remove = (page: Page): void => {
    if (page.previous === null) lowest = page.next
    else page.previous.next = page.next
    if (page.next === null) highest = page.previous
    else page.next.previous = page.previous
    byNumber.delete(page.number)
    spare = page.bits
  }

  return {
    find(offset: number): Place | null {
      const page = byNumber.get(Math.floor(offset / OFFSETS_A_PAGE))
      return page === undefined ? null : placeIn(page, offset)
    },
    /** The highest of all so far. */
    open(offset: number): void {
      const number = Math.floor(offset / OFFSETS_A_PAGE)
      const page = byNumber.get(number) ?? append(number)
      set(placeIn(page, offset), OPEN)
      page.open += 1
    },
    close(place: Place): void {
      clear(place, OPEN)
      clear(place, QUEUED)
      place.page.open -= 1
      if (place.page.open === 0) remove(place.page)
    },
    lowestOpen(): number | null {
      if (lowest === null) return null
      while (lowest.bits[OPEN + lowest.firstWord] === 0) lowest.firstWord += 1
      const word = lowest.bits[OPEN + lowest.firstWord] ?? 0
      return lowest.number * OFFSETS_A_PAGE + lowest.firstWord * BITS_A_WORD + lowestBit(word)
    },
  }
}

function placeIn(page: Page, offset: number): Place {
  const at = offset - page.number * OFFSETS_A_PAGE
  return { page, word: Math.floor(at / BITS_A_WORD), mask: 1 << (at % BITS_A_WORD) }
}

function lowestBit(word: number): number {
  return BITS_A_WORD - 1 - Math.clz32(word & -word)
}
