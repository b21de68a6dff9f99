import type { Producer } from 'kafkajs'
import { benchKafka, benchProducer } from './work.ts'

/** A topic of the events that every run of the match bench reads: in JSON about 320 bytes, the same each time. */
export interface EventsTopic {
  brokers: readonly string[]
  /** What the topic's name begins with, and whatever else is made for its readers. */
  prefix: string
  topic: string
  events: number
  /** Of the registry that has the schema of its events; null where they are JSON. */
  registryUrl: string | null
}

export interface BenchEvent {
  type: 'track'
  event: string
  messageId: string
  userId: string
  /** ISO 8601. */
  timestamp: string
  properties: object
  context: object
}

export type EncodeEvent = (event: BenchEvent) => Buffer | string

export const encodeJson: EncodeEvent = (event) => JSON.stringify(event)

export const PARTITIONS = 8

const NAMES_EACH = 100
/** Of the events, 30 % carry one of these names, each as often as the others. */
export const RARE_NAMES: readonly string[] = namesOf('Order Completed')
/** The other 70 %. */
export const COMMON_NAMES: readonly string[] = namesOf('Page Viewed')

/** Of a request, to one partition after the other: below the megabyte that a broker takes at once. */
const EVENTS_A_REQUEST = 2_000

function namesOf(name: string): string[] {
  return Array.from({ length: NAMES_EACH }, (_, number) => `${name} ${number}`)
}

export async function produceEvents(
  { brokers, topic, events }: EventsTopic,
  encode: EncodeEvent,
): Promise<void> {
  await createTopic(brokers, topic)
  const producer = benchProducer({ brokers })
  await producer.connect()
  const random = randomBelow(1)
  for (let from = 0; from < events; from += EVENTS_A_REQUEST) {
    const to = Math.min(events, from + EVENTS_A_REQUEST)
    await send(producer, topic, { from, to, events, random, encode })
  }
  await producer.disconnect()
}

async function createTopic(brokers: readonly string[], topic: string): Promise<void> {
  const admin = benchKafka({ brokers }).admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: PARTITIONS }] })
  await admin.disconnect()
}

interface Portion {
  from: number
  to: number
  events: number
  random: (limit: number) => number
  encode: EncodeEvent
}

async function send(
  producer: Producer,
  topic: string,
  { from, to, events, random, encode }: Portion,
): Promise<void> {
  const messages = Array.from({ length: to - from }, (_, nth) => {
    const number = from + nth
    // The last of each partition matches whatever the rules, so that no offset waits for an idle commit.
    const mustMatch = number >= events - PARTITIONS
    return { partition: number % PARTITIONS, value: encode(eventOf(number, { mustMatch, random })) }
  })
  await producer.send({ topic, acks: -1, messages })
}

function eventOf(
  number: number,
  { mustMatch, random }: { mustMatch: boolean; random: (limit: number) => number },
): BenchEvent {
  const isRare = mustMatch || random(10) < 3
  const name = random(NAMES_EACH)
  const isChosen = mustMatch || random(30) === 0
  return {
    type: 'track',
    event: (isRare ? RARE_NAMES : COMMON_NAMES)[name] ?? '',
    messageId: `5f3c2a9e-${1_000_000 + number}`,
    userId: `user-${random(50_000)}`,
    timestamp: '2026-01-05T10:20:30.123Z',
    properties: {
      plan: isRare && isChosen ? 'gold' : 'basic',
      total: isRare && isChosen ? 5_000 : random(1_000),
      coupon: isRare && isChosen ? 'vip-2026' : 'none',
      score: mustMatch ? 0 : random(100),
      currency: 'EUR',
      name: 'Ann Example',
    },
    context: { ip: '10.0.0.1', library: { name: 'analytics.js' } },
  }
}

/** Whole numbers from 0, the same sequence each time (mulberry32). */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}
