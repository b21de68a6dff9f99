import type { DispatchRecord } from '../../core/records.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import { timestampOf } from '../../kafka/offsets.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import type { FetchedRecord } from '../../kafka/topic-cluster.ts'
import { isSamePlace, type Place } from './asked.ts'
import type { FoundRecord } from './evidence.ts'
import { type Logs, scanLog, spansOf, surelyAfterMs } from './logs.ts'
import { createStanding } from './needles.ts'

export interface DispatchedDeps {
  logs: Logs
  topics: TopicNames
  codec: RecordCodec<DispatchRecord>
  signal: AbortSignal
}

export interface DispatchedSearch {
  place: Place
  /** Null: from the beginning. */
  sinceMs: number | null
  /**
   * Match writes the records of one events partition in the order of its events, exactly once: once one of a later
   * event is seen, no earlier one follows, but for what is queued again when it moves or is replayed.
   */
  firstOnly: boolean
}

export interface Dispatched {
  /** In the order in which they were queued. */
  records: FoundRecord[]
  /** When the match group first ran, where its mark was passed. */
  beganMs: number | null
  /** Whether a transaction that is not finished hides records that may be of the event. */
  isHidden: boolean
}

type Seen =
  | { kind: 'candidate'; record: FetchedRecord; offset: number }
  | { kind: 'later'; atMs: number }
  | { kind: 'began'; atMs: number }

/** The dispatch records of an event. */
export async function findDispatched(deps: DispatchedDeps, search: DispatchedSearch): Promise<Dispatched> {
  const { logs, topics, codec, signal } = deps
  const { place, sinceMs, firstOnly } = search
  const records: FoundRecord[] = []
  let beganMs: number | null = null
  let untilMs = Number.POSITIVE_INFINITY
  const reader = await logs.reader(topics.dispatch)
  if (reader === null) return { records, beganMs, isHidden: false }
  const make = createMake(topics, place)
  const { isHidden } = await scanLog<Seen>(reader, {
    spans: await spansOf(reader, sinceMs),
    signal,
    make: (record, { offset }) => make(record, { offset, untilMs }),
    async visit(found, { partition }) {
      const candidates = found.filter((one) => one.kind === 'candidate')
      await codec.learn(candidates.map(({ record }) => record))
      for (const { record, offset } of candidates) {
        const decoded = codec.decode(record.value ?? Buffer.alloc(0))
        if (decoded.kind !== 'record' || !isSamePlace(decoded.record.event, place)) continue
        const key = record.key?.toString() ?? ''
        records.push({ partition, offset, timestamp: timestampOf(record), key, record: decoded.record })
      }
      for (const one of found) if (one.kind === 'began') beganMs = Math.min(beganMs ?? one.atMs, one.atMs)
      const later = firstOnly ? found.find((one) => one.kind === 'later') : undefined
      if (later !== undefined) untilMs = Math.min(untilMs, surelyAfterMs(later.atMs))
      return later === undefined
    },
  })
  records.sort((a, b) => a.timestamp - b.timestamp || a.record.moves - b.record.moves || a.offset - b.offset)
  return { records, beganMs, isHidden }
}

/** `untilMs`: what was written after it is known to be of later events, in whichever partition it lies. */
function createMake(
  topics: TopicNames,
  place: Place,
): (record: FetchedRecord, at: { offset: number; untilMs: number }) => Seen | null {
  const standing = createStanding(place)
  const beganKey = Buffer.from(`start/${topics.matchGroup}`)
  return (record, { offset, untilMs }) => {
    const { key, value } = record
    if (value === null) {
      const isMark = key?.equals(beganKey) === true
      return isMark ? { kind: 'began', atMs: timestampOf(record) } : null
    }
    const stands = standing(value)
    if (stands === 'candidate') return { kind: 'candidate', record, offset }
    const isLater = stands === 'later' || Number(record.timestamp) > untilMs
    return isLater ? { kind: 'later', atMs: timestampOf(record) } : null
  }
}

/** How many records under a key lie in a span of a partition, but for those that are done. */
export async function countAhead(
  { logs, topics, signal }: Omit<DispatchedDeps, 'codec'>,
  { partition, from, to, key }: { partition: number; from: number; to: number; key: string },
  isDone: (offset: number) => boolean,
): Promise<number> {
  const reader = await logs.reader(topics.dispatch)
  if (reader === null) return 0
  const wanted = Buffer.from(key)
  let ahead = 0
  await scanLog<number>(reader, {
    spans: [{ partition, from, to }],
    signal,
    make: (record, { offset }) =>
      record.value !== null && record.key?.equals(wanted) === true ? offset : null,
    visit(offsets) {
      ahead += offsets.filter((offset) => !isDone(offset)).length
      return true
    },
  })
  return ahead
}
