import type { Admin, Kafka } from 'kafkajs'
import type { Observer } from '../observe/observer.ts'
import { settledWithin, sleep } from '../system.ts'
import { type LogRange, logRanges, type TopicRanges } from './offsets.ts'

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 10_000

/** Connects for administration, however long the broker takes to appear; null once the signal is aborted. */
export async function connectAdmin(deps: {
  kafka: Kafka
  brokers: readonly string[]
  observer: Observer
  signal: AbortSignal
}): Promise<Admin | null> {
  const { brokers, observer, signal } = deps
  const admin = deps.kafka.admin({ retry: { retries: 0 } })
  for (
    let retryInMs = FIRST_RETRY_MS;
    !signal.aborted;
    retryInMs = Math.min(LONGEST_RETRY_MS, retryInMs * 2)
  ) {
    try {
      await admin.connect()
      await admin.describeCluster()
      observer.brokerReached({ brokers })
      await admin.disconnect()
      const lasting = deps.kafka.admin()
      await lasting.connect()
      return lasting
    } catch (error) {
      observer.brokerUnreachable({ brokers, error, retryInMs })
      await sleep(retryInMs, signal)
    }
  }
  return null
}

/** An answer that takes longer is none: kafkajs itself would wait 30 s. */
const ANSWER_MS = 3_000

/**
 * Asks the broker now and then what the partitions hold: gives lag, and tells readiness whether the broker answers
 * at all.
 */
export function watchBroker(deps: {
  admin: Admin
  topics: readonly string[]
  everyMs: number
  answered(ranges: TopicRanges): void
  failed(error: unknown): void
}): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        const ranges = await within(ANSWER_MS, rangesOf(deps.admin, deps.topics))
        if (!stopped.signal.aborted) deps.answered(ranges)
      } catch (error) {
        if (!stopped.signal.aborted) deps.failed(error)
      }
      await sleep(deps.everyMs, stopped.signal)
    }
  }
  const watching = watch()
  return {
    async stop() {
      stopped.abort()
      await settledWithin(watching, 1_000)
    },
  }
}

async function rangesOf(admin: Admin, topics: readonly string[]): Promise<TopicRanges> {
  const ranges = new Map<string, ReadonlyMap<number, LogRange>>()
  for (const topic of topics) ranges.set(topic, await logRanges(admin, topic))
  return ranges
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  if (await settledWithin(work, ms)) return work
  work.catch(() => undefined)
  throw new Error(`no answer within ${ms / 1_000} s`)
}
