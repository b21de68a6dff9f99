import type { Kafka } from '../../kafka/client.ts'
import type { FetchedRecord } from '../../kafka/topic-cluster.ts'
import { openTopicReader, type TopicReader } from '../../kafka/topic-reader.ts'

/** Readers of topics, opened once each and closed together. */
export class Logs {
  readonly #kafka: Kafka
  readonly #readers = new Map<string, Promise<TopicReader | null>>()

  constructor(kafka: Kafka) {
    this.#kafka = kafka
  }

  /** Null where there is no such topic, and then it is looked for again the next time. */
  async reader(topic: string): Promise<TopicReader | null> {
    const known = this.#readers.get(topic) ?? openTopicReader(this.#kafka, topic)
    this.#readers.set(topic, known)
    const forget = (): void => {
      if (this.#readers.get(topic) === known) this.#readers.delete(topic)
    }
    try {
      const reader = await known
      if (reader === null) forget()
      return reader
    } catch (error) {
      forget()
      throw error
    }
  }

  async close(): Promise<void> {
    const readers = await Promise.allSettled(this.#readers.values())
    await Promise.all(readers.map((one) => (one.status === 'fulfilled' ? one.value?.close() : undefined)))
  }
}

export interface LogSpan {
  partition: number
  from: number
  /** One past the last offset. */
  to: number
}

export interface Scan<T> {
  spans: readonly LogSpan[]
  /** Null for a record that is not wanted. Called for each record, so it decides by its bytes. */
  make(record: FetchedRecord, at: { partition: number; offset: number }): T | null
  /** What was wanted of a portion, in order, and how many offsets the portion passed; false stops the partition. */
  visit(found: readonly T[], at: { partition: number; passed: number }): boolean | Promise<boolean>
  signal: AbortSignal
}

const PARTITIONS_AT_ONCE = 6
const FETCH_BYTES = 1_048_576

/**
 * Reads spans of a topic, several partitions side by side, read committed. Says whether an unfinished transaction hid
 * the end of one of them: it is not waited for.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function scanLog<T>(reader: TopicReader, scan: Scan<T>): Promise<{ isHidden: boolean }> {
  const waiting = scan.spans.filter(({ from, to }) => from < to)
  let isHidden = false
  const work = async (): Promise<void> => {
    for (let span = waiting.shift(); span !== undefined; span = waiting.shift()) {
      if (await scanSpan(reader, span, scan)) isHidden = true
    }
  }
  await Promise.all(Array.from({ length: PARTITIONS_AT_ONCE }, work))
  return { isHidden }
}

async function scanSpan<T>(reader: TopicReader, span: LogSpan, scan: Scan<T>): Promise<boolean> {
  const { make, visit, signal } = scan
  const { partition } = span
  let position = span.from
  let isHidden = false
  const wanted = { ...span, patienceMs: 0, fetchBytes: FETCH_BYTES }
  const portions = reader.readAs(wanted, (record, offset) => make(record, { partition, offset }))
  for await (const { records, nextOffset, blocked } of portions) {
    signal.throwIfAborted()
    isHidden = blocked
    const found = records.filter((record): record is Awaited<T> & T => record !== null)
    const passed = nextOffset - position
    position = nextOffset
    if (!(await visit(found, { partition, passed }))) return false
  }
  return isHidden
}

/** Clocks of producers, brokers and processes differ by less, or nothing can be told by them. */
const CLOCKS_DIFFER_MS = 600_000

/** All that a topic holds, or what was written since a time; clocks may differ. */
export async function spansOf(reader: TopicReader, sinceMs: number | null): Promise<LogSpan[]> {
  const starts = sinceMs === null ? null : await reader.offsetsSince(Math.max(0, sinceMs - CLOCKS_DIFFER_MS))
  return [...(await reader.ranges())].map(([partition, { low, high }]) => ({
    partition,
    from: Math.min(high, Math.max(low, starts?.get(partition) ?? low)),
    to: high,
  }))
}

/** No record that was written before this is later than a time, whatever the clocks. */
export function surelyAfterMs(timeMs: number): number {
  return timeMs + CLOCKS_DIFFER_MS
}
