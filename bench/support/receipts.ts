import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import type { Receipt } from '../../src/core/records.ts'
import { topicNames } from '../../src/core/topic-names.ts'
import { benchKafka, type Work } from './work.ts'

const POLL_MS = 50

/** Resolves when so many records lie in the receipts topic; gives whether they came in time. */
export async function untilOnRecord(work: Work, wanted: number, limitMs: number): Promise<boolean> {
  return withAdmin(work, (admin) =>
    within(limitMs, async () => (await size(admin, topicNames(work.prefix).receipts)) >= wanted),
  )
}

/** Resolves when every dispatch record is committed; gives whether they were in time. */
export async function untilCommitted(work: Work, limitMs: number): Promise<boolean> {
  const { dispatch, dispatchGroup } = topicNames(work.prefix)
  return withAdmin(work, (admin) =>
    within(limitMs, async () => {
      const ends = await admin.fetchTopicOffsets(dispatch)
      const [found] = await admin.fetchOffsets({ groupId: dispatchGroup, topics: [dispatch] })
      const committed = new Map(found?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      return ends.every(({ partition, high }) => (committed.get(partition) ?? 0) >= Number(high))
    }),
  )
}

/** Distinct messages whose final receipt says `delivered`; reads the whole topic. */
export async function countDelivered(work: Work): Promise<number> {
  const topic = topicNames(work.prefix).receipts
  const wanted = await withAdmin(work, (admin) => size(admin, topic))
  const consumer = benchKafka(work).consumer({ groupId: `${work.prefix}.count-${randomUUID()}` })
  const delivered = new Set<string>()
  let read = 0
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const receipt: Receipt = JSON.parse(String(value))
        if (receipt.outcome === 'delivered') delivered.add(receipt.id)
      }
      read += batch.messages.length
    },
  })
  await within(60_000, async () => read >= wanted)
  await consumer.disconnect()
  return delivered.size
}

async function size(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
}

async function withAdmin<T>(work: Work, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = benchKafka(work).admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

async function within(limitMs: number, isDone: () => Promise<boolean>): Promise<boolean> {
  const startedMs = performance.now()
  while (!(await isDone())) {
    if (performance.now() - startedMs > limitMs) return false
    await delay(POLL_MS)
  }
  return true
}
