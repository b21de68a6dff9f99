import type { Admin, Kafka } from 'kafkajs'
import type { Observer } from '../observe/observer.ts'
import { settledWithin, sleep } from '../system.ts'
import { logRanges } from './offsets.ts'

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

/**
 * Asks the broker every few seconds how far the partitions go: gives lag, and tells readiness whether the broker
 * answers at all.
 */
export function watchBroker(deps: {
  admin: Admin
  topics: readonly string[]
  everyMs: number
  answered(ends: Map<string, Map<number, number>>): void
  failed(error: unknown): void
  /** After each time it was asked, whatever came of it. */
  watched(): void
}): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const ask = async (): Promise<void> => {
    const ends = new Map<string, Map<number, number>>()
    for (const topic of deps.topics) {
      const ranges = await logRanges(deps.admin, topic)
      ends.set(topic, new Map([...ranges].map(([partition, { high }]) => [partition, high])))
    }
    if (!stopped.signal.aborted) deps.answered(ends)
  }
  const watch = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await ask()
      } catch (error) {
        if (!stopped.signal.aborted) deps.failed(error)
      }
      if (!stopped.signal.aborted) deps.watched()
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
