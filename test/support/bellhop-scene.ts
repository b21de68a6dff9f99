/**
 * A Kafka prefix, a Slack simulator and a configuration that belong together, and what `bellhop run` made of them:
 * for tests that let it run for real and look at what it left behind.
 */
import { readFileSync } from 'node:fs'
import avro, { type Schema, type Type } from 'avsc'
import type { Admin, Kafka } from 'kafkajs'
import type { DeadLetter, DispatchRecord, Receipt } from '../../src/core/records.ts'
import { type TopicNames, topicNames } from '../../src/core/topic-names.ts'
import { createSlackSimulator, type SlackSimulator } from '../../src/demo/simulator/server.ts'
import { Partitioners } from '../../src/kafka/kafkajs.ts'
import { eventually } from './eventually.ts'
import { randomPrefix, testBrokers } from './kafka.ts'
import type { ChildProcesses, RunningProcess, SpawnOptions } from './processes.ts'
import { quietKafka, type ReadRecord, readTopic } from './read-topic.ts'
import { createTopic } from './topic-admin.ts'

export interface Scene {
  readonly prefix: string
  readonly topics: TopicNames
  /** The events topic, `PREFIX.events`. */
  readonly events: string
  readonly kafka: Kafka
  readonly admin: Admin
  readonly slack: SlackSimulator
  /** Creates a topic; its name is completed with the prefix. */
  createTopic(
    suffix: string,
    topic?: { partitions?: number; config?: Record<string, string> },
  ): Promise<string>
  /** Produces in the order given, one request. */
  produce(events: readonly ProducedEvent[], topic?: string): Promise<void>
  /** All that a topic of bellhop's own holds, in JSON or Avro; throws where a record does not fit its schema. */
  records<T extends keyof OwnRecords>(
    kind: T,
    /** A key whose records are none of bellhop's. */
    options?: { without?: string },
  ): Promise<Written<OwnRecords[T]>[]>
  /** The next offset to read of each partition that has one committed. */
  committed(group: string, topic: string): Promise<Map<number, number>>
  close(): Promise<void>
}

export interface ProducedEvent {
  key?: string | null
  /** An object is written as JSON. */
  value: object | string | Buffer | null
  partition?: number
  timestamp?: number
}

interface OwnRecords {
  dispatch: DispatchRecord
  receipts: Receipt
  deadLetters: DeadLetter
}

/** A record of one of bellhop's own topics, that fits its schema. */
export interface Written<T> {
  partition: number
  offset: number
  key: string | null
  value: T
}

const SCHEMA_FILES = { dispatch: 'dispatch', receipts: 'receipt', deadLetters: 'dead-letter' } as const

/** `brokers`: left out, the run's own. */
export async function createScene(
  name: string,
  options: {
    brokers?: string[]
    simulator?: Parameters<typeof createSlackSimulator>[0]
    /** Of the registry that records in Avro are read with. */
    registryUrl?: string
  } = {},
): Promise<Scene> {
  const prefix = randomPrefix(name)
  const topics = topicNames(prefix)
  const kafka = quietKafka(options.brokers ?? testBrokers())
  const admin = kafka.admin()
  const slack = await createSlackSimulator(options.simulator)
  await admin.connect()
  return {
    prefix,
    topics,
    events: `${prefix}.events`,
    kafka,
    admin,
    slack,
    async createTopic(suffix, { partitions = 1, config = {} } = {}) {
      const topic = `${prefix}.${suffix}`
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
      await createTopic(admin, { topic, numPartitions: partitions, configEntries })
      return topic
    },
    produce: (events, topic = `${prefix}.events`) => produce(kafka, topic, events),
    async records(kind, { without } = {}) {
      const records = await readTopic(kafka, topics[kind])
      const ours = records.filter(({ key, value }) => value !== null && key?.toString() !== without)
      return ours.map(decoderOf(kind, await writersOf(ours, options.registryUrl)))
    },
    async committed(groupId, topic) {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
      const known = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
      return new Map(known.map(({ partition, offset }) => [partition, Number(offset)]))
    },
    async close() {
      await Promise.all([admin.disconnect(), slack.close()])
    },
  }
}

/** With a new producer each time: kafkajs drops what is for a partition that its metadata does not know yet. */
async function produce(kafka: Kafka, topic: string, events: readonly ProducedEvent[]): Promise<void> {
  const messages = events.map(({ key = 'someone', value, partition, timestamp }) => ({
    key,
    value:
      value === null || typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
  }))
  const producer = kafka.producer({
    // Else a retry on a busy machine writes what is there already.
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  await producer.send({ topic, acks: -1, messages })
  await producer.disconnect()
}

/** By the ids of their schemas, the types of all that is in Avro: asked of the registry itself. */
async function writersOf(
  records: readonly ReadRecord[],
  url: string | undefined,
): Promise<Map<number, Type>> {
  const ids = new Set(records.map(({ value }) => schemaIdOf(value)).filter((id): id is number => id !== null))
  const writers = new Map<number, Type>()
  for (const id of ids) {
    const answer = (await (await fetch(`${url}/schemas/ids/${id}`)).json()) as { schema: string }
    writers.set(id, avro.Type.forSchema(JSON.parse(answer.schema), { wrapUnions: false }))
  }
  return writers
}

/** Of a value in the Confluent wire format; null of any other. */
export function schemaIdOf(value: Buffer | null): number | null {
  return value?.[0] === 0 ? value.readInt32BE(1) : null
}

function decoderOf<T extends keyof OwnRecords>(
  kind: T,
  writers: ReadonlyMap<number, Type>,
): (record: ReadRecord) => Written<OwnRecords[T]> {
  const file = new URL(`../../schemas/${SCHEMA_FILES[kind]}.avsc`, import.meta.url)
  const schema: Schema = JSON.parse(readFileSync(file, 'utf8'))
  const type = avro.Type.forSchema(schema, { wrapUnions: false })
  return ({ partition, offset, key, value }) => {
    const writer = writers.get(schemaIdOf(value) ?? 0)
    const json =
      value === null || writer === undefined
        ? String(value)
        : JSON.stringify(writer.fromBuffer(value.subarray(5)))
    const parsed: OwnRecords[T] = JSON.parse(json)
    if (!type.isValid(parsed)) throw new Error(`a record of ${kind} does not fit its schema: ${json}`)
    return { partition, offset: Number(offset), key: key?.toString() ?? null, value: parsed }
  }
}

/** A track event that the action `to-NAME` of `laneConfig` answers with its text. */
export function eventFor(destination: string, text: string, more: Record<string, unknown> = {}): object {
  return {
    type: 'track',
    event: `to ${destination}`,
    userId: 'user-1',
    messageId: `m-${text.slice(0, 40)}`,
    properties: { text },
    ...more,
  }
}

export interface LaneConfig {
  destinations: Record<string, Record<string, unknown>>
  /** Beside one action for each destination. */
  actions?: readonly Record<string, unknown>[]
  kafka?: Record<string, unknown>
  slack?: Record<string, unknown>
  registry?: Record<string, unknown>
}

/**
 * A configuration, as YAML, with an action `to-NAME` for each destination. A destination that says nothing of
 * where it goes is a webhook of the simulator, `/services/T0/B0/NAME`.
 */
export function laneConfig(scene: Scene, config: LaneConfig): string {
  const complete = Object.entries(config.destinations).map(([id, options]) => {
    const isWhole = ['webhook_url', 'token', 'type'].some((option) => option in options)
    return [id, isWhole ? options : { webhook_url: `${scene.slack.origin}${webhookPath(id)}`, ...options }]
  })
  const actions = Object.keys(config.destinations).map((id) => ({
    id: `to-${id}`,
    trigger: `type = "track" and event = "to ${id}"`,
    destination: id,
    message: '{{ $.properties.text }}',
  }))
  return JSON.stringify({
    kafka: {
      brokers: testBrokers(),
      prefix: scene.prefix,
      events: [{ topic: scene.events, start: 'earliest' }],
      topics: { partitions: 2 },
      session_timeout: '6s',
      ...config.kafka,
    },
    slack: {
      allow_origins: [scene.slack.origin],
      api_url: scene.slack.methodUrl,
      coalesce: 'off',
      ...config.slack,
    },
    ...(config.registry === undefined ? {} : { registry: config.registry }),
    destinations: Object.fromEntries(complete),
    actions: [...actions, ...(config.actions ?? [])],
  })
}

export function webhookPath(id: string): string {
  return `/services/T0/B0/${id}`
}

export interface RunningBellhop extends RunningProcess {
  /** Where health and metrics are. */
  http: string
  /** GET of /metrics, /healthz or /readyz. */
  get(path: string): Promise<{ status: number; body: string }>
}

/** `bellhop run` with a configuration, once it says where its health is served. */
export async function runBellhop(
  processes: ChildProcesses,
  file: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): Promise<RunningBellhop> {
  const child = processes.bellhop(['run', '-c', file, '--http', '127.0.0.1:0', ...args], options)
  const [, http = ''] = await child.line(/"http":"(http:[^"]+)"/)
  const get = async (path: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${http}${path}`)
    return { status: response.status, body: await response.text() }
  }
  return Object.create(child, { http: { value: http }, get: { value: get } })
}

export async function untilReady(bellhop: RunningBellhop, withinMs = 20_000): Promise<void> {
  await eventually('bellhop is ready', async () => (await bellhop.get('/readyz')).status === 200, {
    withinMs,
  })
}

/** What it logged so far, each line parsed. */
export function logLines(bellhop: RunningProcess): Record<string, unknown>[] {
  return bellhop.stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The texts that show in a channel, in order. */
export function textsOf(slack: SlackSimulator, target: string): (string | undefined)[] {
  return slack.posts(target).map(({ payload }) => payload?.text)
}
