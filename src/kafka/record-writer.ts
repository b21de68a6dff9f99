import type { Kafka, Producer, RecordMetadata } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import type { Observer } from '../observe/observer.ts'
import { settledWithin, sleep } from '../system.ts'
import { Partitioners } from './kafkajs.ts'
import { byTopic, chunksOf, type OutgoingRecord } from './transactional-writer.ts'

interface Waiting {
  record: OutgoingRecord
  sinceMs: number
  acknowledge(offset: number): void
}

interface RecordWriterDeps {
  kafka: Kafka
  observer: Observer
  clock: Clock
}

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5_000
const MOST_RECORDS = 2_000
/** The offset of a record whose partition was the key's to choose: which one it was is not asked for. */
const UNKNOWN_OFFSET = -1

/**
 * Writes receipts and dead letters. A promise of `write` resolves when the broker has the record on all in-sync
 * replicas, and only then: a failed write is tried again for as long as the process lives. Whatever waits goes
 * out together, in order, one request at a time; a request that fails repeats none that was acknowledged before.
 */
export class RecordWriter {
  readonly #deps: RecordWriterDeps
  readonly #closed = new AbortController()
  #producer: Producer
  /** Oldest first; those in a request stay until it is acknowledged. */
  readonly #waiting: Waiting[] = []
  #sending: Promise<void> | null = null

  private constructor(deps: RecordWriterDeps, producer: Producer) {
    this.#deps = deps
    this.#producer = producer
  }

  static async connect(deps: RecordWriterDeps): Promise<RecordWriter> {
    return new RecordWriter(deps, await connectProducer(deps.kafka))
  }

  /** Gives the record's offset where it names its partition, else -1. */
  write(record: OutgoingRecord): Promise<number> {
    const written = new Promise<number>((resolve) => {
      this.#waiting.push({ record, sinceMs: this.#deps.clock.monotonicMs(), acknowledge: resolve })
    })
    this.#sending ??= this.#drain()
    return written
  }

  /** How many records are not acknowledged. */
  unacknowledged(): number {
    return this.#waiting.length
  }

  /** Age of the oldest record that is not acknowledged; 0 where there is none. */
  oldestUnacknowledgedMs(): number {
    const since = this.#waiting[0]?.sinceMs
    return since === undefined ? 0 : this.#deps.clock.monotonicMs() - since
  }

  /** Waits up to `deadlineMs` for what is not acknowledged; says whether all of it was. */
  async close(deadlineMs: number): Promise<boolean> {
    const complete = await settledWithin(this.#sending ?? Promise.resolve(), deadlineMs)
    this.#closed.abort()
    await this.#producer.disconnect().catch(() => undefined)
    return complete
  }

  async #drain(): Promise<void> {
    // What is written in the same turn of the event loop shares a request.
    await Promise.resolve()
    while (this.#waiting.length > 0 && !this.#closed.signal.aborted) {
      for (const request of requestsOf(this.#waiting.slice(0, MOST_RECORDS))) {
        await this.#sendUntilAcknowledged(request)
      }
    }
    this.#sending = null
  }

  async #sendUntilAcknowledged(request: readonly Waiting[]): Promise<void> {
    const { signal } = this.#closed
    let retryInMs = FIRST_RETRY_MS
    for (let failed = false; !signal.aborted; failed = true) {
      try {
        if (failed) await this.#replaceProducer()
        const offsets = await this.#send(request.map(({ record }) => record))
        this.#waiting.splice(0, request.length)
        for (const [at, { acknowledge }] of request.entries()) acknowledge(offsets[at] ?? UNKNOWN_OFFSET)
        return
      } catch (error) {
        if (signal.aborted) return
        const topic = request[0]?.record.topic ?? ''
        this.#deps.observer.writeFailed({ topic, records: request.length, error, retryInMs })
        await sleep(retryInMs, signal)
        retryInMs = Math.min(LONGEST_RETRY_MS, retryInMs * 2)
      }
    }
  }

  async #send(records: readonly OutgoingRecord[]): Promise<number[]> {
    const written = await this.#producer.sendBatch({ acks: -1, topicMessages: byTopic(records) })
    return offsetsOf(records, written)
  }

  /** An idempotent producer that failed may stand at a sequence that the broker refuses for ever. */
  async #replaceProducer(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined)
    this.#producer = await connectProducer(this.#deps.kafka)
  }
}

/** In order, in portions that one produce request may carry. */
function requestsOf(batch: readonly Waiting[]): Waiting[][] {
  const rest = [...batch]
  return chunksOf(batch.map(({ record }) => record)).map(({ length }) => rest.splice(0, length))
}

/**
 * The offset of each record that names its partition: those of one partition lie side by side from the base offset
 * that the broker gave.
 *
 * @throws where kafkajs dropped, silently, what is for a partition that its metadata does not know yet: one that
 * was added.
 */
function offsetsOf(records: readonly OutgoingRecord[], written: readonly RecordMetadata[]): number[] {
  const next = new Map<string, number>()
  for (const { topicName, partition, baseOffset } of written) {
    next.set(`${topicName}/${partition}`, Number(baseOffset))
  }
  return records.map(({ topic, partition }) => {
    if (partition === undefined) return UNKNOWN_OFFSET
    const place = `${topic}/${partition}`
    const offset = next.get(place)
    if (offset === undefined) throw new Error(`${topic} has no partition ${partition} that is known here`)
    next.set(place, offset + 1)
    return offset
  })
}

async function connectProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  return producer
}
