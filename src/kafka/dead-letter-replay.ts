import type { Kafka } from 'kafkajs'
import type { EventCoordinates } from '../core/records.ts'
import type { TopicNames } from '../core/topic-names.ts'
import type { ReplayBatch } from '../dead/replay.ts'
import { sleep } from '../system.ts'
import { markKey } from './dead-letter-log.ts'
import { createDeadLetterRecord } from './dead-letters.ts'
import { isConcurrentTransactions, isCoordinatorMoving, isFenced } from './failures.ts'
import type { RecordCodecs } from './record-codec.ts'
import { openTopicReader, type TopicReader } from './topic-reader.ts'
import {
  type OutgoingRecord,
  openTransactionalWriter,
  type TransactionalWriter,
} from './transactional-writer.ts'

/**
 * Writes what a replay sends back. There is one for the whole cluster at a time: its transactional id is a lock.
 * Opening it fences whoever held it and ends their open transaction; every mark that they put on record can be read
 * once the log as it ends after that has been read. So open it first, and read letters and marks then: no two
 * replays can both send a letter, and one that was killed in the middle has sent all of a batch or nothing of it.
 */
export interface ReplayWriter {
  /** @throws {FencedReplayError} where another replay has begun; another error leaves open whether it is on record. */
  commit(batch: ReplayBatch): Promise<void>
  close(): Promise<void>
}

export class FencedReplayError extends Error {}

const OPEN_TRIES = 60
const OPEN_RETRY_MS = 250

export async function openReplayWriter(deps: {
  kafka: Kafka
  transactionalId: string
  topics: TopicNames
  codecs: RecordCodecs
}): Promise<ReplayWriter> {
  const { topics, codecs } = deps
  const writer = await openPatiently(deps)
  const deadLetter = createDeadLetterRecord({ codec: codecs.deadLetter, topic: topics.deadLetters })
  const toRecords = ({ marks, messages, letters }: ReplayBatch): OutgoingRecord[] => [
    ...messages.map(({ key, record }) => ({
      topic: topics.dispatch,
      key,
      value: codecs.dispatch.encode(record),
    })),
    ...letters.map((letter) => deadLetter(letter, keyOf(letter.event))),
    ...marks.map(({ partition, letter }) => ({
      topic: topics.deadLetters,
      partition,
      key: markKey(letter.replays ?? 0),
      value: codecs.deadLetter.encode(letter),
    })),
  ]
  return {
    async commit(batch) {
      try {
        await writer.commit(toRecords(batch), [])
      } catch (error) {
        if (isFenced(error)) throw new FencedReplayError('another replay has begun', { cause: error })
        throw error
      }
    },
    close: () => writer.discard(),
  }
}

/** Where another replay was in the middle of a transaction, the coordinator ends that first. */
async function openPatiently(deps: { kafka: Kafka; transactionalId: string }): Promise<TransactionalWriter> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await openTransactionalWriter(deps.kafka, deps.transactionalId)
    } catch (error) {
      const passes = isFenced(error) || isConcurrentTransactions(error) || isCoordinatorMoving(error)
      if (!passes || tried === OPEN_TRIES) throw error
      await sleep(OPEN_RETRY_MS)
    }
  }
}

/** The key of the event's own record, as far as its letter holds it. */
function keyOf(event: { key: { encoding: 'utf8' | 'base64'; data: string } | null } | null): Buffer | null {
  return event?.key ? Buffer.from(event.key.data, event.key.encoding) : null
}

/** Reads single records by their coordinates, each topic through a reader of its own. */
export function createOriginals(kafka: Kafka): {
  read(at: EventCoordinates): Promise<Buffer | null>
  close(): Promise<void>
} {
  const readers = new Map<string, TopicReader | null>()
  return {
    async read({ topic, partition, offset }) {
      const reader = readers.has(topic) ? (readers.get(topic) ?? null) : await openTopicReader(kafka, topic)
      readers.set(topic, reader)
      const range = reader === null ? undefined : (await reader.ranges()).get(partition)
      if (reader === null || range === undefined || offset < range.low || offset >= range.high) return null
      for await (const { records } of reader.read({
        partition,
        from: offset,
        to: offset + 1,
        patienceMs: 0,
      })) {
        const found = records.find((record) => record.offset === offset)
        if (found !== undefined) return found.value
      }
      return null
    },
    async close() {
      await Promise.all([...readers.values()].map((reader) => reader?.close()))
    },
  }
}
