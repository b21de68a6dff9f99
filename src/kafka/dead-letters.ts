import { createHash } from 'node:crypto'
import type { DeadLetter } from '../core/records.ts'
import type { RecordCodec } from './record-codec.ts'
import type { OutgoingRecord } from './transactional-writer.ts'

/** An event's key may be as long as its record; the letter itself holds the beginning of it. */
const MOST_KEY_BYTES = 1_024

/**
 * A dead letter as it goes to its topic; a transaction or a writer takes it from there. A key beyond 1 KiB becomes
 * the hex digits of its SHA-256, so that the letters of one key still lie in one partition.
 */
export function createDeadLetterRecord(deps: { codec: RecordCodec<DeadLetter>; topic: string }) {
  return (letter: DeadLetter, key: string | Buffer | null): OutgoingRecord => ({
    topic: deps.topic,
    key: key !== null && Buffer.byteLength(key) > MOST_KEY_BYTES ? digestOf(key) : key,
    value: deps.codec.encode(letter),
  })
}

function digestOf(key: string | Buffer): string {
  return createHash('sha256').update(key).digest('hex')
}
