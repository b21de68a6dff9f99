import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Admin } from '../../src/kafka/client.ts'
import { ensureTopics } from '../../src/kafka/topics.ts'
import { testConfig } from '../support/config.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A broker that makes topics, and denies them the first times that it is asked for them. */
function adminThatDenies(times: number): { admin: Admin; denials(): number } {
  let denials = 0
  const admin = {
    listTopics: async () => [],
    createTopics: async ({ waitForLeaders }: { waitForLeaders: boolean }) => {
      // As kafkajs does: what comes of waiting for leaders is the error of the whole.
      if (waitForLeaders) throw denied()
      return true
    },
    fetchTopicMetadata: async ({ topics }: { topics: string[] }) => {
      if (denials < times) {
        denials += 1
        throw denied()
      }
      return { topics: topics.map((name) => ({ name, partitions: [] })) }
    },
    describeConfigs: async () => ({ resources: [] }),
  }
  return { admin: admin as unknown as Admin, denials: () => denials }
}

/** As the broker words it, of the kind that kafkajs gives. */
function denied(): Error {
  const type = 'UNKNOWN_TOPIC_OR_PARTITION'
  return Object.assign(new Error('This server does not host this topic-partition'), { type })
}

it('waits for a broker that denies for a while what it has just made', async () => {
  const { admin, denials } = adminThatDenies(3)
  const { observer, eventsOf } = createRecordingObserver()
  const ensured = ensureTopics(admin, testConfig(), observer)
  await vi.runAllTimersAsync()

  await expect(ensured).resolves.toEqual({ dispatchRetentionMs: null })
  expect(denials()).toBe(3)
  expect(eventsOf('topicCreated').length).toBeGreaterThan(5)
})

it('says so where the broker denies it for long', async () => {
  const { admin } = adminThatDenies(Number.POSITIVE_INFINITY)
  const refused = expect(
    ensureTopics(admin, testConfig(), createRecordingObserver().observer),
  ).rejects.toThrow('does not host')
  await vi.runAllTimersAsync()
  await refused
})
