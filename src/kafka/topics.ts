import type { Admin } from 'kafkajs'
import type { Config } from '../config/config.ts'
import { AppError } from '../core/errors.ts'
import { type TopicNames, topicNames } from '../core/topic-names.ts'
import type { Observer } from '../observe/observer.ts'
import { formatCount } from '../observe/wording.ts'
import { sleep } from '../system.ts'
import { hasErrorType } from './failures.ts'
import { ConfigResourceTypes } from './kafkajs.ts'

export interface EnsuredTopics {
  /** How long the dispatch topic keeps its records; null: for ever. */
  dispatchRetentionMs: number | null
}

interface TopicPlan {
  topic: string
  /** Null: as configured. */
  partitions: number | null
  settings: Readonly<Record<string, string>>
}

/** A closed segment can be compacted: what a process said of itself is soon nothing but its last word. */
const STATUS_SETTINGS = {
  'cleanup.policy': 'compact,delete',
  'retention.ms': '3600000',
  'segment.ms': '300000',
  'min.cleanable.dirty.ratio': '0.1',
  'delete.retention.ms': '60000',
}

/** Each of bellhop's own topics, as it is created. */
function ownTopics({ prefix, topics }: Config['kafka']): TopicPlan[] {
  const names = topicNames(prefix)
  const messages = { 'retention.ms': String(topics.retentionMs) }
  return [
    { topic: names.dispatch, partitions: null, settings: messages },
    { topic: names.receipts, partitions: null, settings: messages },
    { topic: names.deadLetters, partitions: null, settings: messages },
    { topic: names.controls, partitions: 1, settings: { 'cleanup.policy': 'compact' } },
    { topic: names.status, partitions: 1, settings: STATUS_SETTINGS },
  ]
}

/**
 * Creates what is missing and refuses what would lose records or break the completion log: messages in a compacted
 * topic, receipts with another partition count or a shorter retention than dispatch, silences that are deleted in
 * time. Events topics are created
 * too, with the broker's own defaults for retention: on a fresh cluster nothing has to be done by hand.
 */
export async function ensureTopics(
  admin: Admin,
  config: Pick<Config, 'kafka'>,
  observer: Observer,
): Promise<EnsuredTopics> {
  const { kafka } = config
  const names = topicNames(kafka.prefix)
  const own = ownTopics(kafka)
  const existing = new Set(await admin.listTopics())
  const events = kafka.events.map(({ topic }) => ({ topic, partitions: null, settings: {} }))
  const missing = [...own, ...events].filter(({ topic }) => !existing.has(topic))
  for (const plan of missing) await createTopic({ admin, config, plan }, observer)
  await untilServed(
    admin,
    missing.map(({ topic }) => topic),
  )
  const settings = await settingsOf(
    admin,
    own.map(({ topic }) => topic),
  )
  refuseCompaction(settings, [names.dispatch, names.receipts, names.deadLetters])
  refuseDeletion(settings, names.controls)
  await refuseUnequalPartitions(admin, names)
  refuseShorterReceipts(settings, names)
  const retentionMs = retentionOf(settings, names.dispatch)
  return { dispatchRetentionMs: Number.isFinite(retentionMs) ? retentionMs : null }
}

interface NewTopic {
  admin: Admin
  config: Pick<Config, 'kafka'>
  plan: TopicPlan
}

async function createTopic(wanted: NewTopic, observer: Observer): Promise<void> {
  const { admin, plan } = wanted
  const { topic } = plan
  const { create, replication } = wanted.config.kafka.topics
  const partitions = plan.partitions ?? wanted.config.kafka.topics.partitions
  const configEntries = Object.entries(plan.settings).map(([name, value]) => ({ name, value }))
  if (!create) {
    throw new AppError(
      'topic_missing',
      `topic ${topic} does not exist, and kafka.topics.create is false: create it with ${describe(plan, partitions)}, ` +
        'or set kafka.topics.create to true.',
    )
  }
  try {
    const created = await admin.createTopics({
      // kafkajs gives up where the broker denies the topic still: see untilServed.
      waitForLeaders: false,
      topics: [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries }],
    })
    if (created) observer.topicCreated({ topic, partitions })
  } catch (error) {
    if (
      hasErrorType(error, 'TOPIC_AUTHORIZATION_FAILED') ||
      hasErrorType(error, 'CLUSTER_AUTHORIZATION_FAILED')
    ) {
      throw new AppError(
        'topic_missing',
        `topic ${topic} does not exist and the broker forbids creating it: create it with ` +
          `${describe(plan, partitions)}, or allow this user to.`,
        { cause: error },
      )
    }
    throw error
  }
}

const SERVED_POLL_MS = 100
const SERVED_POLLS = 50

/** A broker makes a topic at once, and for a moment afterwards, longer where it is busy, says that there is none. */
async function untilServed(admin: Admin, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return
  for (let poll = 1; ; poll += 1) {
    try {
      await admin.fetchTopicMetadata({ topics: [...topics] })
      return
    } catch (error) {
      if (poll === SERVED_POLLS || !hasErrorType(error, 'UNKNOWN_TOPIC_OR_PARTITION')) throw error
      await sleep(SERVED_POLL_MS)
    }
  }
}

/** What a person is to create it with; without the settings that only save room. */
function describe({ settings }: TopicPlan, partitions: number): string {
  const policy = settings['cleanup.policy']
  return `${formatCount(partitions, 'partition')}${policy === undefined ? '' : ` and cleanup.policy=${policy}`}`
}

/** The settings of topics that decide whether records of ours last, as the broker tells them. */
async function settingsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: ['cleanup.policy', 'retention.ms'],
    })),
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  )
}

type Settings = ReadonlyMap<string, ReadonlyMap<string, string>>

function refuseCompaction(settings: Settings, topics: readonly string[]): void {
  for (const topic of topics) {
    const policy = settings.get(topic)?.get('cleanup.policy')
    if (policy === undefined || policy === 'delete') continue
    throw new AppError(
      'topic_unsuitable',
      `topic ${topic} has cleanup.policy=${policy}, which deletes records that share a key, and with them ` +
        `messages. Run "kafka-configs.sh --alter --entity-type topics --entity-name ${topic} ` +
        '--add-config cleanup.policy=delete", or choose another kafka.prefix.',
    )
  }
}

/** A silence or pause is to last until it ends or is ended, however long nobody says anything. */
function refuseDeletion(settings: Settings, controls: string): void {
  const policy = settings.get(controls)?.get('cleanup.policy')
  if (policy === undefined || policy === 'compact') return
  throw new AppError(
    'topic_unsuitable',
    `topic ${controls} has cleanup.policy=${policy}, which deletes silences and pauses that are still in force. Run ` +
      `"kafka-configs.sh --alter --entity-type topics --entity-name ${controls} --add-config ` +
      'cleanup.policy=compact", or choose another kafka.prefix.',
  )
}

/** Receipts that are gone before their dispatch records say nothing of them: what was delivered would be again. */
function refuseShorterReceipts(settings: Settings, { dispatch, receipts }: TopicNames): void {
  if (retentionOf(settings, receipts) >= retentionOf(settings, dispatch)) return
  throw new AppError(
    'topic_unsuitable',
    `topic ${receipts} keeps its records for a shorter time than ${dispatch} (retention.ms): what was ` +
      'delivered long ago, beside a message that still waits, would be posted again. Run "kafka-configs.sh --alter ' +
      `--entity-type topics --entity-name ${receipts} --add-config retention.ms=MS" with that of ${dispatch}.`,
  )
}

function retentionOf(settings: Settings, topic: string): number {
  const value = Number(settings.get(topic)?.get('retention.ms') ?? -1)
  return value < 0 ? Number.POSITIVE_INFINITY : value
}

async function refuseUnequalPartitions(admin: Admin, names: TopicNames): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [names.dispatch, names.receipts] })
  const count = (name: string): number => topics.find((topic) => topic.name === name)?.partitions.length ?? 0
  const [dispatch, receipts] = [count(names.dispatch), count(names.receipts)]
  if (dispatch === receipts) return
  const [smaller, wanted] = dispatch < receipts ? [names.dispatch, receipts] : [names.receipts, dispatch]
  throw new AppError(
    'topic_unsuitable',
    `topic ${names.receipts} has ${receipts} partitions and ${names.dispatch} has ${dispatch}: they must have the ` +
      `same count, since a message's receipt lies in the partition of its dispatch record. Run "kafka-topics.sh ` +
      `--alter --topic ${smaller} --partitions ${wanted}".`,
  )
}
