/**
 * Reads a JSONPath from an event. A plain path (names and indexes) gives the value or null; any other gives a
 * list, empty where nothing is found. Names read own properties of objects, indexes read lists, and nothing else is
 * ever read: no prototype, no `length` of a list or a text.
 *
 * What has many results goes through jsonpath-plus, one step at a time and with evaluation off. The library sees
 * only `$..`, `$[*]` and slices made of numbers: its own reading of names cannot be trusted with a user's text (an
 * event's key `*` turns a later wildcard into a name, `length` reads lists and strings).
 */
import { JSONPath } from 'jsonpath-plus'
import { isRecord } from '../../core/is-record.ts'
import { nestsDeeperThan } from '../nesting.ts'
import { type JsonPath, plainKey, type Segment, type Selector } from './json-path.ts'

export type Read = (event: unknown) => unknown

/** jsonpath-plus recurses for `..`; events nested deeper than this have no results there, on any stack. */
export const MAX_DESCENT = 250

/** A function that never throws and never gives undefined. */
export function compileJsonPath(path: JsonPath): Read {
  const plain = path.findIndex((segment) => plainKey(segment) === null)
  const keys = path.slice(0, plain < 0 ? path.length : plain).flatMap((segment) => plainKey(segment) ?? [])
  const read = compileKeys(keys)
  if (plain < 0) return read
  const steps = path.slice(plain).map(compileSegment)
  return (event) => {
    let values: readonly unknown[] = [read(event)]
    for (const step of steps) values = step(values)
    return values
  }
}

function compileKeys(keys: readonly (string | number)[]): Read {
  const [first, second] = keys
  if (first === undefined) return (event) => event ?? null
  if (second === undefined) return (event) => child(event, first) ?? null
  if (keys.length === 2) return (event) => child(child(event, first), second) ?? null
  return (event) => {
    let value = event
    for (const key of keys) {
      value = child(value, key)
      if (value === undefined) return null
    }
    return value
  }
}

/** Undefined where there is none. */
function child(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? value.at(key) : undefined
  if (!isRecord(value)) return undefined
  const found = value[key]
  return found !== undefined && Object.hasOwn(value, key) ? found : undefined
}

type Select = (value: unknown) => unknown[]

function compileSegment({ descendant, selectors }: Segment): (values: readonly unknown[]) => unknown[] {
  const select = compileSelectors(selectors.map(compileSelector))
  if (!descendant) return (values) => values.flatMap(select)
  return (values) => values.flatMap(selfAndDescendants).flatMap(select)
}

function compileSelectors(selects: readonly Select[]): Select {
  const [first] = selects
  if (first !== undefined && selects.length === 1) return first
  return (value) => selects.flatMap((select) => select(value))
}

function compileSelector(selector: Selector): Select {
  switch (selector.kind) {
    case 'name':
      return (value) => present(child(value, selector.name))
    case 'index':
      return (value) => present(child(value, selector.index))
    case 'wildcard':
      return (value) => query('$[*]', value)
    case 'slice': {
      // jsonpath-plus reads an end of 0 as no end.
      if (selector.end === 0) return () => []
      const path = `$[${selector.start ?? ''}:${selector.end ?? ''}:${selector.step}]`
      return (value) => query(path, value)
    }
  }
}

/** Wrapped, so that flatMap does not open a value that is itself a list. */
function present(value: unknown): unknown[] {
  return value === undefined ? [] : [value]
}

function selfAndDescendants(value: unknown): unknown[] {
  return nestsDeeperThan(value, MAX_DESCENT) ? [] : query('$..', value)
}

function query(path: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  const found: unknown = JSONPath({ path, json: value, eval: false, wrap: true })
  return Array.isArray(found) ? found : []
}
