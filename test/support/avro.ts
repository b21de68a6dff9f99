/** Types and bytes in Avro, for tests that have no registry. */
import avro, { type Schema, type Type } from 'avsc'
import { type AvroDecoder, createAvroDecoder } from '../../src/event/decode-avro.ts'
import { AVRO_OPTIONS } from '../../src/registry/avro-types.ts'

/** The id of the only schema there is. */
export const SCHEMA_ID = 7
/** What stands before its values. */
export const HEADER = Buffer.from([0, 0, 0, 0, SCHEMA_ID])

/** As the registry's client makes it. */
export function typeOf(schema: unknown): Type {
  return avro.Type.forSchema(schema as Schema, { ...AVRO_OPTIONS })
}

export function decoderOf(schema: unknown): AvroDecoder {
  const type = typeOf(schema)
  return createAvroDecoder({ get: (id) => (id === SCHEMA_ID ? type : 'unknown') })
}

/** A record with one field `v`. */
export function recordWith(type: unknown): { type: string; name: string; fields: object[] } {
  return { type: 'record', name: 'Event', fields: [{ name: 'v', type }] }
}

/** Such a record from its bytes. */
export function decodeBytes(type: unknown, bytes: Iterable<number>): ReturnType<AvroDecoder['decode']> {
  return decoderOf(recordWith(type)).decode(Buffer.concat([HEADER, Buffer.from([...bytes])]))
}

/** A number of up to 64 bits as Avro writes it. */
export function zigzag(value: bigint): Buffer {
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const encoded: number[] = []
  for (; left >= 128n; left >>= 7n) encoded.push(Number(left & 127n) | 128)
  return Buffer.from([...encoded, Number(left)])
}
