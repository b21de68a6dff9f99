import { afterEach, beforeEach, expect, it } from 'vitest'
import { RecordWriter } from '../../src/kafka/record-writer.ts'
import { systemClock } from '../../src/system.ts'
import { createScene, type Scene } from '../support/bellhop-scene.ts'
import { readTopic } from '../support/read-topic.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'

let scene: Scene
let topic: string
let writer: RecordWriter
const recording = createRecordingObserver()
beforeEach(async () => {
  scene = await createScene('writer')
  topic = await scene.createTopic('receipts')
  writer = await RecordWriter.connect({
    kafka: scene.kafka,
    observer: recording.observer,
    clock: systemClock,
  })
})
afterEach(async () => {
  await writer.close(1_000)
  await scene.close()
})

it('acknowledges what the topic holds, in order, each record in the partition it names', async () => {
  const records = Array.from({ length: 50 }, (_, index) => ({
    topic,
    partition: 0,
    key: 'a',
    value: `${index}`,
  }))
  await Promise.all(records.map((record) => writer.write(record)))

  expect(writer.oldestUnacknowledgedMs()).toBe(0)
  const written = await readTopic(scene.kafka, topic)
  expect(written.map(({ value }) => value?.toString())).toEqual(records.map(({ value }) => value))
})

it('acknowledges nothing for a partition that was added, until it is there', async () => {
  await writer.write({ topic, partition: 0, key: 'a', value: 'before' })
  await scene.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] })
  await writer.write({ topic, partition: 1, key: 'a', value: 'after' })

  const written = await readTopic(scene.kafka, topic)
  const found = written.map(({ partition, value }) => `${partition} ${value}`)
  expect(found.sort()).toEqual(['0 before', '1 after'])
  expect(recording.eventsOf('writeFailed')).toHaveLength(1)
})
