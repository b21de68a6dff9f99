/**
 * What FQL knows of values: their types, and when two are equal. Values come from JSON or Avro, so a bigint is a
 * number and a class instance is an object; undefined counts as null. Nothing here recurses: an event may be nested
 * as deep as its bytes allow.
 */
import { isRecord } from '../../core/is-record.ts'

export const TYPE_NAMES = ['string', 'number', 'bool', 'list', 'object', 'null'] as const
export type TypeName = (typeof TYPE_NAMES)[number]

/** The answer of `typeof( … )`. */
export function typeName(value: unknown): TypeName {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
    case 'bigint':
      return 'number'
    case 'boolean':
      return 'bool'
    case 'undefined':
      return 'null'
    default:
      if (value === null) return 'null'
      return Array.isArray(value) ? 'list' : 'object'
  }
}

export function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/**
 * FQL's `=`: same type and same value, without coercion. Lists are equal item by item, objects key by key in any
 * order; what JSON cannot hold (Map, Date, bytes) equals only itself. NaN equals nothing.
 */
export function equalValues(left: unknown, right: unknown): boolean {
  if (equalScalars(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object') return false
  const pending: unknown[] = [left, right]
  while (pending.length > 0) {
    const b = pending.pop()
    const a = pending.pop()
    if (!equalScalars(a, b) && !pushChildren(a, b, pending)) return false
  }
  return true
}

function equalScalars(a: unknown, b: unknown): boolean {
  if (a === b) return true
  // Neither below nor above: how a bigint and a number are the same without a lossy conversion.
  if (isNumber(a) && isNumber(b)) return a <= b && a >= b
  return (a ?? null) === (b ?? null)
}

/** Whether two values are containers of the same shape; what is in them is left to be compared. */
function pushChildren(a: unknown, b: unknown, pending: unknown[]): boolean {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let index = 0; index < a.length; index++) pending.push(a[index], b[index])
    return true
  }
  if (!isRecord(a) || !isRecord(b) || isOpaque(a) || isOpaque(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return false
    pending.push(a[key], b[key])
  }
  return true
}

function isOpaque(value: object): boolean {
  return value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value)
}
