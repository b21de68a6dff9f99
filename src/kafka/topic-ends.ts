import type { Admin, Kafka } from 'kafkajs'
import { type LogRange, logRanges } from './offsets.ts'
import { openTopicReader, type TopicReader } from './topic-reader.ts'

/** What a partition holds, and how much of it a read-committed reader gets to see. */
export interface ReadableRange extends LogRange {
  /** An unfinished transaction hides what lies from here to `high`. */
  stable: number
}

/**
 * Where partitions of a topic truly end. kafkajs' admin answers with the last stable offset: receipts that were
 * acknowledged behind an unfinished transaction would not be looked for.
 */
export class TopicEnds {
  readonly #deps: { kafka: Kafka; admin: Admin; topic: string }
  #reader: TopicReader | null = null

  constructor(deps: { kafka: Kafka; admin: Admin; topic: string }) {
    this.#deps = deps
  }

  async ask(): Promise<Map<number, ReadableRange>> {
    const { kafka, admin, topic } = this.#deps
    try {
      this.#reader ??= await openTopicReader(kafka, topic)
      // In this order, so that what is stable is never taken for hidden.
      const ranges = (await this.#reader?.ranges()) ?? new Map<number, LogRange>()
      const stable = await logRanges(admin, topic)
      return new Map(
        [...ranges].map(([partition, range]) => [
          partition,
          { ...range, stable: stable.get(partition)?.high ?? range.high },
        ]),
      )
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const reader = this.#reader
    this.#reader = null
    await reader?.close()
  }
}
