/**
 * Leaves out what aborted transactions wrote, as a read-committed consumer must (KIP-98; the Java client's
 * CompletedFetch does the same). The broker names each aborted transaction of a fetch by producer and first
 * offset, in no order that can be relied on; the transaction ends at that producer's abort marker.
 */
export interface FetchedRecord {
  offset: string
  key: Buffer | null
  isControlRecord: boolean
  batchContext: { producerId: string; inTransaction: boolean }
}

export interface AbortedTransaction {
  producerId: string
  firstOffset: string
}

/** Control records carry version and type as two 16-bit numbers; type 0 is abort. */
const ABORT_MARKER = Buffer.from([0, 0, 0, 0])

export function withoutAborted<T extends FetchedRecord>(fetched: {
  messages: readonly T[]
  abortedTransactions: readonly AbortedTransaction[] | null
}): T[] {
  const pending = [...(fetched.abortedTransactions ?? [])]
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset)
  if (pending.length === 0) return [...fetched.messages]
  const aborted = new Set<string>()
  let next = 0
  return fetched.messages.filter(({ offset, key, isControlRecord, batchContext }) => {
    for (
      let begun = pending[next];
      begun !== undefined && begun.firstOffset <= Number(offset);
      begun = pending[next]
    ) {
      aborted.add(begun.producerId)
      next += 1
    }
    const { producerId, inTransaction } = batchContext
    if (isControlRecord) {
      if (key !== null && Buffer.from(key).equals(ABORT_MARKER)) aborted.delete(producerId)
      return true
    }
    return !(inTransaction && aborted.has(producerId))
  })
}
