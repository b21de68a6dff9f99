import { isUtf8 } from 'node:buffer'
import type { EncodedBytes, RawEvent } from '../core/records.ts'
import type { EventRecord } from './event.ts'

const MOST_VALUE_BYTES = 65_536
const MOST_KEY_BYTES = 4_096
const MOST_HEADER_BYTES = 4_096
const MOST_HEADER_NAME_BYTES = 256
const MOST_HEADERS = 32

/** JSON writes most text in its own bytes, a quote or a line break in two, and a control character in six. */
const MOST_JSON_BYTES_A_BYTE = 2

/**
 * A poison event as its dead letter keeps it: readable where it is text, cut where it is long. Whatever the bytes,
 * it takes less than 448 KiB as JSON: a dead letter that the broker refuses would stop its partition for ever.
 */
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
    headers: headers.slice(0, MOST_HEADERS).map((header) => ({
      name: textWithin(Buffer.from(header.name), MOST_HEADER_NAME_BYTES),
      value: encodeBytes(header.value, MOST_HEADER_BYTES),
    })),
  }
}

/** Text where the bytes are UTF-8 and JSON shows them at a reasonable length, else base64. */
function encodeBytes(bytes: Buffer, mostBytes: number): EncodedBytes {
  const text = isUtf8(bytes) ? textWithin(bytes, mostBytes) : null
  if (text !== null && isCheapAsJson(text)) return { encoding: 'utf8', data: text }
  return { encoding: 'base64', data: bytes.subarray(0, mostBytes).toString('base64') }
}

function isCheapAsJson(text: string): boolean {
  const quotes = 2
  const jsonBytes = Buffer.byteLength(JSON.stringify(text)) - quotes
  return jsonBytes <= MOST_JSON_BYTES_A_BYTE * Buffer.byteLength(text)
}

/** The longest beginning of UTF-8 text that does not split a character. */
function textWithin(bytes: Buffer, mostBytes: number): string {
  let end = Math.min(mostBytes, bytes.length)
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1
  return bytes.subarray(0, end).toString('utf8')
}
