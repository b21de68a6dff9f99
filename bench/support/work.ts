import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, Kafka as KafkaClient, Producer } from 'kafkajs'
import { formatMessageId, webhookKey } from '../../src/core/ids.ts'
import type { DispatchRecord } from '../../src/core/records.ts'
import { topicNames } from '../../src/core/topic-names.ts'
import { Kafka, logLevel, Partitioners } from '../../src/kafka/kafkajs.ts'

/** The work of one run: webhooks `w0`, `w1` ..., and messages for them, the same for whoever dispatches them. */
export interface Work {
  brokers: readonly string[]
  prefix: string
  webhooks: number
  /** Of the receivers, which the webhooks take turns at. */
  origins: readonly string[]
}

const PARTITIONS = 12
const TOPIC_POLL_MS = 50
/** Of a request: all for one partition are below the megabyte that a broker takes at once. */
const RECORDS_A_REQUEST = 1_000

export function pathOf(webhook: number): string {
  return `/services/T0BENCH/B${webhook}/secret${webhook}`
}

export function urlOf({ origins }: Work, webhook: number): string {
  return `${origins[webhook % origins.length]}${pathOf(webhook)}`
}

export function benchKafka({ brokers }: Pick<Work, 'brokers'>): KafkaClient {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
}

/** Idempotent: kafkajs sends a request again, whole, where one of its partitions was refused. */
export function benchProducer(work: Pick<Work, 'brokers'>): Producer {
  const { DefaultPartitioner: createPartitioner } = Partitioners
  return benchKafka(work).producer({ createPartitioner, idempotent: true, maxInFlightRequests: 1 })
}

/** A configuration of all webhooks; `slack` and `actions` beside what every bench needs. */
export function configOf(work: Work, more: { slack: object; actions?: readonly object[] }): object {
  const destinations = Array.from({ length: work.webhooks }, (_, webhook) => [
    `w${webhook}`,
    { webhook_url: urlOf(work, webhook) },
  ])
  const never = { id: 'bench', trigger: 'event = "never"', destination: 'w0', message: 'never' }
  return {
    kafka: {
      brokers: work.brokers,
      prefix: work.prefix,
      events: [{ topic: `${work.prefix}.events`, start: 'earliest' }],
    },
    slack: { allow_origins: work.origins, ...more.slack },
    destinations: Object.fromEntries(destinations),
    actions: more.actions ?? [never],
  }
}

/** The dispatch topic as bellhop creates it, for who starts without it. */
export async function createDispatchTopic(work: Work): Promise<void> {
  await createTopic(work, topicNames(work.prefix).dispatch)
}

export async function createTopic(work: Work, topic: string): Promise<void> {
  const admin = benchKafka(work).admin()
  await admin.connect()
  // kafkajs gives up waiting for leaders where the broker does not know a topic yet that it has just created.
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: PARTITIONS }] })
  while (!(await hasLeaders(admin, topic))) await delay(TOPIC_POLL_MS)
  await admin.disconnect()
}

async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  const found = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => null)
  const partitions = found?.topics[0]?.partitions ?? []
  return partitions.length === PARTITIONS && partitions.every(({ leader }) => leader >= 0)
}

export interface Batch {
  /** Of each webhook: numbers `from` up to, not including, `to`. */
  from: number
  to: number
  /** Default: the number alone. */
  textOf?: (number: number) => string
}

/** Writes dispatch records: one of each webhook, then the next. */
export async function produceWork(work: Work, { from, to, textOf = String }: Batch): Promise<void> {
  const producer = benchProducer(work)
  await producer.connect()
  const topic = topicNames(work.prefix).dispatch
  const keys = Array.from({ length: work.webhooks }, (_, webhook) => webhookKey(urlOf(work, webhook)))
  let messages: { key: string; value: string }[] = []
  const flush = async (): Promise<void> => {
    if (messages.length > 0) await producer.send({ topic, acks: -1, messages })
    messages = []
  }
  for (let number = from; number < to; number += 1) {
    const text = textOf(number)
    for (const [webhook, key] of keys.entries()) {
      messages.push({ key, value: JSON.stringify(recordOf(webhook, { number, text })) })
      if (messages.length >= RECORDS_A_REQUEST) await flush()
    }
  }
  await flush()
  await producer.disconnect()
}

function recordOf(webhook: number, { number, text }: { number: number; text: string }): DispatchRecord {
  const event = { topic: 'bench', partition: 0, offset: webhook * 1_000_000 + number, timestamp: Date.now() }
  return {
    id: formatMessageId({ ...event, action: 'bench', destination: `w${webhook}` }),
    action: 'bench',
    destination: `w${webhook}`,
    message: { text, channel: null, username: null, icon_url: null, icon_emoji: null },
    event,
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: '000000000000',
    moves: 0,
    moved_at: null,
  }
}
