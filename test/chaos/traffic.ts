import type { Kafka, Producer } from 'kafkajs'
import { type Random, seededRandom } from '../../src/core/random.ts'
import { sleep } from '../../src/system.ts'
import { tokenText } from './evidence.ts'
import type { Plan } from './plan.ts'
import { BAD_WORD, PAIR } from './scene.ts'

/** What the events topic holds, as JSON. */
export interface ChaosEvent {
  type: 'track'
  /** `to w7`, or `to pair`. */
  event: string
  userId: string
  messageId: string
  properties: { text: string; token: number; bad: boolean }
}

/** Produces the plan's load until it is stopped. What the log holds is what was produced: see events.ts. */
export interface Traffic {
  /** The next message for this webhook is one that the simulator refuses. */
  spoil(webhook: string): void
  stop(): Promise<void>
}

export interface TrafficOptions {
  kafka: Kafka
  topic: string
  plan: Plan
  /** Time since the plan began. */
  elapsedMs: () => number
}

const TURN_MS = 50
/** One in so many events for one of the pair goes to both. */
const PAIR_EVERY = 8
/** One in so many messages opens a code fence and does not close it. */
const FENCE_EVERY = 80
const WORDS =
  'order paid shipped returned a customer from Oslo asked for more & got <less> than 5 of them'.split(' ')

export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const source = new EventSource(options.plan)
  // An event that may have been written is never sent again: its token would then be that of two.
  const producer = options.kafka.producer({ retry: { retries: 0 } })
  await producer.connect()
  const stopping = new AbortController()
  const producing = produce(producer, source, { ...options, signal: stopping.signal })
  return {
    spoil: (webhook) => source.spoil(webhook),
    async stop() {
      stopping.abort()
      await producing
      await producer.disconnect()
    },
  }
}

async function produce(
  producer: Producer,
  source: EventSource,
  { topic, elapsedMs, signal }: TrafficOptions & { signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const events = source.until(elapsedMs())
    const messages = events.map((event) => ({ key: event.userId, value: JSON.stringify(event) }))
    // The broker may be away: what it did not take was never produced.
    if (messages.length > 0) await producer.send({ topic, messages, acks: -1 }).catch(() => undefined)
    await sleep(TURN_MS, signal)
  }
}

/** Which events are due, and what they say; drawn from the seed. */
class EventSource {
  readonly #plan: Plan
  readonly #random: Random
  readonly #owed: Map<string, number>
  readonly #spoiled = new Set<string>()
  #bursts: Plan['bursts']
  #untilMs = 0
  #token = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#random = seededRandom(plan.seed + 1)
    this.#owed = new Map(plan.webhooks.map(({ name }) => [name, 0]))
    this.#bursts = plan.bursts
  }

  spoil(webhook: string): void {
    this.#spoiled.add(webhook)
  }

  until(nowMs: number): ChaosEvent[] {
    // After a pause, as when the broker was away, no more than a second's worth comes at once.
    const seconds = Math.min(1_000, nowMs - this.#untilMs) / 1_000
    this.#untilMs = nowMs
    const due = this.#plan.webhooks.flatMap(({ name, messagesPerSecond }) => {
      const owed = (this.#owed.get(name) ?? 0) + messagesPerSecond * seconds
      const whole = Math.floor(owed)
      this.#owed.set(name, owed - whole)
      return Array.from({ length: whole }, () => this.#event(name))
    })
    const bursts = this.#bursts.filter(({ atMs }) => atMs <= nowMs)
    this.#bursts = this.#bursts.filter(({ atMs }) => atMs > nowMs)
    const burst = bursts.flatMap(({ webhook, messages }) =>
      Array.from({ length: messages }, () => this.#event(webhook)),
    )
    return [...due, ...burst]
  }

  #event(webhook: string): ChaosEvent {
    const random = this.#random
    this.#token += 1
    const token = this.#token
    const isPaired = random() < 1 / PAIR_EVERY && (PAIR as readonly string[]).includes(webhook)
    const bad = this.#spoiled.delete(webhook)
    const fence = random() < 1 / FENCE_EVERY ? ' ```' : ''
    const length = 3 + Math.floor(random() * 18)
    const words = Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)])
    const text = `${tokenText(token)} ${words.join(' ')}${fence}${bad ? ` ${BAD_WORD}` : ''}`
    const userId = `user-${Math.floor(random() * 500)}`
    return {
      type: 'track',
      event: `to ${isPaired ? 'pair' : webhook}`,
      userId,
      messageId: `m${token}`,
      properties: { text, token, bad },
    }
  }
}

/** The destinations that an event is for. */
export function destinationsOf({ event }: ChaosEvent): readonly string[] {
  const name = event.replace(/^to /, '')
  return name === 'pair' ? PAIR : [name]
}

export function actionOf({ event }: ChaosEvent): string {
  return event.replace(' ', '-')
}
