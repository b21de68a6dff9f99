import type { EventRecord } from '../event/event.ts'
import type { Portion, TopicReader } from '../kafka/topic-reader.ts'
import { eventMaker, requireTopicReader, type TopicSource } from './topic-events.ts'

/**
 * The events of some topics from a time to their ends as they are when this is opened, read committed. The partition
 * that is furthest behind in time is always the next, so that portions come about in order of time, and the next few
 * are on their way meanwhile: no more than these is held in memory, however many partitions there are.
 */
export interface EventsSince {
  /** Offsets to read; markers of transactions and what compaction has removed are among them. */
  readonly size: number
  /** Offsets at the ends of partitions that a transaction hides which was not finished; known at the end. */
  readonly hidden: number
  /**
   * Where the log begins, if not before what was asked for: from then on nothing is missing. Null where it does;
   * known at the end.
   */
  readonly logBeginsMs: number | null
  portions(signal: AbortSignal): AsyncGenerator<EventPortion, void, undefined>
  close(): Promise<void>
}

export interface EventPortion {
  topic: string
  partition: number
  events: readonly EventRecord[]
  /** Offsets of `size` that are behind us. */
  passed: number
  /** What is still to come is no older, but for what was produced late. */
  untilMs: number
}

const FETCH_BYTES = 524_288
/** What has come and waits longer than a moment costs the garbage collector more than it saves. */
const FETCHED_AT_ONCE = 3

/** @throws {AppError} topic_missing. */
export async function openEventsSince(
  { kafka }: TopicSource,
  { topics, sinceMs }: { topics: readonly string[]; sinceMs: number },
): Promise<EventsSince> {
  const readers: TopicReader[] = []
  try {
    const spans: TopicSpan[] = []
    for (const topic of topics) {
      const reader = await requireTopicReader(kafka, topic)
      readers.push(reader)
      spans.push(...(await spansSince(reader, sinceMs)))
    }
    return new OpenEvents(readers, spans)
  } catch (error) {
    await Promise.all(readers.map((reader) => reader.close()))
    throw error
  }
}

interface TopicSpan {
  reader: TopicReader
  partition: number
  from: number
  to: number
  /** Where its log begins: at what was asked for or later. */
  begins: 'before' | 'with_the_log' | 'after_deleted_records'
}

async function spansSince(reader: TopicReader, sinceMs: number): Promise<TopicSpan[]> {
  const starts = await reader.offsetsSince(sinceMs)
  return [...(await reader.ranges())].map(([partition, { low, high }]) => {
    const from = Math.min(high, Math.max(low, starts.get(partition) ?? low))
    const atStart = low > 0 ? 'after_deleted_records' : 'with_the_log'
    return { reader, partition, from, to: high, begins: from > low ? 'before' : atStart }
  })
}

class OpenEvents implements EventsSince {
  readonly size: number
  hidden = 0
  readonly #readers: readonly TopicReader[]
  readonly #spans: readonly TopicSpan[]
  /** When the first event of a span was produced. */
  readonly #beganMs = new Map<TopicSpan, number>()

  constructor(readers: readonly TopicReader[], spans: readonly TopicSpan[]) {
    this.#readers = readers
    this.#spans = spans.filter(({ from, to }) => from < to)
    this.size = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  get logBeginsMs(): number | null {
    const began = (which: readonly TopicSpan[]): number[] =>
      which.map((span) => this.#beganMs.get(span)).filter((timeMs) => timeMs !== undefined)
    const cut = began(this.#spans.filter(({ begins }) => begins === 'after_deleted_records'))
    if (cut.length > 0) return Math.max(...cut)
    const whole = began(this.#spans)
    return this.#spans.some(({ begins }) => begins === 'before') || whole.length === 0
      ? null
      : Math.min(...whole)
  }

  async *portions(signal: AbortSignal): AsyncGenerator<EventPortion, void, undefined> {
    const open = new Set(this.#spans.map((span) => new OpenSpan(span)))
    let passed = 0
    while (!signal.aborted) {
      const [behind, ...following] = furthestBehind(open, FETCHED_AT_ONCE)
      if (behind === undefined) return
      for (const span of [behind, ...following]) span.fetch()
      const portion = await behind.next()
      const [first] = portion?.events ?? []
      if (first !== undefined && !this.#beganMs.has(behind.span))
        this.#beganMs.set(behind.span, first.timestamp)
      if (portion === null) open.delete(behind)
      else passed += portion.offsets
      this.hidden += portion?.hidden ?? 0
      const untilMs = furthestBehind(open, 1)[0]?.untilMs ?? Number.POSITIVE_INFINITY
      const { topic, partition } = behind
      yield { topic, partition, events: portion?.events ?? [], passed, untilMs }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()))
  }
}

function furthestBehind(spans: Iterable<OpenSpan>, most: number): OpenSpan[] {
  return [...spans].sort((a, b) => (a.untilMs < b.untilMs ? -1 : 1)).slice(0, most)
}

interface SpanPortion {
  events: readonly EventRecord[]
  /** How far it takes reading. */
  offsets: number
  /** Offsets that follow and will not come. */
  hidden: number
}

class OpenSpan {
  readonly span: TopicSpan
  readonly topic: string
  readonly partition: number
  /** The time of the last event that was read; before the first, the beginning of time. */
  untilMs = Number.NEGATIVE_INFINITY
  readonly #portions: AsyncGenerator<Portion<EventRecord>, void, undefined>
  readonly #to: number
  #position: number
  #coming: Promise<IteratorResult<Portion<EventRecord>, void>> | null = null

  constructor(span: TopicSpan) {
    const { reader, partition, from, to } = span
    this.span = span
    this.topic = reader.topic
    this.partition = partition
    this.#position = from
    this.#to = to
    const wanted = { partition, from, to, patienceMs: 0, fetchBytes: FETCH_BYTES }
    this.#portions = reader.readAs(wanted, eventMaker(this))
  }

  /** Has the next portion come, where it is not on its way yet. */
  fetch(): Promise<IteratorResult<Portion<EventRecord>, void>> {
    if (this.#coming !== null) return this.#coming
    this.#coming = this.#portions.next()
    // Whoever asks for it is told; nobody may, once reading is given up.
    this.#coming.catch(() => undefined)
    return this.#coming
  }

  /** Null at the end. */
  async next(): Promise<SpanPortion | null> {
    const { done, value } = await this.fetch()
    this.#coming = null
    if (done === true) return null
    const events = value.records
    this.untilMs = events.at(-1)?.timestamp ?? this.untilMs
    const offsets = value.nextOffset - this.#position
    this.#position = value.nextOffset
    return { events, offsets, hidden: value.blocked ? this.#to - value.nextOffset : 0 }
  }
}
