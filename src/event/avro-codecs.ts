import { type AvroCursor, AvroFault } from './avro-cursor.ts'
import { doubleValue, floatValue } from './avro-values.ts'

/** Reads a value of one type, or moves over it; both find the same faults in it. */
export interface AvroCodec {
  read(cursor: AvroCursor): unknown
  skip(cursor: AvroCursor): void
}

export const TEXT: AvroCodec = { read: (cursor) => cursor.string(), skip: skipBytes }

export const PRIMITIVES: Readonly<Record<string, AvroCodec>> = {
  null: { read: () => null, skip: () => undefined },
  boolean: reading((cursor) => cursor.boolean()),
  int: reading((cursor) => cursor.int()),
  long: reading((cursor) => cursor.long()),
  float: {
    read: (cursor) => floatValue(cursor.bytes.readFloatLE(cursor.take(4))),
    skip: (cursor) => void cursor.take(4),
  },
  double: {
    read: (cursor) => doubleValue(cursor.bytes.readDoubleLE(cursor.take(8))),
    skip: (cursor) => void cursor.take(8),
  },
  string: TEXT,
  bytes: bytesCodec(base64Of),
}

function skipBytes(cursor: AvroCursor): void {
  cursor.take(cursor.length())
}

/** Reading costs as little as skipping. */
function reading(read: (cursor: AvroCursor) => unknown): AvroCodec {
  return { read, skip: read }
}

export function base64Of(bytes: Buffer): string {
  return bytes.toString('base64')
}

export function bytesCodec(toValue: (bytes: Buffer) => unknown): AvroCodec {
  return { read: (cursor) => toValue(slice(cursor, cursor.length())), skip: skipBytes }
}

export function fixedCodec(size: number, toValue: (bytes: Buffer) => unknown): AvroCodec {
  return { read: (cursor) => toValue(slice(cursor, size)), skip: (cursor) => void cursor.take(size) }
}

function slice(cursor: AvroCursor, length: number): Buffer {
  const from = cursor.take(length)
  return cursor.bytes.subarray(from, cursor.at)
}

export function enumCodec(symbols: readonly string[]): AvroCodec {
  return reading((cursor) => {
    const index = cursor.index()
    return symbols[index] ?? fault(`symbol ${index} of an enum of ${symbols.length}`)
  })
}

export function unionCodec(branches: readonly AvroCodec[]): AvroCodec {
  const next = (cursor: AvroCursor): AvroCodec => {
    const index = cursor.index()
    return branches[index] ?? fault(`branch ${index} of a union of ${branches.length}`)
  }
  return { read: (cursor) => next(cursor).read(cursor), skip: (cursor) => next(cursor).skip(cursor) }
}

function fault(what: string): never {
  throw new AvroFault(what)
}

export function listCodec(item: AvroCodec): AvroCodec {
  return {
    read(cursor) {
      cursor.enter()
      const list: unknown[] = []
      for (let left = cursor.count(); left > 0; left = cursor.count()) {
        for (; left > 0; left--) list.push(item.read(cursor))
      }
      cursor.leave()
      return list
    },
    skip(cursor) {
      cursor.enter()
      for (let left = cursor.count(); left > 0; left = cursor.count()) {
        for (; left > 0; left--) item.skip(cursor)
      }
      cursor.leave()
    },
  }
}

export function mapCodec(value: AvroCodec): AvroCodec {
  return {
    read(cursor) {
      cursor.enter()
      const map: Record<string, unknown> = {}
      for (let left = cursor.count(); left > 0; left = cursor.count()) {
        for (; left > 0; left--) set(map, cursor.string(), value.read(cursor))
      }
      cursor.leave()
      return map
    },
    skip(cursor) {
      cursor.enter()
      for (let left = cursor.count(); left > 0; left = cursor.count()) {
        for (; left > 0; left--) {
          skipBytes(cursor)
          value.skip(cursor)
        }
      }
      cursor.leave()
    },
  }
}

/** Never the prototype: as JSON.parse does it. */
function set(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true })
  } else map[key] = value
}
