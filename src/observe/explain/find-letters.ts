import type { DeadLetter } from '../../core/records.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import { markKey } from '../../kafka/dead-letter-log.ts'
import { timestampOf } from '../../kafka/offsets.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import type { FetchedRecord } from '../../kafka/topic-cluster.ts'
import { isSamePlace, type Place } from './asked.ts'
import type { FoundLetter } from './evidence.ts'
import { type Logs, scanLog, spansOf } from './logs.ts'
import { createLetterMention } from './needles.ts'

export interface LettersDeps {
  logs: Logs
  topics: TopicNames
  codec: RecordCodec<DeadLetter>
  signal: AbortSignal
}

const MARK_BEGINS = Buffer.from('replayed/')

/**
 * The dead letters of an event and of its messages, oldest first within each partition. The mark of a replay lies
 * behind its letter in the same partition, so one pass finds both.
 */
export async function findLetters(
  deps: LettersDeps,
  { place, sinceMs }: { place: Place; sinceMs: number | null },
): Promise<FoundLetter[]> {
  const { logs, topics, codec, signal } = deps
  const reader = await logs.reader(topics.deadLetters)
  if (reader === null) return []
  const mentions = createLetterMention(place)
  const letters: FoundLetter[] = []
  await scanLog<{ record: FetchedRecord; value: Buffer; offset: number; isMark: boolean }>(reader, {
    spans: await spansOf(reader, sinceMs),
    signal,
    make(record, { offset }) {
      const { key, value } = record
      if (value === null) return null
      const isMark = key?.subarray(0, MARK_BEGINS.length).equals(MARK_BEGINS) === true
      return isMark || mentions(value) ? { record, value, offset, isMark } : null
    },
    async visit(found, { partition }) {
      const wanted = found.filter(({ isMark }) => !isMark)
      await codec.learn(wanted)
      for (const { record, value, offset, isMark } of found) {
        const decoded = isMark ? null : codec.decode(value)
        if (decoded?.kind === 'record' && isAbout(decoded.record, place)) {
          letters.push({ partition, offset, letter: decoded.record, replayedAt: null })
        }
        const key = isMark ? (record.key?.toString() ?? '') : null
        const replayed = letters.find((one) => one.partition === partition && markKey(one.offset) === key)
        if (replayed !== undefined) replayed.replayedAt ??= timestampOf(record)
      }
      return true
    },
  })
  return letters.sort((a, b) => a.letter.recorded_at - b.letter.recorded_at)
}

function isAbout({ kind, message, event }: DeadLetter, place: Place): boolean {
  const lay = kind === 'replayed' ? null : (event ?? message?.event ?? null)
  return lay !== null && isSamePlace(lay, place)
}
