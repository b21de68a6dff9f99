import type { Type } from 'avsc'
import { AppError } from '../core/errors.ts'
import { AvroCursor, AvroFault } from '../event/avro-cursor.ts'
import { type AvroReader, createAvroReader } from '../event/avro-reader.ts'
import type { SchemaStore } from '../registry/schema-store.ts'

/**
 * bellhop's own records in the Confluent wire format: a zero byte, four bytes of the writer's schema id, the value in
 * Avro binary. Neither JSON nor any text of ours begins with a zero byte.
 */
export interface AvroForm {
  /** Null where records are written as JSON. */
  write: ((record: unknown) => Buffer) | null
  missingSchema(value: Buffer): number | null
  learn(ids: Iterable<number>): Promise<void>
  /** Null where the value is not Avro. What is decoded is as its writer's schema has it, and unchecked. */
  read(value: Buffer): ReadAvro | null
}

export type ReadAvro =
  | { kind: 'decoded'; record: unknown }
  | { kind: 'malformed' | 'unknown_schema'; detail: string }

interface AvroFormDeps {
  type: Type
  schemas: SchemaStore | null
  /** Of our own schema; null where records are written as JSON. */
  id: number | null
}

const HEADER_BYTES = 5
const FIRST_BUFFER_BYTES = 4_096

export function createAvroForm({ type, schemas, id }: AvroFormDeps): AvroForm {
  const writers = new Map<number, AvroReader>()
  if (id !== null) writers.set(id, createAvroReader(type))
  return {
    write: id === null ? null : createWrite(type, id),
    missingSchema(value) {
      const writerId = writerIdOf(value)
      if (writerId === null || writers.has(writerId)) return null
      return schemas?.get(writerId) === undefined ? writerId : null
    },
    async learn(ids) {
      if (schemas === null) throw noRegistry(ids)
      await schemas.learn(ids)
    },
    read(value) {
      const writerId = writerIdOf(value)
      if (writerId === null) return null
      const writer = writers.get(writerId) ?? writerOf(writerId, schemas)
      if ('kind' in writer) return writer
      writers.set(writerId, writer)
      return readWith(writer, value, writerId)
    },
  }
}

type Unreadable = Extract<ReadAvro, { detail: string }>

function writerOf(id: number, schemas: SchemaStore | null): AvroReader | Unreadable {
  if (schemas === null) return { kind: 'unknown_schema', detail: 'in Avro, and registry.url is not set' }
  const known = schemas.get(id)
  if (known === undefined) throw new TypeError(`schema ${id} is read before it is learnt`)
  if (known === 'unknown') return { kind: 'unknown_schema', detail: `schema ${id} is not in the registry` }
  if (known === 'unusable') return { kind: 'malformed', detail: `schema ${id} is none of bellhop's` }
  return createAvroReader(known)
}

/** Whether a value is in the Confluent wire format, and under which schema; null where it is not. */
function writerIdOf(value: Buffer): number | null {
  if (value[0] !== 0 || value.length < HEADER_BYTES) return null
  const id = value.readInt32BE(1)
  return id > 0 ? id : null
}

function readWith({ read }: AvroReader, value: Buffer, id: number): ReadAvro {
  const cursor = new AvroCursor(value, HEADER_BYTES)
  try {
    const record = read(cursor)
    if (cursor.at === value.length) return { kind: 'decoded', record }
  } catch (error) {
    if (!(error instanceof AvroFault)) throw error
  }
  return { kind: 'malformed', detail: `not written with its schema ${id}` }
}

/** Into a buffer of its own that is used again and again, and from there into one of the right size. */
function createWrite(type: Type, id: number): (record: unknown) => Buffer {
  let scratch = scratchOf(FIRST_BUFFER_BYTES, id)
  return (record) => {
    let end = type.encode(record, scratch, HEADER_BYTES)
    if (end < 0) {
      scratch = scratchOf(2 * (scratch.length - end), id)
      end = type.encode(record, scratch, HEADER_BYTES)
    }
    return Buffer.from(scratch.subarray(0, end))
  }
}

function scratchOf(bytes: number, id: number): Buffer {
  const scratch = Buffer.alloc(bytes)
  scratch.writeInt32BE(id, 1)
  return scratch
}

function noRegistry(ids: Iterable<number>): AppError {
  return new AppError(
    'config_invalid',
    `records here are in Avro (schema ${[...ids].join(', ')}), and the configuration names no schema registry: set ` +
      'registry.url to the one they were written with.',
  )
}
