/**
 * What an earlier owner of a partition completed beyond the committed offset, as its receipts say: looked up when
 * a dispatch record is read for the first time. An offset alone would not do, since a topic that was made anew
 * counts from zero again: the dispatch record's timestamp is compared too.
 *
 * Four bytes an offset, in pages that exist only where something is complete.
 */
export interface CompletedOffsets {
  /** `queuedAtMs`: the dispatch record's timestamp. The last receipt of an offset counts. */
  add(offset: number, queuedAtMs: number): void
  has(offset: number, queuedAtMs: number): boolean
  /** Below this nothing is asked any more, nor kept. */
  forgetBelow(offset: number): void
  size(): number
}

const OFFSETS_A_PAGE = 256

interface Page {
  /** The stamp of each offset; 0 where it is not complete. */
  stamps: Uint32Array
  size: number
}

export function createCompletedOffsets(): CompletedOffsets {
  const pages = new Map<number, Page>()
  let lowest = 0
  let size = 0

  const drop = (number: number): void => {
    size -= pages.get(number)?.size ?? 0
    pages.delete(number)
  }

  /** By number or by page, whichever is less to go through: each number is passed once in a lifetime. */
  const dropPages = (from: number, to: number): void => {
    if (to - from > pages.size) {
      for (const number of pages.keys()) if (number < to) drop(number)
    } else {
      for (let number = from; number < to; number += 1) drop(number)
    }
  }

  const clear = (page: Page, from: number, to: number): void => {
    const gone = page.stamps.subarray(from, to).reduce((count, stamp) => count + (stamp === 0 ? 0 : 1), 0)
    page.stamps.fill(0, from, to)
    page.size -= gone
    size -= gone
  }

  return {
    add(offset, queuedAtMs) {
      if (offset < lowest) return
      const page = pages.get(pageOf(offset)) ?? { stamps: new Uint32Array(OFFSETS_A_PAGE), size: 0 }
      pages.set(pageOf(offset), page)
      const at = offset % OFFSETS_A_PAGE
      if (page.stamps[at] === 0) {
        page.size += 1
        size += 1
      }
      page.stamps[at] = stampOf(queuedAtMs)
    },
    has(offset, queuedAtMs) {
      return pages.get(pageOf(offset))?.stamps[offset % OFFSETS_A_PAGE] === stampOf(queuedAtMs)
    },
    forgetBelow(offset) {
      if (offset <= lowest) return
      const number = pageOf(offset)
      dropPages(pageOf(lowest), number)
      const page = pages.get(number)
      const from = Math.max(0, lowest - number * OFFSETS_A_PAGE)
      if (page !== undefined) clear(page, from, offset % OFFSETS_A_PAGE)
      lowest = offset
    },
    size: () => size,
  }
}

function pageOf(offset: number): number {
  return Math.floor(offset / OFFSETS_A_PAGE)
}

/** The low 32 bits of the time; never 0, which means none. */
function stampOf(timeMs: number): number {
  return timeMs >>> 0 || 1
}
