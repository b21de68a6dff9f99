import { isUtf8 } from 'node:buffer'
import type { EncodedBytes, RawEvent } from '../core/records.ts'
import type { EventRecord } from './event.ts'

const MOST_VALUE_BYTES = 65_536
const MOST_KEY_BYTES = 4_096
const MOST_HEADER_BYTES = 4_096
const MOST_HEADERS = 32

/** A poison event as its dead letter keeps it: readable where it is text, cut where it is long. */
export function toRawEvent(record: EventRecord): RawEvent {
  const { topic, partition, offset, timestamp, key, headers } = record
  const value = record.value ?? Buffer.alloc(0)
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key === null ? null : encodeBytes(key, MOST_KEY_BYTES),
    value: encodeBytes(value, MOST_VALUE_BYTES),
    value_bytes: value.length,
    headers: headers
      .slice(0, MOST_HEADERS)
      .map((header) => ({ name: header.name, value: encodeBytes(header.value, MOST_HEADER_BYTES) })),
  }
}

function encodeBytes(bytes: Buffer, mostBytes: number): EncodedBytes {
  if (!isUtf8(bytes)) return { encoding: 'base64', data: bytes.subarray(0, mostBytes).toString('base64') }
  return { encoding: 'utf8', data: bytes.subarray(0, characterStart(bytes, mostBytes)).toString('utf8') }
}

/** The largest cut at or below `at` that does not split a UTF-8 character. */
function characterStart(bytes: Buffer, at: number): number {
  let cut = Math.min(at, bytes.length)
  while (cut > 0 && cut < bytes.length && ((bytes[cut] ?? 0) & 0b1100_0000) === 0b1000_0000) cut -= 1
  return cut
}
