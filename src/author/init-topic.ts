import type { Config } from '../config/config.ts'
import { AppError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'
import type { AnalyticsEvent } from '../event/event.ts'
import { createEventFormats } from '../event/event-formats.ts'
import type { Kafka } from '../kafka/client.ts'
import type { SchemaStore } from '../registry/schema-store.ts'
import { forComment } from './init-text.ts'
import { newestEvents } from './topic-events.ts'

/** How many of a topic's newest events show what it holds. */
export const NEWEST = 1_000

export interface TopicEvents {
  /** Oldest first. */
  events: readonly AnalyticsEvent[]
  /** Records that are no events: not what the format says. */
  unreadable: number
}

/** What of a session this needs. */
export interface TopicSession {
  config: Config
  kafka: Kafka
  schemas: SchemaStore
}

/** @throws AppError topic_missing where the topic does not exist; topic_unsuitable where it holds no events. */
export async function readTopicEvents(session: TopicSession, topic: string): Promise<TopicEvents> {
  await requireTopic(session.kafka, topic)
  const records = await newestEvents(session, { topic, last: NEWEST })
  const values = records.map(({ value }) => value).filter((value) => value !== null)
  if (values.length === 0) {
    throw new AppError(
      'topic_unsuitable',
      `topic ${topic} holds no events yet: produce some, or leave --topic out for a configuration to begin with`,
    )
  }
  const events = await decodeAll(session, { topic, values })
  if (events.length === 0) throw new AppError('topic_unsuitable', whyNone(session, { topic, values }))
  return { events, unreadable: values.length - events.length }
}

interface Values {
  topic: string
  values: readonly Buffer[]
}

async function decodeAll({ config, schemas }: TopicSession, { topic, values }: Values) {
  const format = createEventFormats(config.kafka.events, schemas)(topic)
  const missing = new Set(values.map((value) => format.missingSchema(value)).filter((id) => id !== null))
  if (missing.size > 0) await schemas.learn(missing)
  const events: AnalyticsEvent[] = []
  for (const value of values) {
    const decoded = format.decode(value)
    if (decoded.kind === 'event') events.push(decoded.event)
  }
  return events
}

/** The first byte of the Confluent wire format, before the id of the schema. */
const MAGIC = 0

function whyNone({ config }: TopicSession, { topic, values }: Values): string {
  const isAvro = config.registry !== null
  const looksAvro = values.every((value) => value[0] === MAGIC && value.length > 5)
  const head = `none of the ${values.length} newest records of ${topic} is ${isAvro ? 'Avro that the registry knows' : 'a JSON object'}`
  if (!isAvro && looksAvro)
    return `${head}; they look like Avro: name the schema registry with --registry URL`
  if (isAvro && !looksAvro)
    return `${head}; they do not begin as Avro does: leave --registry out if they are JSON`
  return `${head}: bellhop reads events as JSON objects, or as Avro with a schema registry`
}

const MOST_NAMED = 20
/** What bellhop writes itself holds no events. */
const OWN_TOPIC = /\.(?:dispatch|receipts|dead-letters|controls|status)$/

async function requireTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 2 } })
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter((name) => !name.startsWith('__')).sort()
    if (topics.includes(topic)) return
    const near = didYouMean(topic, topics)
    const others = topics.filter((name) => !OWN_TOPIC.test(name))
    const named = others.slice(0, MOST_NAMED).map(forComment)
    const more = others.length > named.length ? `, and ${others.length - named.length} more` : ''
    const all =
      named.length === 0 ? 'the cluster has none with events' : `the cluster has ${named.join(', ')}${more}`
    throw new AppError('topic_missing', `there is no topic "${topic}"${near || ';'} ${all}`)
  } finally {
    await admin.disconnect()
  }
}
