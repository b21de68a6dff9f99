import type { Kafka } from 'kafkajs'
import type { LogRange } from './offsets.ts'
import { openTopicReader, type TopicReader } from './topic-reader.ts'

/**
 * Where partitions of a topic truly end. kafkajs' admin answers with the last stable offset: receipts that were
 * acknowledged behind an unfinished transaction would not be looked for.
 */
export class TopicEnds {
  readonly #kafka: Kafka
  readonly #topic: string
  #reader: TopicReader | null = null

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka
    this.#topic = topic
  }

  async ask(): Promise<Map<number, LogRange>> {
    try {
      this.#reader ??= await openTopicReader(this.#kafka, this.#topic)
      return (await this.#reader?.ranges()) ?? new Map()
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
