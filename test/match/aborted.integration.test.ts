import { expect, it } from 'vitest'
import { Partitioners } from '../../src/kafka/kafkajs.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { eventually } from '../support/eventually.ts'
import { randomPrefix, testBrokers } from '../support/kafka.ts'
import { useProcesses } from '../support/processes.ts'
import { quietKafka, readTopic } from '../support/read-topic.ts'

const processes = useProcesses()
const configFile = useConfigFiles()

it('the match stage goes past more aborted records than one fetch holds, and takes none of them', async () => {
  const prefix = randomPrefix('aborted')
  const topic = `${prefix}.events`
  const kafka = quietKafka(testBrokers())
  const bellhop = processes.bellhop([
    ...['run', '--stages', 'match', '--http', '127.0.0.1:0', '-c'],
    configFile(`
kafka:
  brokers: [${testBrokers().join(', ')}]
  prefix: ${prefix}
  events: [{ topic: ${topic}, start: earliest }]
  topics: { partitions: 1 }
destinations: { nowhere: { type: blackhole } }
actions:
  - { id: any, trigger: type = "track", message: "{{ $.messageId }}" }
`),
  ])
  await bellhop.line(/"event":"groupJoined"/)
  const producer = kafka.producer({
    transactionalId: `${prefix}.aborting`,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const event = (messageId: string): { value: string } => ({
    value: JSON.stringify({ type: 'track', messageId, padding: 'x'.repeat(10_000) }),
  })
  const aborted = await producer.transaction()
  for (let nth = 0; nth < 6; nth += 1) {
    await aborted.send({ topic, messages: Array.from({ length: 50 }, () => event('aborted')) })
  }
  await aborted.abort()
  const committed = await producer.transaction()
  await committed.send({ topic, messages: [event('committed')] })
  await committed.commit()
  await producer.disconnect()

  const texts = async (): Promise<string[]> => {
    const records = await readTopic(kafka, `${prefix}.dispatch`)
    return records.flatMap(({ value }) => (value === null ? [] : [JSON.parse(value.toString()).message.text]))
  }
  await eventually('the committed event is matched', async () => (await texts()).length > 0, {
    withinMs: 30_000,
  })
  expect(await texts()).toEqual(['committed'])
})
