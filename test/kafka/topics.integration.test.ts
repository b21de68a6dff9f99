import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigResourceTypes } from '../../src/kafka/kafkajs.ts'
import { ensureTopics } from '../../src/kafka/topics.ts'
import { createScene, type Scene } from '../support/bellhop-scene.ts'
import { testConfig } from '../support/config.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'

const DAY_MS = 86_400_000

let scene: Scene
beforeEach(async () => {
  scene = await createScene('topics')
})
afterEach(() => scene.close())

function configuration(topics: { partitions: number; retentionMs: number }) {
  const { kafka } = testConfig()
  const events = [{ topic: scene.events, format: 'json', map: null, start: { at: 'latest' } } as const]
  return {
    kafka: {
      ...kafka,
      prefix: scene.prefix,
      events,
      topics: { ...topics, create: true, replication: -1 },
    },
  }
}

async function partitionsOf(topic: string): Promise<number> {
  return (await scene.admin.fetchTopicOffsets(topic)).length
}

async function settingsOf(topic: string): Promise<Map<string, { value: string; isDefault: boolean }>> {
  const { resources } = await scene.admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      { type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms', 'cleanup.policy'] },
    ],
  })
  const entries = resources.flatMap(({ configEntries }) => configEntries)
  return new Map(
    entries.map(({ configName, configValue, isDefault }) => [configName, { value: configValue, isDefault }]),
  )
}

it('creates what is missing, its own topics with the retention that is configured', async () => {
  const { observer, eventsOf } = createRecordingObserver()
  await ensureTopics(scene.admin, configuration({ partitions: 3, retentionMs: DAY_MS }), observer)

  const { dispatch, receipts, deadLetters, controls, status } = scene.topics
  for (const topic of [dispatch, receipts, deadLetters]) {
    expect(await partitionsOf(topic)).toBe(3)
    expect((await settingsOf(topic)).get('retention.ms')?.value).toBe(String(DAY_MS))
  }
  expect(await partitionsOf(scene.events)).toBe(3)
  for (const [topic, policy] of [
    [controls, 'compact'],
    [status, 'compact,delete'],
  ] as const) {
    expect(await partitionsOf(topic)).toBe(1)
    expect((await settingsOf(topic)).get('cleanup.policy')?.value).toBe(policy)
  }
  const created = eventsOf('topicCreated').map(({ topic }) => topic)
  expect(created.sort()).toEqual([dispatch, receipts, deadLetters, controls, status, scene.events].sort())
})

it('leaves what is there as it is', async () => {
  await scene.createTopic('events', { partitions: 5 })
  await scene.createTopic('dead-letters', { partitions: 1, config: { 'retention.ms': '1000' } })
  const { observer } = createRecordingObserver()
  await ensureTopics(scene.admin, configuration({ partitions: 2, retentionMs: DAY_MS }), observer)

  expect(await partitionsOf(scene.events)).toBe(5)
  expect(await partitionsOf(scene.topics.deadLetters)).toBe(1)
  expect((await settingsOf(scene.topics.deadLetters)).get('retention.ms')?.value).toBe('1000')
})

it('works for processes that start together, and each topic is created once', async () => {
  const { observer, eventsOf } = createRecordingObserver()
  const config = configuration({ partitions: 2, retentionMs: DAY_MS })
  await Promise.all(Array.from({ length: 4 }, () => ensureTopics(scene.admin, config, observer)))

  expect(eventsOf('topicCreated')).toHaveLength(6)
})

it('refuses receipts that are gone before their dispatch records', async () => {
  await scene.createTopic('receipts', { partitions: 3, config: { 'retention.ms': '60000' } })
  const { observer } = createRecordingObserver()
  const ensured = ensureTopics(scene.admin, configuration({ partitions: 3, retentionMs: DAY_MS }), observer)
  await expect(ensured).rejects.toThrow(`${scene.topics.receipts} keeps its records for a shorter time`)
})

it('refuses controls that are deleted in time', async () => {
  await scene.createTopic('controls', { partitions: 1, config: { 'cleanup.policy': 'delete' } })
  const { observer } = createRecordingObserver()
  const ensured = ensureTopics(scene.admin, configuration({ partitions: 3, retentionMs: DAY_MS }), observer)
  await expect(ensured).rejects.toThrow(
    `${scene.topics.controls} has cleanup.policy=delete, which deletes silences and pauses`,
  )
})
