import type { Kafka, Message, Producer, Transaction } from 'kafkajs'
import { sleep } from '../system.ts'
import { isConcurrentTransactions } from './failures.ts'
import { Partitioners } from './kafkajs.ts'

/** A record to write; without a partition, the key decides. */
export interface OutgoingRecord {
  topic: string
  key: string | Buffer | null
  value: string | Buffer | null
  partition?: number
  /** Milliseconds since the epoch; left out, the moment of writing. */
  timestamp?: number
}

export interface ConsumedUpTo {
  groupId: string
  topic: string
  partition: number
  nextOffset: number
}

/**
 * Writes records and the offset of what they were made from in one transaction. One writer per input partition:
 * kafkajs commits offsets without member and generation (TxnOffsetCommit v1), so the broker tells a zombie by
 * its transactional id alone. `openTransactionalWriter` fences whoever held the id before and ends its open
 * transaction; only after that are committed offsets worth reading.
 *
 * Any error leaves kafkajs' transaction state stuck: discard the writer and open another.
 */
export interface TransactionalWriter {
  commit(records: readonly OutgoingRecord[], upTo: readonly ConsumedUpTo[]): Promise<void>
  /** Drops the connection; an open transaction is ended by the next owner, or by the broker's time limit. */
  discard(): Promise<void>
}

/** One request stays well below the broker's default max.message.bytes of 1 MiB a partition. */
const CHUNK_BYTES = 524_288
const TRANSACTION_TIMEOUT_MS = 30_000
const CONCURRENT_RETRY_MS = 5
const CONCURRENT_RETRIES = 2_000

export async function openTransactionalWriter(
  kafka: Kafka,
  transactionalId: string,
): Promise<TransactionalWriter> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
  })
  try {
    await producer.connect()
    // connect() initialises the idempotent id only; the first transaction() is what fences.
    return writerOver(producer, await producer.transaction())
  } catch (error) {
    await producer.disconnect().catch(() => undefined)
    throw error
  }
}

function writerOver(producer: Producer, first: Transaction): TransactionalWriter {
  let unused: Transaction | null = first
  return {
    async commit(records, upTo) {
      const transaction = unused ?? (await producer.transaction())
      unused = null
      for (const chunk of chunksOf(records)) {
        const topicMessages = byTopic(chunk)
        await whenPreviousEnded(() => transaction.sendBatch({ acks: -1, topicMessages }))
      }
      for (const { groupId, topics } of byGroup(upTo)) {
        await whenPreviousEnded(() => transaction.sendOffsets({ consumerGroupId: groupId, topics }))
      }
      await transaction.commit()
    },
    async discard() {
      await producer.disconnect().catch(() => undefined)
    },
  }
}

async function whenPreviousEnded(request: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await request()
      return
    } catch (error) {
      if (!isConcurrentTransactions(error) || attempt === CONCURRENT_RETRIES) throw error
      await sleep(CONCURRENT_RETRY_MS)
    }
  }
}

/** Records in order, in portions that one produce request may carry. */
export function chunksOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const chunks: OutgoingRecord[][] = []
  let current: OutgoingRecord[] = []
  let bytes = 0
  for (const record of records) {
    const size = byteLength(record.key) + byteLength(record.value)
    if (current.length > 0 && bytes + size > CHUNK_BYTES) {
      chunks.push(current)
      current = []
      bytes = 0
    }
    current.push(record)
    bytes += size
  }
  if (current.length > 0) chunks.push(current)
  return chunks
}

export function byTopic(records: readonly OutgoingRecord[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>()
  for (const { topic, key, value, partition, timestamp } of records) {
    const messages = topics.get(topic) ?? []
    messages.push({
      key,
      value,
      ...(partition === undefined ? {} : { partition }),
      ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
    })
    topics.set(topic, messages)
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

interface GroupOffsets {
  groupId: string
  topics: { topic: string; partitions: { partition: number; offset: string }[] }[]
}

function byGroup(upTo: readonly ConsumedUpTo[]): GroupOffsets[] {
  const groups = new Map<string, Map<string, { partition: number; offset: string }[]>>()
  for (const { groupId, topic, partition, nextOffset } of upTo) {
    const topics = groups.get(groupId) ?? new Map<string, { partition: number; offset: string }[]>()
    groups.set(groupId, topics)
    const partitions = topics.get(topic) ?? []
    topics.set(topic, partitions)
    partitions.push({ partition, offset: String(nextOffset) })
  }
  return [...groups].map(([groupId, topics]) => ({
    groupId,
    topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
  }))
}

function byteLength(data: string | Buffer | null): number {
  return data === null ? 0 : Buffer.byteLength(data)
}
