import type { Kafka } from 'kafkajs'
import { AppError } from '../core/errors.ts'
import type { DeadLetter } from '../core/records.ts'
import { ReplayMarks } from '../dead/replay-marks.ts'
import type { StoredLetter } from '../dead/stored-letter.ts'
import type { RecordCodec } from './record-codec.ts'
import { openTopicReader, type ReadRecord, type Span, type TopicReader } from './topic-reader.ts'

/**
 * The dead-letters topic as it is when it is opened: from its start, or a time, to its end. It is read twice, first
 * for the marks of what was replayed, which lie behind the letters that they are about, then for the letters. Held in
 * memory are a bit for each mark and one portion of records.
 */
export interface DeadLetterLog {
  readonly topic: string
  /** Offsets to read, letters and marks alike. */
  readonly size: number
  /** Where an unfinished transaction hid what follows for longer than patience lasted; known once letters come. */
  readonly hidden: readonly { partition: number; offset: number }[]
  /** Partition by partition, each from its oldest letter to its newest. */
  letters(): AsyncGenerator<LetterPortion>
  close(): Promise<void>
}

export interface LetterPortion {
  letters: readonly StoredLetter[]
  /** Records that are no dead letters: somebody else's. */
  unreadable: number
  /** Offsets of `size` that are behind us. */
  passed: number
}

export interface DeadLetterLogOptions {
  kafka: Kafka
  topic: string
  codec: RecordCodec<DeadLetter>
  /** Letters written before are left out. */
  sinceMs: number | null
  /** How long an unfinished transaction that hides records is waited for. */
  patienceMs: number
  /**
   * Of a partition whose end stays hidden, either what lies before is read, or nothing: the marks of its letters may
   * be in the hidden part.
   */
  whereHidden: 'read_before' | 'leave_out'
  /** Called again and again while such a transaction is waited for. */
  waiting(at: { partition: number; offset: number }): void
  /** Once aborted, no letter follows. */
  signal: AbortSignal
}

/** The mark of the letter at an offset of its own partition, by its key: told without decoding a value. */
const MARK_KEY = 'replayed/'

export function markKey(offset: number): string {
  return `${MARK_KEY}${offset}`
}

/** @throws {AppError} topic_missing. */
export async function openDeadLetterLog(options: DeadLetterLogOptions): Promise<DeadLetterLog> {
  const { topic, sinceMs } = options
  const reader = await openTopicReader(options.kafka, topic)
  if (reader === null) {
    throw new AppError(
      'topic_missing',
      `topic ${topic} does not exist: bellhop has not run on this cluster yet, or has run with another kafka.prefix.`,
    )
  }
  try {
    const starts = sinceMs === null ? null : await reader.offsetsSince(sinceMs)
    const spans = [...(await reader.ranges())].map(([partition, { low, high }]) => ({
      partition,
      from: Math.min(high, Math.max(low, starts?.get(partition) ?? low)),
      to: high,
      patienceMs: options.patienceMs,
    }))
    return new OpenLog(reader, spans, options)
  } catch (error) {
    await reader.close()
    throw error
  }
}

class OpenLog implements DeadLetterLog {
  readonly topic: string
  readonly size: number
  readonly hidden: { partition: number; offset: number }[] = []
  readonly #reader: TopicReader
  readonly #spans: readonly Span[]
  readonly #options: DeadLetterLogOptions

  constructor(reader: TopicReader, spans: readonly Span[], options: DeadLetterLogOptions) {
    this.#reader = reader
    this.#spans = spans
    this.#options = options
    this.topic = options.topic
    this.size = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  async *letters(): AsyncGenerator<LetterPortion> {
    const { marks, spans } = await this.#readMarks()
    let before = this.size - spans.reduce((sum, { from, to }) => sum + to - from, 0)
    for (const span of spans) {
      for await (const { records, nextOffset } of this.#reader.read(span)) {
        await this.#options.codec.learn(records)
        const decoded = records.filter(({ value }) => value !== null).map((record) => this.#decode(record))
        const letters = decoded.filter((letter) => letter !== null)
        yield {
          letters: letters
            .filter(({ letter }) => letter.kind !== 'replayed')
            .map(({ offset, letter }) => {
              const { partition } = span
              return { partition, offset, letter, replayed: marks.has(partition, offset) }
            }),
          unreadable: decoded.length - letters.length,
          passed: before + nextOffset - span.from,
        }
      }
      before += span.to - span.from
    }
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  /** The spans come back shorter where the end of a partition stayed hidden. */
  async #readMarks(): Promise<{ marks: ReplayMarks; spans: Span[] }> {
    const { waiting, whereHidden, signal } = this.#options
    const marks = new ReplayMarks()
    const spans: Span[] = []
    for (const span of this.#spans) {
      const { partition } = span
      let hiddenFrom: number | null = null
      for await (const { records, nextOffset, blocked } of this.#reader.read(span)) {
        if (signal.aborted) return { marks, spans: [] }
        hiddenFrom = blocked ? nextOffset : null
        if (blocked) waiting({ partition, offset: nextOffset })
        const markRecords = records.filter(isUnderMarkKey)
        await this.#options.codec.learn(markRecords)
        for (const record of markRecords) {
          const replayed = this.#markedBy(record)
          if (replayed !== null) marks.add(partition, replayed)
        }
      }
      if (hiddenFrom !== null) this.hidden.push({ partition, offset: hiddenFrom })
      if (hiddenFrom === null) spans.push(span)
      else if (whereHidden === 'read_before') spans.push({ ...span, to: hiddenFrom })
    }
    return { marks, spans }
  }

  /** Where only the schema is missing, the key's word counts: better a letter that stays than one sent twice. */
  #markedBy({ key, value }: ReadRecord): number | null {
    if (value === null) return null
    const decoded = this.#options.codec.decode(value)
    if (decoded.kind === 'unknown_schema') return offsetIn(key)
    return decoded.kind === 'record' && decoded.record.kind === 'replayed' ? decoded.record.replays : null
  }

  #decode({ offset, value }: ReadRecord): { offset: number; letter: DeadLetter } | null {
    const decoded = this.#options.codec.decode(value ?? Buffer.alloc(0))
    return decoded.kind === 'record' ? { offset, letter: decoded.record } : null
  }
}

function offsetIn(key: Buffer | null): number | null {
  const digits = key?.subarray(MARK_KEY.length).toString() ?? ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null
}

function isUnderMarkKey({ key }: ReadRecord): boolean {
  return key?.subarray(0, MARK_KEY.length).toString() === MARK_KEY
}
