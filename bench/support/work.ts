import type { Kafka as KafkaClient } from 'kafkajs'
import type { Config } from '../../src/config/config.ts'
import { formatMessageId, webhookKey } from '../../src/core/ids.ts'
import type { SlackSimulator } from '../../src/demo/simulator/server.ts'
import { Kafka, logLevel, Partitioners } from '../../src/kafka/kafkajs.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { byTopic } from '../../src/kafka/transactional-writer.ts'

/** The work of one run: the same records for whoever dispatches them. */
export interface Work {
  name: string
  brokers: readonly string[]
  prefix: string
  simulator: SlackSimulator
  webhooks: number
  messages: number
  /** The first webhooks hang, the next ones are gone. */
  hanging: number
  gone: number
}

export function pathOf(webhook: number): string {
  return `/services/T0BENCH/B${webhook}/secret${webhook}`
}

export function urlOf({ simulator }: Work, webhook: number): string {
  return `${simulator.origin}${pathOf(webhook)}`
}

export function isHealthy({ hanging, gone }: Work, webhook: number): boolean {
  return webhook >= hanging + gone
}

export function benchKafka({ brokers }: Work): KafkaClient {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
}

/** Switches the faults on, and writes the dispatch records: one of each webhook, then the next. */
export async function produceWork(work: Work): Promise<void> {
  for (let webhook = 0; webhook < work.hanging; webhook += 1) {
    work.simulator.setFault(pathOf(webhook), { kind: 'hang' })
  }
  for (let webhook = work.hanging; webhook < work.hanging + work.gone; webhook += 1) {
    work.simulator.setFault(pathOf(webhook), { kind: 'gone' })
  }
  const producer = benchKafka(work).producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const { dispatch } = createRecordCodecs()
  for (let nth = 0; nth < work.messages; nth += 1) {
    const records = Array.from({ length: work.webhooks }, (_, webhook) => ({
      topic: `${work.prefix}.dispatch`,
      key: webhookKey(urlOf(work, webhook)),
      value: dispatch.encode(recordOf(webhook, nth)),
    }))
    await producer.sendBatch({ acks: -1, topicMessages: byTopic(records) })
  }
  await producer.disconnect()
}

function recordOf(
  webhook: number,
  nth: number,
): Parameters<ReturnType<typeof createRecordCodecs>['dispatch']['encode']>[0] {
  const event = { topic: 'bench', partition: 0, offset: webhook * 1_000_000 + nth, timestamp: Date.now() }
  return {
    id: formatMessageId({ ...event, action: 'bench', destination: `w${webhook}` }),
    action: 'bench',
    destination: `w${webhook}`,
    message: { text: String(nth), channel: null, username: null, icon_url: null, icon_emoji: null },
    event,
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: '000000000000' satisfies Config['version'],
  }
}
