import type { Producer } from 'kafkajs'
import { formatMessageId } from '../../src/core/ids.ts'
import type { DispatchRecord, Receipt } from '../../src/core/records.ts'
import { topicNames } from '../../src/core/topic-names.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { benchKafka, benchProducer, configOf, type Work } from './work.ts'

/** Topics as `run` would have left them: events of half a day, one in a hundred delivered, all of them read. */
export interface ExplainTopics {
  work: Work
  events: string
  /** Written as JSON, which is YAML. */
  config: object
}

const EVENTS_PARTITIONS = 8
const DISPATCH_PARTITIONS = 12
const LANES = 200
const SPAN_MS = 43_200_000
const MATCHING = 100
const EVENTS_A_REQUEST = 8_000

export interface ExplainSetting {
  brokers: readonly string[]
  prefix: string
  events: number
  progress(done: number): void
}

export async function produceExplainTopics(setting: ExplainSetting): Promise<ExplainTopics> {
  const { brokers, prefix } = setting
  const work: Work = { brokers, prefix, webhooks: LANES, origins: ['https://hooks.slack.com'] }
  const events = `${prefix}.events`
  const topics = topicNames(prefix)
  await createTopics(setting, events)
  const producer = benchProducer(work)
  await producer.connect()
  const beganMs = Date.now() - SPAN_MS
  const ends = { dispatch: new Map<number, number>() }
  for (let from = 0; from < setting.events; from += EVENTS_A_REQUEST) {
    const to = Math.min(setting.events, from + EVENTS_A_REQUEST)
    const stretch: Stretch = { ...setting, from, to, beganMs }
    await sendEvents(producer, events, stretch)
    await sendFates(producer, { events, topics, nextOffset: ends.dispatch }, stretch)
    setting.progress(to)
  }
  await producer.disconnect()
  await commit(setting, events, ends.dispatch)
  const actions = [
    {
      id: 'paid',
      trigger: `type = "track" and event = "Order Completed"`,
      destination: Array.from({ length: LANES }, (_, lane) => `w${lane}`),
      message: 'paid {{ $.properties.total }}',
    },
  ]
  return { work, events, config: configOf(work, { slack: {}, actions }) }
}

async function createTopics({ brokers, prefix }: ExplainSetting, events: string): Promise<void> {
  const { dispatch, receipts, deadLetters } = topicNames(prefix)
  const admin = benchKafka({ brokers }).admin()
  await admin.connect()
  await admin.createTopics({
    waitForLeaders: false,
    topics: [
      { topic: events, numPartitions: EVENTS_PARTITIONS },
      ...[dispatch, receipts, deadLetters].map((topic) => ({ topic, numPartitions: DISPATCH_PARTITIONS })),
    ],
  })
  await admin.disconnect()
}

interface Stretch extends ExplainSetting {
  from: number
  to: number
  beganMs: number
}

export function placeOf(number: number): { partition: number; offset: number } {
  return { partition: number % EVENTS_PARTITIONS, offset: Math.floor(number / EVENTS_PARTITIONS) }
}

export function messageIdOf(number: number): string {
  return `5f3c2a9e-7d41-${1_000_000_000 + number}`
}

/** The matching event that is nearest to a share of all. */
export function matchingAt(events: number, share: number): number {
  return Math.floor((events * share) / MATCHING) * MATCHING
}

export function idOfMessage(topic: string, number: number): string {
  const destination = `w${laneOf(number)}`
  return formatMessageId({ topic, ...placeOf(number), action: 'paid', destination })
}

function laneOf(number: number): number {
  return (number / MATCHING) % LANES
}

function timestampOf(number: number, { events, beganMs }: Stretch): number {
  return Math.round(beganMs + (SPAN_MS * number) / events)
}

async function sendEvents(producer: Producer, topic: string, stretch: Stretch): Promise<void> {
  const messages = Array.from({ length: stretch.to - stretch.from }, (_, nth) => {
    const number = stretch.from + nth
    const name = number % MATCHING === 0 ? 'Order Completed' : `Page Viewed ${number % 97}`
    return {
      partition: number % EVENTS_PARTITIONS,
      timestamp: String(timestampOf(number, stretch)),
      value: `{"type":"track","event":"${name}","messageId":"${messageIdOf(number)}","userId":"user-${number % 50_000}","properties":{"total":${number % 1_000},"currency":"EUR","name":"Ann Example"},"context":{"ip":"10.0.0.1","library":{"name":"analytics.js"}}}`,
    }
  })
  await producer.send({ topic, acks: -1, messages })
}

async function sendFates(
  producer: Producer,
  to: { events: string; topics: ReturnType<typeof topicNames>; nextOffset: Map<number, number> },
  stretch: Stretch,
): Promise<void> {
  const codecs = createRecordCodecs()
  const dispatched = []
  const receipts = []
  const first = Math.ceil(stretch.from / MATCHING) * MATCHING
  for (let number = first; number < stretch.to; number += MATCHING) {
    const lane = `https://hooks.slack.com/${String(laneOf(number)).padStart(32, '0')}`
    const partition = laneOf(number) % DISPATCH_PARTITIONS
    const offset = to.nextOffset.get(partition) ?? 0
    to.nextOffset.set(partition, offset + 1)
    const atMs = timestampOf(number, stretch)
    const record = recordOf(to.events, number, atMs)
    const receipt = receiptOf(record, { partition, offset, lane })
    dispatched.push({
      partition,
      key: lane,
      timestamp: String(atMs + 40),
      value: codecs.dispatch.encode(record),
    })
    receipts.push({
      partition,
      key: record.id,
      timestamp: String(receipt.recorded_at),
      value: codecs.receipt.encode(receipt),
    })
  }
  if (dispatched.length === 0) return
  await producer.send({ topic: to.topics.dispatch, acks: -1, messages: dispatched })
  await producer.send({ topic: to.topics.receipts, acks: -1, messages: receipts })
}

function recordOf(topic: string, number: number, timestamp: number): DispatchRecord {
  return {
    id: idOfMessage(topic, number),
    action: 'paid',
    destination: `w${laneOf(number)}`,
    message: {
      text: `paid ${number % 1_000}`,
      channel: null,
      username: null,
      icon_url: null,
      icon_emoji: null,
    },
    event: { topic, ...placeOf(number), timestamp },
    userId: `user-${number % 50_000}`,
    anonymousId: null,
    messageId: messageIdOf(number),
    config_version: '000000000000',
    moves: 0,
    moved_at: null,
  }
}

function receiptOf(
  { id, action, destination, event, userId, messageId }: DispatchRecord,
  at: { partition: number; offset: number; lane: string },
): Receipt {
  return {
    id,
    action,
    destination,
    dispatch_partition: at.partition,
    dispatch_offset: at.offset,
    outcome: 'delivered',
    cause: null,
    detail: null,
    attempts: 1,
    ambiguous: 0,
    answer: { status: 200, body: 'ok', ts: null, channel: null },
    post_messages: 1,
    lane: at.lane,
    held_until: null,
    failing_since: null,
    breaker: 'closed',
    event,
    queued_at: event.timestamp + 40,
    recorded_at: event.timestamp + 1_200,
    userId,
    anonymousId: null,
    messageId,
  }
}

async function commit(
  { brokers, prefix, events: all }: ExplainSetting,
  events: string,
  dispatch: ReadonlyMap<number, number>,
): Promise<void> {
  const topics = topicNames(prefix)
  const admin = benchKafka({ brokers }).admin()
  await admin.connect()
  await admin.setOffsets({
    groupId: topics.matchGroup,
    topic: events,
    partitions: Array.from({ length: EVENTS_PARTITIONS }, (_, partition) => ({
      partition,
      offset: String(Math.ceil((all - partition) / EVENTS_PARTITIONS)),
    })),
  })
  await admin.setOffsets({
    groupId: topics.dispatchGroup,
    topic: topics.dispatch,
    partitions: [...dispatch].map(([partition, offset]) => ({ partition, offset: String(offset) })),
  })
  await admin.disconnect()
}
