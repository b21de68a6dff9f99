import { EVENT_TYPES } from '../core/event-fields.ts'
import { isRecord } from '../core/is-record.ts'
import type { AnalyticsEvent } from '../event/event.ts'
import { isPublicName } from './init-placeholders.ts'

/** What the newest events of a topic are: pure, so that it can be told and tested without a topic. */
export interface Survey {
  /** Events that were looked at. */
  events: number
  /** Most frequent first. */
  calls: readonly Call[]
  /** Calls that no action is written for: too many, or with a name that may be a person's. */
  leftOut: number
  /** Events that are no call of the Segment spec, and one of them. */
  foreign: { events: number; example: AnalyticsEvent | null }
}

/** A name of track, or one of the other calls of the spec as a whole. */
export interface Call {
  type: string
  /** Of track alone. */
  name: string | null
  count: number
  /** Most frequent first. */
  fields: readonly Field[]
  /** The newest that bellhop may send. */
  sample: AnalyticsEvent
}

export interface Field {
  /** From the event down: `['properties', 'total']`. */
  path: readonly string[]
  /** `text`, `number`, `true or false`, `list`, `map`, or several of them. */
  types: readonly string[]
  count: number
}

const MOST_CALLS = 100
const MOST_NAME_LENGTH = 200

/** `events` are oldest first. */
export function surveyEvents(events: readonly AnalyticsEvent[]): Survey {
  const byCall = new Map<string, AnalyticsEvent[]>()
  const foreign: AnalyticsEvent[] = []
  for (const event of events) {
    const key = callKey(event)
    if (key === null) foreign.push(event)
    else
      byCall
        .set(key, byCall.get(key) ?? [])
        .get(key)
        ?.push(event)
  }
  const groups = [...byCall.values()].sort((a, b) => b.length - a.length)
  const calls = groups.filter(([first]) => first !== undefined && isNameable(first)).map(toCall)
  return {
    events: events.length,
    calls: calls.slice(0, MOST_CALLS),
    leftOut: groups.length - Math.min(calls.length, MOST_CALLS),
    foreign: { events: foreign.length, example: foreign.at(-1) ?? null },
  }
}

function callKey({ type, event }: AnalyticsEvent): string | null {
  if (type === 'track') return typeof event === 'string' && event !== '' ? `track ${event}` : null
  return EVENT_TYPES.some((one) => one === type) ? String(type) : null
}

/** A name with an address or a long number in it is most likely made of data. */
function isNameable({ type, event }: AnalyticsEvent): boolean {
  if (type !== 'track' || typeof event !== 'string') return true
  return event.length <= MOST_NAME_LENGTH && event.isWellFormed() && !/\S@\S|\d{5}/.test(event)
}

function toCall(events: readonly AnalyticsEvent[]): Call {
  const sample = events.at(-1) ?? {}
  return {
    type: String(sample.type),
    name: sample.type === 'track' ? String(sample.event) : null,
    count: events.length,
    fields: fieldsOf(events),
    sample,
  }
}

const ROOTS = ['userId', 'anonymousId', 'groupId', 'name', 'properties', 'traits', 'context']
const MOST_DEPTH = 4

function fieldsOf(events: readonly AnalyticsEvent[]): Field[] {
  const found = new Map<string, { path: readonly string[]; types: Set<string>; count: number }>()
  const visit = (path: readonly string[], value: unknown): void => {
    const key = JSON.stringify(path)
    const field = found.get(key) ?? { path, types: new Set<string>(), count: 0 }
    found.set(key, field)
    field.count += 1
    field.types.add(typeOf(value))
    if (!isRecord(value) || path.length >= MOST_DEPTH) return
    for (const [name, item] of Object.entries(value)) if (isPublicName(name)) visit([...path, name], item)
  }
  for (const event of events) {
    for (const root of ROOTS) if (Object.hasOwn(event, root)) visit([root], event[root])
  }
  const isBranch = ({ path, types }: { path: readonly string[]; types: Set<string> }): boolean =>
    types.size === 1 && types.has('map') && path.length < MOST_DEPTH
  const leaves = [...found.values()].filter((field) => !isBranch(field))
  return leaves
    .map(({ path, types, count }) => ({ path, types: [...types], count }))
    .sort((a, b) => b.count - a.count || rank(a) - rank(b))
}

function rank({ path }: Field): number {
  return ROOTS.indexOf(path[0] ?? '')
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' || typeof value === 'bigint' ? 'number' : 'map'
}
