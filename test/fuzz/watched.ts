/**
 * What a worker is at, readable from outside while it hangs: a count of the cases begun, and the newest one as JSON.
 * One writer, one reader; the reader looks only once the count stands still.
 */
const HEADER_BYTES = 8
const MOST_BYTES = 1_048_576

export function createShared(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + MOST_BYTES)
}

export function createWatched(shared: SharedArrayBuffer): { watch(input: unknown): void } {
  const header = new Int32Array(shared, 0, 2)
  const bytes = new Uint8Array(shared, HEADER_BYTES)
  const encoder = new TextEncoder()
  return {
    watch(input) {
      const text = JSON.stringify(input) ?? String(input)
      const { written } = encoder.encodeInto(text, bytes)
      Atomics.store(header, 1, written)
      Atomics.add(header, 0, 1)
    },
  }
}

export function casesBegun(shared: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(shared, 0, 2), 0)
}

export function newestCase(shared: SharedArrayBuffer): string {
  const length = Atomics.load(new Int32Array(shared, 0, 2), 1)
  // A view of shared memory cannot be decoded itself.
  return new TextDecoder().decode(new Uint8Array(shared, HEADER_BYTES, length).slice())
}
