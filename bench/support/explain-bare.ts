/**
 * Reads a topic from its beginning with kafkajs as it comes, until an event has the messageId: what one writes who has
 * no `bellhop explain`. Started with its settings as JSON; prints where the event lay.
 */
import { Kafka, logLevel } from 'kafkajs'

const {
  brokers,
  topic,
  groupId,
  messageId,
}: Record<'topic' | 'groupId' | 'messageId', string> & { brokers: string[] } = JSON.parse(
  process.argv[2] ?? '',
)
const consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({ groupId })

await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  eachBatch: async ({ batch }) => {
    for (const { offset, value } of batch.messages) {
      const event: { messageId?: unknown } = JSON.parse(String(value))
      if (event.messageId !== messageId) continue
      process.stdout.write(`${topic}:${batch.partition}:${offset}\n`)
      process.exit()
    }
  },
})
