/** 65,536 offsets a page. */
const PAGE_BITS = 16
const PAGE_BYTES = 2 ** PAGE_BITS / 8
const PAGE_SIZE = 2 ** PAGE_BITS

/**
 * Which letters have been replayed, a bit each, by partition and offset. Pages are made where a bit is set: a
 * million marks that lie together take 128 KiB, wherever the log begins.
 */
export class ReplayMarks {
  readonly #pages = new Map<number, Map<number, Uint8Array>>()

  add(partition: number, offset: number): void {
    const pages = this.#pages.get(partition) ?? new Map<number, Uint8Array>()
    this.#pages.set(partition, pages)
    const number = Math.floor(offset / PAGE_SIZE)
    const page = pages.get(number) ?? new Uint8Array(PAGE_BYTES)
    pages.set(number, page)
    const bit = offset % PAGE_SIZE
    page[bit >> 3] = (page[bit >> 3] ?? 0) | (1 << (bit & 7))
  }

  has(partition: number, offset: number): boolean {
    const page = this.#pages.get(partition)?.get(Math.floor(offset / PAGE_SIZE))
    if (page === undefined) return false
    const bit = offset % PAGE_SIZE
    return ((page[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  }
}
