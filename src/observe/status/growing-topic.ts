import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Kafka } from '../../kafka/client.ts'
import { type LogRange, timestampOf } from '../../kafka/offsets.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import { openTopicReader, type ReadRecord, type TopicReader } from '../../kafka/topic-reader.ts'
import { settledWithin, sleep } from '../../system.ts'

/** A record of one of bellhop's own topics, as it comes. */
export interface GrownRecord<T> {
  partition: number
  offset: number
  /** The Kafka record's, milliseconds since the epoch. */
  timestampMs: number
  key: string | null
  /** Null: the key's last word is taken back. */
  record: T | null
  /** It lay there when reading began. */
  isOld: boolean
}

export interface GrowingTopicOptions<T> {
  kafka: Kafka
  topic: string
  codec: RecordCodec<T>
  /** Where reading begins; null: at the beginning. */
  sinceMs: number | null
  /** Of what lies there, the newest so many at the most, the same of each partition that has so many; null: all. */
  mostRecords: number | null
  /** How often what has come is asked for. */
  everyMs: number
  /** Where reading begins has been decided; called again where the topic was made anew. */
  begins?(partition: number, offset: number): void
  onRecord(record: GrownRecord<T>): void
  /** All that was there a moment ago has been read. */
  looked?(): void
  clock: Clock
}

interface Place {
  next: number
  /** More lies before it than is to be read. */
  isCut: boolean
  /** Where the partition ended when reading began. */
  oldEnd: number
}

const FETCH_BYTES = 262_144
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 5_000
const MISSING_RETRY_MS = 5_000
const CLOSE_MS = 500

/**
 * Follows one of bellhop's own topics from somewhere in its past, without a group, and keeps its places in memory
 * alone. What lies there is read with as much rest as work, so that it takes no more than half of the event loop. A
 * broker that goes away is waited for; records that are not ours are passed over.
 */
export class GrowingTopic<T> {
  readonly #options: GrowingTopicOptions<T>
  readonly #stopped = new AbortController()
  readonly #caughtUp = Promise.withResolvers<void>()
  readonly #working: Promise<void>
  #places: Map<number, Place> | null = null
  #reader: TopicReader | null = null
  #isCaughtUp = false
  #wholeSinceMs: number | null = null
  #read = 0

  constructor(options: GrowingTopicOptions<T>) {
    this.#options = options
    this.#working = this.#work()
  }

  /** Resolves when all that lay there is read, or there is no such topic. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise
  }

  get isCaughtUp(): boolean {
    return this.#isCaughtUp
  }

  /** How many records have been read. */
  get read(): number {
    return this.#read
  }

  /** From when on all was read; null where all was, that lies where reading began or after. */
  get wholeSinceMs(): number | null {
    return this.#wholeSinceMs
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await settledWithin(Promise.allSettled([this.#working, this.#reader?.close()]), CLOSE_MS)
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopped
    let retryMs = FIRST_RETRY_MS
    while (!signal.aborted) {
      try {
        const found = await this.#round()
        retryMs = FIRST_RETRY_MS
        if (found) await sleep(this.#options.everyMs, signal)
        else await sleep(MISSING_RETRY_MS, signal)
      } catch {
        // Whoever has to know whether the broker answers asks elsewhere: here the last picture stays.
        await this.#closeReader()
        await sleep(retryMs, signal)
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2)
      }
    }
    await this.#closeReader()
  }

  /** False where there is no such topic. */
  async #round(): Promise<boolean> {
    const { kafka, topic } = this.#options
    this.#reader ??= await openTopicReader(kafka, topic)
    if (this.#reader === null) {
      this.#catchUp()
      return false
    }
    const ranges = await this.#reader.ranges()
    const places = await this.#placesIn(this.#reader, ranges)
    for (const [partition, { high }] of ranges) {
      const place = places.get(partition)
      if (place !== undefined && high > place.next)
        await this.#readOn(this.#reader, partition, { place, high })
    }
    // What is hidden behind an unfinished transaction comes when it ends.
    this.#catchUp()
    this.#options.looked?.()
    return true
  }

  async #placesIn(reader: TopicReader, ranges: ReadonlyMap<number, LogRange>): Promise<Map<number, Place>> {
    if (this.#places === null) {
      const { sinceMs, mostRecords } = this.#options
      const since = sinceMs === null ? null : await reader.offsetsSince(sinceMs)
      const wanted = [...ranges].map(([partition, { low, high }]) => {
        const from = Math.min(high, Math.max(low, since?.get(partition) ?? low))
        return { partition, from, high }
      })
      const most = mostOfEach(
        wanted.map(({ from, high }) => high - from),
        mostRecords ?? Infinity,
      )
      this.#places = new Map()
      for (const { partition, from, high } of wanted) {
        const next = Math.max(from, high - most)
        this.#begin(this.#places, partition, { next, oldEnd: high, isCut: next > from })
      }
    }
    const places = this.#places
    for (const [partition, { low, high }] of ranges) {
      const place = places.get(partition)
      // Added since, or made anew.
      if (place === undefined || place.next > high)
        this.#begin(places, partition, { next: low, oldEnd: low, isCut: false })
    }
    return places
  }

  #begin(places: Map<number, Place>, partition: number, place: Place): void {
    places.set(partition, place)
    this.#options.begins?.(partition, place.next)
  }

  async #readOn(
    reader: TopicReader,
    partition: number,
    { place, high }: { place: Place; high: number },
  ): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#stopped
    const span = { partition, from: place.next, to: high, patienceMs: 0, fetchBytes: FETCH_BYTES }
    for await (const { records, nextOffset } of reader.read(span)) {
      if (signal.aborted) return
      const startedMs = clock.monotonicMs()
      this.#noteCut(place, records[0])
      await this.#take(records, { partition, oldEnd: place.oldEnd })
      place.next = nextOffset
      if (nextOffset <= place.oldEnd) await sleep(Math.ceil(clock.monotonicMs() - startedMs), signal)
      if (signal.aborted) return
    }
  }

  #noteCut(place: Place, first: ReadRecord | undefined): void {
    if (!place.isCut || first === undefined) return
    place.isCut = false
    this.#wholeSinceMs = Math.max(this.#wholeSinceMs ?? 0, timestampOf(first))
  }

  async #take(
    records: readonly ReadRecord[],
    { partition, oldEnd }: { partition: number; oldEnd: number },
  ): Promise<void> {
    const { codec, onRecord } = this.#options
    await learn(codec, records)
    for (const { offset, timestamp, key, value } of records) {
      this.#read += 1
      const record = value === null ? null : decoded(codec, value)
      if (record === undefined) continue
      const timestampMs = timestampOf({ timestamp })
      const isOld = offset < oldEnd
      onRecord({ partition, offset, timestampMs, key: key?.toString() ?? null, record, isOld })
    }
  }

  #catchUp(): void {
    this.#isCaughtUp = true
    this.#caughtUp.resolve()
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader
    this.#reader = null
    await reader?.close()
  }
}

/** Avro where no registry is configured stays unread, and hides nothing else. */
async function learn(codec: RecordCodec<unknown>, records: readonly ReadRecord[]): Promise<void> {
  try {
    await codec.learn(records)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

function decoded<T>(codec: RecordCodec<T>, value: Buffer): T | undefined {
  if (codec.missingSchema(value) !== null) return undefined
  const read = codec.decode(value)
  return read.kind === 'record' ? read.record : undefined
}

/** How many of each may be taken for the sum to stay below `total`: who has fewer leaves the rest to the others. */
export function mostOfEach(sizes: readonly number[], total: number): number {
  let left = total
  const rising = sizes.toSorted((a, b) => a - b)
  for (const [nth, size] of rising.entries()) {
    const share = Math.floor(left / (rising.length - nth))
    if (size > share) return share
    left -= size
  }
  return Infinity
}
