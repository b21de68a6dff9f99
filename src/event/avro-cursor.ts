/** Why bytes are not what their schema says. Thrown inside src/event/avro-*.ts alone, which makes poison of it. */
export class AvroFault extends Error {}

/** How deep a value may nest: what comes out has to be walked by others. */
const MOST_DEPTH = 500
/** Items that take no bytes, such as nulls and empty records: a count of them costs nothing to write. */
const MOST_EMPTY_ITEMS = 10_000

const TWO_TO_28 = 2 ** 28
/** Below it, this and 28 more bits are exact in a double. */
const EXACT_MIDDLE = 2 ** 24

/**
 * Reads Avro's binary encoding from untrusted bytes: never beyond their end, and never with more work than they are
 * long. avsc's own reader trusts counts and lengths: ten bytes keep it busy for hours.
 */
export class AvroCursor {
  readonly bytes: Buffer
  at: number
  #depth = 0
  #itemsLeft: number

  constructor(bytes: Buffer, from: number) {
    this.bytes = bytes
    this.at = from
    this.#itemsLeft = bytes.length + MOST_EMPTY_ITEMS
  }

  /** Into a record, list or map, and what it costs to be in one. */
  enter(): void {
    this.#depth += 1
    if (this.#depth > MOST_DEPTH) throw new AvroFault(`it nests deeper than ${MOST_DEPTH} levels`)
    this.#spend(1)
  }

  leave(): void {
    this.#depth -= 1
  }

  /** How many items of a list or map come next; 0 is its end. */
  count(): number {
    const written = this.long()
    if (written === 0) return 0
    if (typeof written === 'bigint')
      throw new AvroFault('a list or map counts more items than there are bytes')
    // A negative count is followed by the bytes that its items take, for those who skip them unseen.
    if (written < 0) this.length()
    const items = Math.abs(written)
    this.#spend(items)
    return items
  }

  /** Of what follows: never more than there is. */
  length(): number {
    const length = this.long()
    if (typeof length === 'bigint' || length < 0 || length > this.bytes.length - this.at) {
      throw new AvroFault('a text or list is longer than the bytes that are left')
    }
    return length
  }

  /** Moves over bytes, and gives where they began. */
  take(length: number): number {
    const from = this.at
    if (length > this.bytes.length - from) throw new AvroFault('it ends too early')
    this.at = from + length
    return from
  }

  string(): string {
    const length = this.length()
    const from = this.at
    this.at = from + length
    return this.bytes.toString('utf8', from, this.at)
  }

  boolean(): boolean {
    const byte = this.bytes[this.take(1)]
    if (byte !== 0 && byte !== 1) throw new AvroFault(`byte ${byte} where true or false is expected`)
    return byte === 1
  }

  int(): number {
    const value = this.long()
    if (typeof value === 'number' && value === (value | 0)) return value
    throw new AvroFault('a number is larger than its type int holds')
  }

  /** Of an enum or union: always small, so that a larger one is none. */
  index(): number {
    const value = this.long()
    return typeof value === 'number' ? value : -1
  }

  /** A zigzag varint; a number where that is exact. */
  long(): number | bigint {
    const { bytes } = this
    let byte = bytes[this.at++] ?? endedEarly()
    let low = byte & 0x7f
    for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
      byte = bytes[this.at++] ?? endedEarly()
      low |= (byte & 0x7f) << shift
    }
    return byte < 0x80 ? (low >>> 1) ^ -(low & 1) : this.#longBeyond(low)
  }

  /** `low`: the 28 bits that came first. */
  #longBeyond(low: number): number | bigint {
    let middle = 0
    let byte = 0x80
    for (let factor = 1; byte >= 0x80 && factor < TWO_TO_28; factor *= 128) {
      byte = this.bytes[this.at++] ?? endedEarly()
      middle += (byte & 0x7f) * factor
    }
    if (byte >= 0x80) return this.#longest(low, middle)
    if (middle >= EXACT_MIDDLE) return exact(unzigzag(BigInt(middle) * BigInt(TWO_TO_28) + BigInt(low)))
    const zigzag = middle * TWO_TO_28 + low
    return zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2
  }

  /** The last 8 of 64 bits, in two bytes at most. */
  #longest(low: number, middle: number): number | bigint {
    const first = this.bytes[this.at++] ?? endedEarly()
    const second = first >= 0x80 ? (this.bytes[this.at++] ?? endedEarly()) : 0
    if (second > 1) throw new AvroFault('a number is longer than its type long holds')
    const high = (first & 0x7f) + second * 128
    const zigzag = (BigInt(high) << 56n) + BigInt(middle) * BigInt(TWO_TO_28) + BigInt(low)
    return exact(unzigzag(zigzag))
  }

  #spend(items: number): void {
    this.#itemsLeft -= items
    if (this.#itemsLeft < 0) throw new AvroFault('a list or map counts more items than there are bytes')
  }
}

function endedEarly(): never {
  throw new AvroFault('it ends too early')
}

function unzigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n)
}

function exact(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
