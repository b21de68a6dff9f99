import type { Kafka } from 'kafkajs'

/** Follows a topic from its beginning, read committed, in a group of its own. */
export interface TopicTail {
  close(): Promise<void>
}

const MAX_WAIT_MS = 250

export async function followTopic(
  kafka: Kafka,
  from: { topic: string; groupId: string },
  onValue: (value: Buffer) => void,
): Promise<TopicTail> {
  const consumer = kafka.consumer({ groupId: from.groupId, maxWaitTimeInMs: MAX_WAIT_MS })
  await consumer.connect()
  await consumer.subscribe({ topic: from.topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message: { value } }) => {
      if (value !== null) onValue(value)
    },
  })
  return { close: () => consumer.disconnect() }
}
