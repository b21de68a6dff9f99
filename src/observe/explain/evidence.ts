import type { ExplainedEvent } from '../../author/explain-match.ts'
import type { Control, DeadLetter, DispatchRecord, Receipt } from '../../core/records.ts'
import type { EventRecord } from '../../event/event.ts'
import type { Place } from './asked.ts'

/** What the topics hold about one event and its messages; from it alone the steps are told. */
export interface Evidence {
  place: Place
  event: EventFinding
  /** What the rules of the given configuration make of it; null where there is no event to read. */
  explained: ExplainedEvent | null
  /** Whether it is the canary's own. */
  isCanary: boolean
  /** How far match has come in its partition; null where its topic is not configured. */
  match: MatchPosition | null
  /** When the match group first ran, as far as the dispatch topic still tells. */
  beganMs: number | null
  trails: readonly Trail[]
  /** Ids of other messages of the event, where one of them was asked about. */
  others: readonly string[]
  /** Whether a transaction that is not finished hides dispatch records that may be of the event. */
  isHidden: boolean
  letters: readonly FoundLetter[]
  /** What persons have said that is in force now. */
  controls: readonly Control[]
  nowMs: number
}

export type EventFinding =
  | { kind: 'read'; record: EventRecord }
  /** The message is bellhop's own word, and no event was read for it. */
  | { kind: 'none' }
  | { kind: 'no_topic' }
  | { kind: 'no_partition'; partitions: number }
  /** One past the newest offset. */
  | { kind: 'beyond_end'; end: number }
  /** Deleted; `low` is the oldest offset that is left. */
  | { kind: 'deleted'; low: number }
  /** An offset within the log where nothing is to be read: a transaction's marker, aborted, or compacted. */
  | { kind: 'no_record' }
  /** Behind the beginning of a transaction that is not finished. */
  | { kind: 'hidden' }

export interface MatchPosition {
  /** The next offset that the group reads; null where it has none. */
  committed: number | null
  /** Whether any process is in the group. */
  isRunning: boolean
}

/** One message, from its first dispatch record to its last: it is queued again when it moves or is replayed. */
export interface Trail {
  id: string
  hops: readonly Hop[]
}

/** A dispatch record and what became of it. */
export interface Hop extends FoundRecord {
  /** Null where it has none yet, or it is gone. */
  final: Receipt | null
  /** Further final receipts: it was posted more than once, by processes that did not know of each other. */
  repeats: readonly Receipt[]
  /** Waits of its lane from when it was queued until its end, its own and those of messages before it. */
  holds: readonly Receipt[]
  /** Messages of its lane that ended between its being queued and its end, or now. */
  before: number
  /** How it waits; null where its fate is decided. */
  waiting: Waiting | null
}

export interface FoundRecord {
  partition: number
  offset: number
  timestamp: number
  /** The name of its lane. */
  key: string
  record: DispatchRecord
}

export interface Waiting {
  /** Messages of its lane before it that have no receipt. */
  ahead: number
  /** Whether any process is in the dispatch group. */
  isRunning: boolean
  /** The group has passed it, so it had a receipt that is not there any more. */
  isPassed: boolean
}

export interface FoundLetter {
  partition: number
  offset: number
  letter: DeadLetter
  /** When it was replayed; null where it was not. */
  replayedAt: number | null
}
