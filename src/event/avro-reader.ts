import avro, { type Type } from 'avsc'
import { LogicalAvroType } from '../registry/avro-types.ts'
import {
  type AvroCodec,
  base64Of,
  enumCodec,
  fixedCodec,
  listCodec,
  mapCodec,
  PRIMITIVES,
  unionCodec,
} from './avro-codecs.ts'
import type { AvroCursor } from './avro-cursor.ts'
import { logicalCodec } from './avro-logical.ts'

const { types } = avro

/** How values of a writer's type are read, whole or as far as it takes to know which rules they concern. */
export interface AvroReader {
  read(cursor: AvroCursor): unknown
  /** Moves over the whole value and finds the same faults in it; null where the type is no record. */
  peek: ((cursor: AvroCursor) => { type: unknown; event: unknown }) | null
}

export function createAvroReader(type: Type): AvroReader {
  // A type that contains itself has one codec.
  const codecs: Codecs = new Map()
  const { read } = codecOf(type, codecs)
  return { read, peek: type instanceof types.RecordType ? createPeek(type, codecs) : null }
}

function createPeek({ fields }: Fields, codecs: Codecs): NonNullable<AvroReader['peek']> {
  const parts = fields.map(({ name, type }) => ({ name, codec: codecOf(type, codecs) }))
  return (cursor) => {
    const found: { type: unknown; event: unknown } = { type: undefined, event: undefined }
    cursor.enter()
    for (const { name, codec } of parts) {
      if (name === 'type' || name === 'event') found[name] = codec.read(cursor)
      else codec.skip(cursor)
    }
    cursor.leave()
    return found
  }
}

type Codecs = Map<Type, AvroCodec>

function codecOf(type: Type, codecs: Codecs): AvroCodec {
  const known = codecs.get(type)
  if (known !== undefined) return known
  const codec: AvroCodec = { read: notYet, skip: notYet }
  codecs.set(type, codec)
  return Object.assign(codec, makeCodec(type, codecs))
}

function notYet(): never {
  throw new Error('an Avro codec is used before it is made')
}

function makeCodec(type: Type, codecs: Codecs): AvroCodec {
  if (type instanceof types.RecordType) return recordCodec(type, codecs)
  if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType) {
    return unionCodec(type.types.map((branch) => codecOf(branch, codecs)))
  }
  if (type instanceof types.ArrayType) return listCodec(codecOf(type.itemsType, codecs))
  // Its declaration in avsc is wrong.
  if (type instanceof types.MapType) return mapCodec(codecOf(type.valuesType as Type, codecs))
  if (type instanceof types.EnumType) return enumCodec(type.symbols)
  if (type instanceof types.FixedType) return fixedCodec(type.size, base64Of)
  if (type instanceof LogicalAvroType) return logicalCodec(type)
  const primitive = PRIMITIVES[type.typeName]
  if (primitive === undefined) throw new Error(`no Avro type ${type.typeName}`)
  return primitive
}

interface Fields {
  fields: readonly { name: string; type: Type }[]
}

function recordCodec({ fields }: Fields, codecs: Codecs): AvroCodec {
  const parts = fields.map(({ type }) => codecOf(type, codecs))
  const readFields = createReadFields(
    fields.map(({ name }) => name),
    parts,
  )
  return {
    read(cursor) {
      cursor.enter()
      const record = readFields(cursor)
      cursor.leave()
      return record
    },
    skip(cursor) {
      cursor.enter()
      for (const part of parts) part.skip(cursor)
      cursor.leave()
    },
  }
}

/**
 * Made of text, as avsc makes its own: an object literal with all names gives every record the same shape, which is
 * several times as fast as setting one name after the other. The names stand in it as JSON, in brackets so that
 * `__proto__` is a name like any other.
 */
function createReadFields(
  names: readonly string[],
  parts: readonly AvroCodec[],
): (cursor: AvroCursor) => unknown {
  const members = names.map((name, index) => `[${JSON.stringify(name)}]: p${index}.read(cursor)`)
  const make = new Function(
    ...names.map((_, index) => `p${index}`),
    `return (cursor) => ({ ${members.join(', ')} })`,
  )
  return make(...parts)
}
