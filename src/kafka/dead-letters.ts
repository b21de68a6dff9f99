import type { DeadLetter } from '../core/records.ts'
import type { RecordCodec } from './record-codec.ts'
import type { OutgoingRecord } from './transactional-writer.ts'

/** A dead letter as it goes to its topic; a transaction or a writer takes it from there. */
export function createDeadLetterRecord(deps: { codec: RecordCodec<DeadLetter>; topic: string }) {
  return (letter: DeadLetter, key: string | Buffer | null): OutgoingRecord => ({
    topic: deps.topic,
    key,
    value: deps.codec.encode(letter),
  })
}
