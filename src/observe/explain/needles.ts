import type { Place } from './asked.ts'

/**
 * What tells records apart before anything is decoded. bellhop writes its own records with the id first, in JSON and
 * in Avro, and ids, topics and lanes stand in both as plain text.
 */

/** `{"id":"`, and in Avro: five bytes of the wire format, then the text's length in one byte or two. */
const JSON_BEGINS = Buffer.from('{"id":"')
const AVRO_LENGTH_AT = 5
const CONTINUES = 0x80

/** Where the id begins; null where the record is laid out otherwise, by somebody else. */
function idAt(value: Buffer): number | null {
  if (value[0] === 0) return ((value[AVRO_LENGTH_AT] ?? 0) & CONTINUES) === 0 ? 6 : 7
  return startsAt(value, JSON_BEGINS, 0) ? JSON_BEGINS.length : null
}

function startsAt(value: Buffer, needle: Buffer, at: number): boolean {
  const end = at + needle.length
  return end <= value.length && value.compare(needle, 0, needle.length, at, end) === 0
}

/** How a record of the dispatch topic stands to an event. */
export type Standing =
  /** Of another partition of the events, or of an earlier event. */
  | 'other'
  /** It looks as if it were of this event: to be decoded. */
  | 'candidate'
  /** Of a later event of the same partition. */
  | 'later'

/** By the bytes of dispatch records. */
export function createStanding({ topic, partition, offset }: Place): (value: Buffer) => Standing {
  const ofPartition = Buffer.from(`${topic}:${partition}:`)
  const ofEvent = Buffer.from(`${topic}:${partition}:${offset}:`)
  return (value) => {
    const at = idAt(value)
    if (at === null) return value.includes(ofEvent) ? 'candidate' : 'other'
    if (!startsAt(value, ofPartition, at)) return 'other'
    const found = digitsAt(value, at + ofPartition.length)
    if (found === offset) return 'candidate'
    return found > offset ? 'later' : 'other'
  }
}

const [ZERO, NINE] = [0x30, 0x39]

function digitsAt(value: Buffer, from: number): number {
  let number = 0
  for (let at = from; at < value.length; at += 1) {
    const byte = value[at] ?? 0
    if (byte < ZERO || byte > NINE) break
    number = number * 10 + byte - ZERO
  }
  return number
}

/** Whether a record may tell of one of these texts: as it is, or as JSON writes it. */
export function createMention(texts: Iterable<string>): (value: Buffer) => boolean {
  const forms = [...texts].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
  const needles = [...new Set(forms)].map((form) => Buffer.from(form))
  return (value) => needles.some((needle) => value.includes(needle))
}

/**
 * Whether a dead letter may be of an event: it holds the event's coordinates as JSON writes them, or as Avro does
 * (topic, partition and offset side by side), or the id of one of its messages.
 */
export function createLetterMention(place: Place): (value: Buffer) => boolean {
  const { topic, partition, offset } = place
  const needles = [
    Buffer.from(`"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset},`),
    Buffer.concat([
      avroLong(Buffer.byteLength(topic)),
      Buffer.from(topic),
      avroLong(partition),
      avroLong(offset),
    ]),
    Buffer.from(`${topic}:${partition}:${offset}:`),
  ]
  return (value) => needles.some((needle) => value.includes(needle))
}

/** Zigzag and variable length, https://avro.apache.org/docs/1.12.0/specification/#primitive-types-1; not negative. */
function avroLong(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = BigInt(Math.min(value, Number.MAX_SAFE_INTEGER)) * 2n; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn)
    if (rest < 0x80n) return Buffer.from([...bytes, low])
    bytes.push(low | CONTINUES)
  }
}

const PLAIN_ID = /^[\w.:@-]+$/

/**
 * Whether an event may carry a messageId; null where every event has to be decoded to know, since a producer may
 * write such a text in more than one way.
 */
export function createMessageIdMention(id: string): ((value: Buffer) => boolean) | null {
  if (!PLAIN_ID.test(id)) return null
  const needle = Buffer.from(id)
  return (value) => value.includes(needle)
}
