import type { EventMap } from '../config/config.ts'
import { type JsonPath, plainKey } from '../match/json-path/json-path.ts'
import { scanJsonPath } from '../match/json-path/parse.ts'
import { compileJsonPath, type Read } from '../match/json-path/read.ts'
import type { AnalyticsEvent } from './event.ts'

/**
 * Makes an event of a record that does not follow the Segment spec: the record's own fields, and over them what the
 * map's paths find. A path that finds nothing leaves the record's own field; of several values the first counts.
 * Paths were checked when the configuration was loaded.
 */
export function compileEventMap(map: EventMap): (record: AnalyticsEvent) => AnalyticsEvent {
  const reads = map.paths.map(({ field, path }) => ({ field, read: compilePath(path) }))
  const readType = compileType(map.type)
  const namesEvents = map.paths.some(({ field }) => field === 'event')
  return (record) => {
    const event: Record<string, unknown> = { ...record }
    for (const { field, read } of reads) {
      const found = read(record)
      if (found !== null) event[field] = found
    }
    const type = readType(record)
    if (type !== null) event.type = type
    else if (namesEvents && (event.type ?? null) === null) event.type = 'track'
    return event
  }
}

function compileType(type: EventMap['type']): Read {
  if (type === null) return () => null
  if ('path' in type) return compilePath(type.path)
  const { is } = type
  return () => is
}

function compilePath(text: string): Read {
  const { path } = scanJsonPath(text, 0)
  const read = compileJsonPath(path)
  return isPlain(path) ? read : (record) => firstOf(read(record))
}

function isPlain(path: JsonPath): boolean {
  return path.every((segment) => plainKey(segment) !== null)
}

function firstOf(found: unknown): unknown {
  return Array.isArray(found) ? (found[0] ?? null) : found
}
