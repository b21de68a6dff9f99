/**
 * What was expected held against what arrived, each message by its destination and exact text. Every expected
 * message is in the end delivered or lost; a post beyond what was expected is repeated where its text was
 * expected at all, else unexpected: an altered message is one lost and one unexpected. The order of arrival plays
 * no part: a message may even arrive before it is known to be expected, as the two come on different ways.
 */
export interface Tally {
  /** One record was produced. */
  produced(): void
  /** `messageId`: the event's own. */
  expected(message: { destination: string; text: string; producedAtMs: number; messageId: string }): void
  expectedDeadLetter(cause: string): void
  arrived(post: { destination: string; text: string; atMs: number }): void
  deadLettered(cause: string): void
  /** Expected messages and dead letters that have not arrived yet. */
  pending(): number
  /** What came again. */
  repeats(): readonly Repeat[]
  /** `excuseOf`: asked once of each text that came again; what it has a reason for fails nothing. */
  summary(excuseOf?: (repeat: Repeat) => Excuse | null): Summary
}

export interface Mismatch {
  destination: string
  text: string
  count: number
}

/**
 * Why a message may come twice: it was in flight when a process was killed, or when one that had stood still for too
 * long lost its partitions to another.
 */
export type Excuse = 'kill' | 'lapse'

export interface Excused extends Mismatch {
  why: Excuse
}

/** A text that came more often than it was expected. */
export interface Repeat extends Mismatch {
  /** Of the events that led to it. */
  messageIds: readonly string[]
  /** Milliseconds since the epoch, in the order of arrival. */
  arrivedAtMs: readonly number[]
}

/** Cause to number. */
export type CauseCounts = Readonly<Record<string, number>>

export interface Summary {
  /** True only if all that was expected arrived once, and nothing else, but for what is excused. */
  ok: boolean
  /** Records produced, poison included. */
  events: number
  /** Messages expected of them. */
  matched: number
  /** Expected messages that arrived; repetitions are not counted. */
  delivered: number
  deadLettered: CauseCounts
  lost: readonly Mismatch[]
  repeated: readonly Mismatch[]
  /** Repeated too, but for a reason that allows it. */
  excused: readonly Excused[]
  unexpected: readonly Mismatch[]
  /** Dead letters that were expected and did not come, and those that came and were not expected. */
  deadLettersLost: CauseCounts
  deadLettersUnexpected: CauseCounts
  /** From the event's produce to the post's arrival; null where nothing was delivered. */
  latencyMs: { p50: number; p99: number } | null
}

interface Entry {
  destination: string
  text: string
  messageIds: string[]
  producedAtMs: number[]
  arrivedAtMs: number[]
}

interface Held {
  events: number
  entries: Map<string, Entry>
  deadLetters: Map<string, { expected: number; arrived: number }>
}

export function createTally(): Tally {
  const held: Held = { events: 0, entries: new Map(), deadLetters: new Map() }
  return {
    produced() {
      held.events++
    },
    expected({ destination, text, producedAtMs, messageId }) {
      const entry = entryOf(held, destination, text)
      entry.producedAtMs.push(producedAtMs)
      entry.messageIds.push(messageId)
    },
    arrived: ({ destination, text, atMs }) => void entryOf(held, destination, text).arrivedAtMs.push(atMs),
    expectedDeadLetter: (cause) => void deadLettersOf(held, cause).expected++,
    deadLettered: (cause) => void deadLettersOf(held, cause).arrived++,
    pending: () => pending(held),
    repeats: () => repeatsOf(held),
    summary: (excuseOf = () => null) => summarise(held, excuseOf),
  }
}

function entryOf(held: Held, destination: string, text: string): Entry {
  const key = JSON.stringify([destination, text])
  const entry = held.entries.get(key) ?? {
    destination,
    text,
    messageIds: [],
    producedAtMs: [],
    arrivedAtMs: [],
  }
  held.entries.set(key, entry)
  return entry
}

function deadLettersOf(held: Held, cause: string): { expected: number; arrived: number } {
  const counts = held.deadLetters.get(cause) ?? { expected: 0, arrived: 0 }
  held.deadLetters.set(cause, counts)
  return counts
}

function pending(held: Held): number {
  let missing = 0
  for (const { producedAtMs, arrivedAtMs } of held.entries.values()) {
    missing += Math.max(0, producedAtMs.length - arrivedAtMs.length)
  }
  for (const { expected, arrived } of held.deadLetters.values()) missing += Math.max(0, expected - arrived)
  return missing
}

function repeatsOf({ entries }: Held): Repeat[] {
  return [...entries.values()].flatMap((entry) => {
    const count = surplus(entry)
    return entry.producedAtMs.length > 0 && count > 0 ? [{ ...entry, count }] : []
  })
}

function summarise(held: Held, excuseOf: (repeat: Repeat) => Excuse | null): Summary {
  const entries = [...held.entries.values()]
  const lost = mismatches(
    entries,
    ({ producedAtMs, arrivedAtMs }) => producedAtMs.length - arrivedAtMs.length,
  )
  const judged = repeatsOf(held).map((repeat) => ({ ...asMismatch(repeat), why: excuseOf(repeat) }))
  const repeated = judged.flatMap(({ why, ...one }) => (why === null ? [one] : []))
  const excused = judged.flatMap(({ why, ...one }) => (why === null ? [] : [{ ...one, why }]))
  const unexpected = mismatches(entries, (entry) => (entry.producedAtMs.length > 0 ? 0 : surplus(entry)))
  const deadLettersLost = causes(held, ({ expected, arrived }) => expected - arrived)
  const deadLettersUnexpected = causes(held, ({ expected, arrived }) => arrived - expected)
  const faults = [
    lost,
    repeated,
    unexpected,
    Object.keys(deadLettersLost),
    Object.keys(deadLettersUnexpected),
  ]
  const latencies = entries.flatMap(latenciesOf).sort((a, b) => a - b)
  return {
    ok: faults.every(({ length }) => length === 0),
    events: held.events,
    matched: entries.reduce((sum, { producedAtMs }) => sum + producedAtMs.length, 0),
    delivered: latencies.length,
    deadLettered: causes(held, ({ arrived }) => arrived),
    lost,
    repeated,
    excused,
    unexpected,
    deadLettersLost,
    deadLettersUnexpected,
    latencyMs:
      latencies.length === 0 ? null : { p50: percentile(latencies, 50), p99: percentile(latencies, 99) },
  }
}

function surplus({ producedAtMs, arrivedAtMs }: Entry): number {
  return arrivedAtMs.length - producedAtMs.length
}

function asMismatch({ destination, text, count }: Repeat): Mismatch {
  return { destination, text, count }
}

/** A text that is expected several times is paired first with first: which arrival was whose cannot be told. */
function latenciesOf({ producedAtMs, arrivedAtMs }: Entry): number[] {
  const arrivals = arrivedAtMs.toSorted((a, b) => a - b)
  return producedAtMs
    .toSorted((a, b) => a - b)
    .flatMap((atMs, index) => {
      const arrival = arrivals[index]
      return arrival === undefined ? [] : [arrival - atMs]
    })
}

function mismatches(entries: readonly Entry[], countOf: (entry: Entry) => number): Mismatch[] {
  return entries.flatMap((entry) => {
    const count = countOf(entry)
    return count > 0 ? [{ destination: entry.destination, text: entry.text, count }] : []
  })
}

function causes(held: Held, countOf: (counts: { expected: number; arrived: number }) => number): CauseCounts {
  const counted = [...held.deadLetters].map(([cause, counts]) => [cause, countOf(counts)] as const)
  return Object.fromEntries(counted.filter(([, count]) => count > 0))
}

/** Nearest rank: the smallest value that at least `percent` of all do not exceed. */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}
