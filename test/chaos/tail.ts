import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { formatMessageId } from '../../src/core/ids.ts'
import type { DeadLetter, DispatchRecord, Receipt } from '../../src/core/records.ts'
import { topicNames } from '../../src/core/topic-names.ts'
import { eventually } from '../support/eventually.ts'
import type { End, Expected, Letter, Queued } from './evidence.ts'
import { actionOf, type ChaosEvent, destinationsOf } from './traffic.ts'

/** Follows the topics of a run from their beginning, read committed, and keeps what the ledger asks for. */
export interface Tail {
  readonly expected: readonly Expected[]
  readonly queued: readonly Queued[]
  readonly ends: readonly End[]
  readonly letters: readonly Letter[]
  /** Messages that have not ended yet. */
  unfinished(): readonly Expected[]
  /** Resolves when all that the topics hold now has been read. */
  caughtUp(withinMs: number): Promise<void>
  close(): Promise<void>
}

export interface TailOptions {
  kafka: Kafka
  prefix: string
  /** From milliseconds since the epoch to the harness's monotonic time. */
  toMonotonicMs: (epochMs: number) => number
}

export async function openTail({ kafka, prefix, toMonotonicMs }: TailOptions): Promise<Tail> {
  const names = topicNames(prefix)
  const topics = [`${prefix}.events`, names.dispatch, names.receipts, names.deadLetters]
  const notes = new Notes(topics, toMonotonicMs)
  const admin = kafka.admin()
  await admin.connect()
  const groupId = `${prefix}-ledger-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
  const reached = new Map<string, number>()
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    reached.set(`${payload.topic} ${payload.partition}`, Number(payload.lastOffset) + 1)
  })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { topic, partition, messages } }) => {
      for (const { offset, value } of messages)
        if (value !== null) notes.take({ topic, partition, offset: Number(offset), value: value.toString() })
    },
  })
  return {
    expected: notes.expected,
    queued: notes.queued,
    ends: notes.ends,
    letters: notes.letters,
    unfinished: () => notes.expected.filter(({ id }) => !notes.ended.has(id)),
    async caughtUp(withinMs) {
      const marks = await Promise.all(
        topics.map(async (topic) =>
          (await admin.fetchTopicOffsets(topic))
            .filter(({ low, high }) => Number(high) > Number(low))
            .map(({ partition, high }) => [`${topic} ${partition}`, Number(high)] as const),
        ),
      )
      const isRead = (): boolean => marks.flat().every(([at, end]) => (reached.get(at) ?? 0) >= end)
      await eventually('the topics are read to their end', isRead, { withinMs, everyMs: 50 })
    },
    async close() {
      await consumer.disconnect()
      await admin.disconnect()
    },
  }
}

interface Read {
  topic: string
  partition: number
  offset: number
  value: string
}

class Notes {
  readonly expected: Expected[] = []
  readonly queued: Queued[] = []
  readonly ends: End[] = []
  readonly letters: Letter[] = []
  readonly ended = new Set<string>()
  readonly #topics: readonly string[]
  readonly #toMonotonicMs: (epochMs: number) => number

  constructor(topics: readonly string[], toMonotonicMs: (epochMs: number) => number) {
    this.#topics = topics
    this.#toMonotonicMs = toMonotonicMs
  }

  take(read: Read): void {
    const [events, dispatch, receipts] = this.#topics
    if (read.topic === events) this.#takeEvent(read)
    else if (read.topic === dispatch) this.#takeQueued(read)
    else if (read.topic === receipts) this.#takeReceipt(read.value)
    else this.#takeLetter(read.value)
  }

  #takeEvent({ topic, partition, offset, value }: Read): void {
    const event: ChaosEvent = JSON.parse(value)
    const { token, bad } = event.properties
    for (const webhook of destinationsOf(event)) {
      const id = formatMessageId({ topic, partition, offset, action: actionOf(event), destination: webhook })
      this.expected.push({ id, token, webhook, bad })
    }
  }

  #takeQueued({ partition, offset, value }: Read): void {
    const record: DispatchRecord = JSON.parse(value)
    this.queued.push({ id: record.id, partition, offset, text: record.message.text })
  }

  #takeReceipt(value: string): void {
    const { id, outcome, cause, recorded_at }: Receipt = JSON.parse(value)
    if (outcome === null) return
    this.ended.add(id)
    this.ends.push({ id, outcome, cause, recordedMs: this.#toMonotonicMs(recorded_at), value })
  }

  #takeLetter(value: string): void {
    const { kind, cause, message, recorded_at }: DeadLetter = JSON.parse(value)
    const id = message?.id ?? `an event of kind ${kind}`
    this.letters.push({ id, cause, recordedMs: this.#toMonotonicMs(recorded_at), value })
  }
}
