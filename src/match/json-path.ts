/**
 * Reads values out of an event by JSONPath. A plain path (names and indices) is compiled to closures; one with
 * wildcards, slices, unions or `..` goes through jsonpath-plus with evaluation off. Both read own properties
 * only, never a list's or text's `length`, and neither throws, whatever the event.
 */
import { JSONPath } from 'jsonpath-plus'
import { JsonPathError, parseJsonPath, type Segment, type Selector } from './json-path-parser.ts'

export { JsonPathError } from './json-path-parser.ts'

export interface JsonPath {
  /** True where the path can name one value at most. */
  readonly plain: boolean
  /** A plain path gives the value, or null where there is none; any other path gives an array. */
  read(event: unknown): unknown
}

const MAX_PATH_LENGTH = 1_000
const MAX_SEGMENTS = 100
/** A second `..` visits every value once per level above it, each union multiplies: bounded, as the work is. */
const MAX_DESCENTS = 1
const MAX_UNION_RESULTS = 100
/** Levels of nesting that `..` looks into; it finds nothing in an event that is deeper. */
const MAX_DEPTH = 100

const NO_CALLBACKS = { callback: undefined, otherTypeCallback: undefined }

/**
 * Compiles a whole text as one path.
 * @throws {JsonPathError} offset into `path`, and a reason that says what to write instead.
 */
export function compileJsonPath(path: string): JsonPath {
  if (path.length > MAX_PATH_LENGTH) {
    throw new JsonPathError(MAX_PATH_LENGTH, `a JSONPath has at most ${MAX_PATH_LENGTH} characters`)
  }
  const { segments, end } = parseJsonPath(path)
  if (end < path.length) {
    throw new JsonPathError(
      end,
      `cannot read ${JSON.stringify(path.slice(end, end + 10))} as part of a JSONPath`,
    )
  }
  if (segments.length > MAX_SEGMENTS) {
    throw new JsonPathError(path.length, `a JSONPath has at most ${MAX_SEGMENTS} parts`)
  }
  const keys = plainKeys(segments)
  return keys === null ? compileQuery(path, segments) : compilePlain(keys)
}

type Key = string | number

function plainKeys(segments: readonly Segment[]): Key[] | null {
  const keys: Key[] = []
  for (const { descend, selectors } of segments) {
    const [selector] = selectors
    if (descend || selectors.length !== 1 || selector === undefined) return null
    if (selector.kind === 'name') keys.push(selector.name)
    else if (selector.kind === 'index') keys.push(selector.index)
    else return null
  }
  return keys
}

function compilePlain(keys: readonly Key[]): JsonPath {
  return {
    plain: true,
    read(event) {
      let value = event
      for (const key of keys) value = ownValue(value, key)
      return value ?? null
    },
  }
}

function ownValue(container: unknown, key: Key): unknown {
  if (typeof container !== 'object' || container === null) return undefined
  if (!Array.isArray(container)) {
    return typeof key === 'string' && Object.hasOwn(container, key) ? Reflect.get(container, key) : undefined
  }
  if (key === 'length') return undefined
  const index = typeof key === 'number' && key < 0 ? container.length + key : key
  return Object.hasOwn(container, index) ? Reflect.get(container, index) : undefined
}

function compileQuery(path: string, segments: readonly Segment[]): JsonPath {
  checkCost(path, segments)
  const query = `$${segments.map((segment) => querySegment(path, segment)).join('')}`
  const names = segments.flatMap(({ selectors }) =>
    selectors.flatMap((one) => (one.kind === 'name' ? one.name : [])),
  )
  const find = names.some((name) => /^(?:length|\d+)$/.test(name)) ? findMembers(query) : findValues(query)
  const descends = segments.some((segment) => segment.descend)
  return {
    plain: false,
    read(event) {
      if (typeof event !== 'object' || event === null) return []
      return descends && isDeeperThan(event, MAX_DEPTH) ? [] : find(event)
    },
  }
}

function findValues(query: string): (event: object) => unknown[] {
  const finder = JSONPath({ path: query, json: {}, autostart: false, eval: false })
  return (event) => finder.evaluate({ ...NO_CALLBACKS, path: query, json: event })
}

/** As findValues, without what jsonpath-plus finds beyond JSON: a text's characters, a list's or text's length. */
function findMembers(query: string): (event: object) => unknown[] {
  const finder = JSONPath({ path: query, json: {}, autostart: false, eval: false, resultType: 'all' })
  return (event) => {
    const found: readonly Found[] = finder.evaluate({ ...NO_CALLBACKS, path: query, json: event })
    return found.filter(isMember).map(({ value }) => value)
  }
}

function checkCost(path: string, segments: readonly Segment[]): void {
  if (segments.filter((segment) => segment.descend).length > MAX_DESCENTS) {
    throw new JsonPathError(path.length, `a JSONPath has at most ${MAX_DESCENTS} ".."`)
  }
  if (segments.reduce((product, segment) => product * segment.selectors.length, 1) > MAX_UNION_RESULTS) {
    throw new JsonPathError(
      path.length,
      `the lists in a JSONPath select at most ${MAX_UNION_RESULTS} combinations`,
    )
  }
}

function querySegment(path: string, { descend, selectors }: Segment): string {
  const dots = descend ? '..' : ''
  const written = selectors.map((selector) => querySelector(path, selector))
  const [only] = selectors
  if (written.length === 1 && only?.kind === 'name') return `${dots}['${written[0]}']`
  return `${dots}[${written.join(',')}]`
}

/**
 * jsonpath-plus's own spelling. A backtick makes a name literal; an index is written as a slice, because only a
 * slice counts from the end and leaves texts alone.
 */
function querySelector(path: string, selector: Selector): string {
  switch (selector.kind) {
    case 'wildcard':
      return '*'
    case 'index':
      return selector.index === -1 ? '-1:' : `${selector.index}:${selector.index + 1}`
    case 'slice':
      // jsonpath-plus takes an end of 0 for none; such a slice is empty.
      if (selector.end === 0) return '1:1'
      return `${selector.start ?? ''}:${selector.end ?? ''}:${selector.step}`
    case 'name':
      if (/['"[\]();^~,#%@]/.test(selector.name)) {
        throw new JsonPathError(
          path.length,
          `the name ${JSON.stringify(selector.name)} can only stand in a path without *, .., lists and slices`,
        )
      }
      return `\`${selector.name}`
  }
}

interface Found {
  value: unknown
  parent: unknown
  parentProperty: unknown
}

function isMember({ parent, parentProperty }: Found): boolean {
  return (
    typeof parent === 'object' && parent !== null && !(Array.isArray(parent) && parentProperty === 'length')
  )
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1))
}
