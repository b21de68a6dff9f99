import type { DeliveryPolicy, Destination } from '../../../src/config/config.ts'
import type { AttemptOutcome } from '../../../src/core/outcome.ts'
import type { Control } from '../../../src/core/records.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { Fate, Hold } from '../../../src/dispatch/fate.ts'
import type { QueuedMessage } from '../../../src/dispatch/lane.ts'
import { Lanes } from '../../../src/dispatch/lanes.ts'
import { type Attempt, NOT_WRITTEN } from '../../../src/slack/attempt.ts'
import { createRecordingObserver } from '../../support/recording-observer.ts'

export const policy: DeliveryPolicy = {
  intervalMs: 1_000,
  retryForMs: 3_600_000,
  onAmbiguous: 'resend',
  coalesce: null,
  laneLimit: 1_000,
  expireAfterMs: null,
}

export function webhook(id: string, change: Partial<DeliveryPolicy> = {}): Destination {
  return {
    id,
    enabled: true,
    type: 'webhook',
    url: new Secret(`http://127.0.0.1/${id}`),
    channel: null,
    appearance: { username: null, iconUrl: null, iconEmoji: null, unfurlLinks: false },
    tls: null,
    policy: { ...policy, ...change },
  }
}

export function message(destination: string, offset: number, owned = (): boolean => true): QueuedMessage {
  const record = {
    id: `events:0:${offset}:action:${destination}`,
    action: 'action',
    destination,
    message: {
      text: `${destination} ${offset}`,
      channel: null,
      username: null,
      icon_url: null,
      icon_emoji: null,
    },
    event: { topic: 'events', partition: 0, offset, timestamp: 0 },
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: '0',
    moves: 0,
    moved_at: null,
  }
  return {
    record,
    lane: destination,
    dispatchPartition: 0,
    dispatchOffset: offset,
    queuedAt: 0,
    bytes: 100,
    attempts: 0,
    ambiguous: 0,
    postMessages: null,
    unit: null,
    ownedSinceMs: -Infinity,
    owned,
  }
}

/** A message with another text. */
export function saying(queued: QueuedMessage, text: string): QueuedMessage {
  return { ...queued, record: { ...queued.record, message: { ...queued.record.message, text } } }
}

export interface Answering {
  outcome: AttemptOutcome
  retryAfterMs?: number
  detail?: string
  tolerated?: number
  blamesChannel?: boolean
  takesMs?: number
}

const notWritten: Attempt = {
  outcome: 'retry',
  detail: NOT_WRITTEN,
  retryAfterMs: null,
  tolerated: 0,
  blamesChannel: false,
  answer: null,
  durationMs: 0,
}

export interface BenchSettings {
  queueLimitBytes?: number
  /** The lease, asked inline before each request. */
  mayWrite?: () => boolean
}

/** Lanes over a receiver that answers as told, and notes when each post left and what became of each message. */
export function laneBench(
  destinations: Destination[],
  answer: (text: string, nth: number) => Answering,
  { queueLimitBytes = 1_000, mayWrite: leased = () => true }: BenchSettings = {},
) {
  const startMs = Date.now()
  const posts: { text: string; atMs: number; answeredMs: number }[] = []
  const fates: { id: string; outcome: Fate['outcome']; cause: Fate['cause'] }[] = []
  /** As `fates`, with all there is to know. */
  const settled: { message: QueuedMessage; fate: Fate; atMs: number }[] = []
  const holds: { id: string; waitMs: number }[] = []
  const held: Hold[] = []
  /** What left its lane unposted, in order. */
  const givenBack: QueuedMessage[] = []
  /** Of destinations that go elsewhere now. */
  const misplaced = new Set<string>()
  const heard = createRecordingObserver()
  let asked = 0
  let isSwallowing = false
  let mayPost: Promise<void> = Promise.resolve()
  let connected: Promise<void> = Promise.resolve()
  let recorded: Promise<void> = Promise.resolve()
  const paused = new Set<string>()
  const silences = new Map<string, Control>()
  const lanes = new Lanes({
    destinations: new Map(destinations.map((destination) => [destination.id, destination])),
    queueLimitBytes,
    async post(_, { text }, mayWrite) {
      asked += 1
      if (isSwallowing) return { ...notWritten, outcome: 'sent', detail: null }
      await connected
      if (!mayWrite()) return notWritten
      const post = { text, atMs: Date.now() - startMs, answeredMs: 0 }
      posts.push(post)
      const told = answer(text, posts.filter((other) => other.text === text).length)
      await new Promise((resolve) => setTimeout(resolve, told.takesMs ?? 0))
      post.answeredMs = Date.now() - startMs
      return {
        outcome: told.outcome,
        detail: told.detail ?? null,
        retryAfterMs: told.retryAfterMs ?? null,
        tolerated: told.tolerated ?? 0,
        blamesChannel: told.blamesChannel ?? false,
        answer: null,
        durationMs: told.takesMs ?? 0,
      } satisfies Attempt
    },
    mayPost: () => mayPost,
    mayWrite: leased,
    settled(message, fate) {
      fates.push({ id: message.record.id, outcome: fate.outcome, cause: fate.cause })
      settled.push({ message, fate, atMs: Date.now() - startMs })
      return recorded
    },
    held(message, hold) {
      holds.push({ id: message.record.id, waitMs: hold.waitMs })
      held.push(hold)
    },
    isMisplaced: ({ record }) => misplaced.has(record.destination),
    gaveBack: (messages) => void givenBack.push(...messages),
    controls: {
      isPaused: (destination) => paused.has(destination),
      silenceAt: (destination, nowMs) => {
        const silence = silences.get(destination)
        return silence === undefined || (silence.until ?? Infinity) <= nowMs ? null : silence
      },
    },
    observer: heard.observer,
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
    random: () => 0.5,
  })
  const block = (until: Promise<void>): void => {
    mayPost = until
  }
  /** Nothing comes to stand on record before. */
  const recordAfter = (until: Promise<void>): void => {
    recorded = until
  }
  const connectAfter = (until: Promise<void>): void => {
    connected = until
  }
  /** From now on every post is answered at once, as a blackhole does. */
  const swallow = (): void => {
    isSwallowing = true
  }
  /** Puts other destinations to work; the messages of some belong to other lanes now. */
  const reconfigure = (next: Destination[], readdressed: string[] = []): void => {
    for (const id of readdressed) misplaced.add(id)
    const destinations = new Map(next.map((destination) => [destination.id, destination]))
    lanes.reconfigure({ destinations, queueLimitBytes }, new Set(readdressed))
  }
  /** What a person says; the lanes are told, as the stage tells them. */
  const say = {
    pause: (destination: string): void => heed(() => paused.add(destination)),
    resume: (destination: string): void => heed(() => paused.delete(destination)),
    silence: (destination: string, { why = 'launch', until = null as number | null } = {}): void => {
      const silence = { kind: 'silence', destination, why, by: null, since: Date.now(), until } as const
      heed(() => silences.set(destination, silence))
    },
    endSilence: (destination: string): void => heed(() => silences.delete(destination)),
  }
  const heed = (change: () => void): void => {
    change()
    lanes.wake()
  }
  const answered = { posts, fates, settled, holds, held, givenBack, heard, asked: () => asked }
  return { lanes, ...answered, block, connectAfter, recordAfter, swallow, reconfigure, say }
}
