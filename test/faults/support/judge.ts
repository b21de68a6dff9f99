import { MATCH_EVERY } from './probe-events.ts'

/** What a fault run is judged by. */
export interface Judgement {
  expected: number
  found: number
  /** `n:destination` of messages that never came. */
  missing: string[]
  /** Messages that came more than once, with every place where they lie. */
  repeated: string[]
  /** Messages that no event asked for. */
  unexpected: string[]
}

export interface FoundMessage {
  text: string
  destination: string
  /** Where it was found. */
  at: string
}

/** Holds the messages of the dispatch topic against the events that were produced, each once a destination. */
export function judge(
  produced: number,
  destinations: readonly string[],
  found: readonly FoundMessage[],
): Judgement {
  const places = new Map<string, string[]>()
  for (const { text, destination, at } of found) {
    const key = `${text}:${destination}`
    places.set(key, [...(places.get(key) ?? []), at])
  }
  const expected = new Set<string>()
  for (let n = 0; n < produced; n += MATCH_EVERY) for (const id of destinations) expected.add(`${n}:${id}`)
  return {
    expected: expected.size,
    found: found.length,
    missing: [...expected].filter((key) => !places.has(key)),
    repeated: [...places].filter(([, at]) => at.length > 1).map(([key, at]) => `${key}: ${at.join(' and ')}`),
    unexpected: [...places.keys()].filter((key) => !expected.has(key)),
  }
}
