/**
 * Reads a topic with kafkajs as it comes, parses each event, and does nothing else: what the match stage is
 * measured against. Started with its settings as JSON; prints a line when its member has joined and one when it has read everything.
 */
import { Kafka, logLevel } from 'kafkajs'
import { EVENT_TYPE, HEADER_BYTES } from './match-avro.ts'
import type { EventsTopic } from './match-events.ts'

const { brokers, topic, events, registryUrl, groupId }: EventsTopic & { groupId: string } = JSON.parse(
  process.argv[2] ?? '',
)
const parse = registryUrl === null ? parseJson : parseAvro
// The same fetches as src/kafka/partition-consumer.ts makes.
const consumer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).consumer({
  groupId,
  maxBytesPerPartition: 1_048_576,
  maxBytes: 8_388_608,
  maxWaitTimeInMs: 250,
})
let read = 0

consumer.on(consumer.events.GROUP_JOIN, () => process.stdout.write('reading\n'))
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  eachBatch: async ({ batch }) => {
    for (const { value } of batch.messages) {
      if (value !== null) parse(value)
      read += 1
    }
    if (read >= events) process.stdout.write('done\n')
  },
})
process.once('SIGTERM', () => void consumer.disconnect().then(() => process.exit()))

function parseJson(value: Buffer): unknown {
  return JSON.parse(String(value))
}

/** The schema is known beforehand: no id is looked at. */
function parseAvro(value: Buffer): unknown {
  return EVENT_TYPE.fromBuffer(value.subarray(HEADER_BYTES))
}
