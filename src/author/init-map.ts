import { isRecord } from '../core/is-record.ts'
import type { AnalyticsEvent } from '../event/event.ts'

/** Guesses at where the fields of the spec stand in records of another shape. */
const GUESSES: readonly { field: string; names: RegExp }[] = [
  { field: 'event', names: /^(?:event|event_?name|event_?type|action|name|type|kind)$/i },
  { field: 'userId', names: /^(?:user_?id|customer_?id|account_?id|uid)$/i },
  { field: 'timestamp', names: /^(?:timestamp|time|occurred_?at|created_?at|ts)$/i },
  { field: 'properties', names: /^(?:properties|payload|data|attributes|body|details)$/i },
]

/** A commented `map` for records like this one, to be completed by a person. */
export function mapText(example: AnalyticsEvent | null): string {
  const paths = example === null ? [] : plainPaths(example)
  const guesses = GUESSES.map(({ field, names }) => {
    const found = paths.find((path) => names.test(path.at(-1) ?? ''))
    return `      #   ${field}: $.${(found ?? [`where_${field.toLowerCase()}_is`]).join('.')}\n`
  })
  return `      # These records are no events of the Segment spec. Say where its fields stand in them:
      # map:
${guesses.join('')}`
}

/** Of fields and of those one level below, by names that need no quotes. */
function plainPaths(event: AnalyticsEvent): string[][] {
  const isPlain = (name: string): boolean => /^[A-Za-z_]\w{0,59}$/.test(name)
  const names = Object.keys(event).filter(isPlain)
  const below = names.flatMap((name) => {
    const value = event[name]
    return isRecord(value)
      ? Object.keys(value)
          .filter(isPlain)
          .map((inner) => [name, inner])
      : []
  })
  return [...names.map((name) => [name]), ...below]
}
