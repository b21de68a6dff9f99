import { createHash } from 'node:crypto'

/**
 * What a commit of the dispatch consumer says beside the offset, in its metadata: who holds the partition, and
 * from where its receipts must be read. Text that a person can read:
 *
 *     bellhop/1 receipts=1042 holder=bellhop-7f3c
 *     bellhop/1 receipts=1042 released
 */
export interface CommitMetadata {
  /** What `holderName` gives for the owner's member id; null: nobody holds the partition. */
  holder: string | null
  /** The first offset of the receipts partition that a new owner must read. */
  receiptsFrom: number
}

export type DecodedCommitMetadata =
  /** Nothing was ever committed, or by somebody who wrote no metadata. */
  | { kind: 'none' }
  /** Not ours to understand: another program's, or a later version's. */
  | { kind: 'foreign' }
  | { kind: 'claimed'; holder: string; receiptsFrom: number }
  | { kind: 'released'; receiptsFrom: number }

/** Percent-encoding makes three of each byte at most, and the broker takes 4,096 bytes (offset.metadata.max.bytes). */
const MOST_HOLDER_BYTES = 1_000

/**
 * What stands for a group member: its id, or a fingerprint of an id that is too long. Compare these, not ids.
 * Half a surrogate pair becomes U+FFFD, as it does on the wire.
 */
export function holderName(memberId: string): string {
  const name = memberId.toWellFormed()
  if (Buffer.byteLength(name) <= MOST_HOLDER_BYTES) return name
  return `sha256:${createHash('sha256').update(name).digest('hex')}`
}

/** @throws RangeError where `receiptsFrom` is no offset. */
export function encodeCommitMetadata({ holder, receiptsFrom }: CommitMetadata): string {
  if (!Number.isSafeInteger(receiptsFrom) || receiptsFrom < 0) {
    throw new RangeError(`${receiptsFrom} is no offset`)
  }
  const owner = holder === null ? 'released' : `holder=${encodeURIComponent(holderName(holder))}`
  return `bellhop/1 receipts=${receiptsFrom} ${owner}`
}

export function decodeCommitMetadata(text: string | null): DecodedCommitMetadata {
  if (text === null || text === '') return { kind: 'none' }
  const found = /^bellhop\/1 receipts=(\d{1,16}) (?:released|holder=(\S*))$/.exec(text)
  const receiptsFrom = Number(found?.[1])
  if (found === null || !Number.isSafeInteger(receiptsFrom)) return { kind: 'foreign' }
  if (found[2] === undefined) return { kind: 'released', receiptsFrom }
  const holder = percentDecoded(found[2])
  return holder === null ? { kind: 'foreign' } : { kind: 'claimed', holder, receiptsFrom }
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
