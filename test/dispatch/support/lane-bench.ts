import type { DeliveryPolicy, Destination } from '../../../src/config/config.ts'
import type { AttemptOutcome } from '../../../src/core/outcome.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { Fate } from '../../../src/dispatch/fate.ts'
import type { QueuedMessage } from '../../../src/dispatch/lane.ts'
import { Lanes } from '../../../src/dispatch/lanes.ts'
import { type Attempt, NOT_WRITTEN } from '../../../src/slack/client.ts'
import { silentObserver } from '../../support/recording-observer.ts'

export const policy: DeliveryPolicy = {
  intervalMs: 1_000,
  retryForMs: 3_600_000,
  onAmbiguous: 'resend',
  coalesce: null,
  laneLimit: 1_000,
}

export function webhook(id: string, change: Partial<DeliveryPolicy> = {}): Destination {
  return {
    id,
    enabled: true,
    type: 'webhook',
    url: new Secret(`http://127.0.0.1/${id}`),
    channel: null,
    appearance: { username: null, iconUrl: null, iconEmoji: null, unfurlLinks: false },
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
  }
  return {
    record,
    dispatchPartition: 0,
    dispatchOffset: offset,
    queuedAt: 0,
    enqueuedMs: Date.now(),
    bytes: 100,
    attempts: 0,
    ambiguous: 0,
    owned,
  }
}

export interface Answering {
  outcome: AttemptOutcome
  retryAfterMs?: number
  detail?: string
  tolerated?: number
  takesMs?: number
}

const notWritten: Attempt = {
  outcome: 'retry',
  detail: NOT_WRITTEN,
  retryAfterMs: null,
  tolerated: 0,
  answer: null,
  durationMs: 0,
}

/** Lanes over a receiver that answers as told, and notes when each post left and what became of each message. */
export function laneBench(destinations: Destination[], answer: (text: string, nth: number) => Answering) {
  const startMs = Date.now()
  const posts: { text: string; atMs: number; answeredMs: number }[] = []
  const fates: { id: string; outcome: Fate['outcome']; cause: Fate['cause'] }[] = []
  const holds: { id: string; waitMs: number }[] = []
  let mayPost: Promise<void> = Promise.resolve()
  let connected: Promise<void> = Promise.resolve()
  const lanes = new Lanes({
    destinations: new Map(destinations.map((destination) => [destination.id, destination])),
    queueLimitBytes: 1_000,
    async post(_, { record }, mayWrite) {
      await connected
      if (!mayWrite()) return notWritten
      const post = { text: record.message.text, atMs: Date.now() - startMs, answeredMs: 0 }
      posts.push(post)
      const told = answer(post.text, posts.filter(({ text }) => text === post.text).length)
      await new Promise((resolve) => setTimeout(resolve, told.takesMs ?? 0))
      post.answeredMs = Date.now() - startMs
      return {
        outcome: told.outcome,
        detail: told.detail ?? null,
        retryAfterMs: told.retryAfterMs ?? null,
        tolerated: told.tolerated ?? 0,
        answer: null,
        durationMs: told.takesMs ?? 0,
      } satisfies Attempt
    },
    mayPost: () => mayPost,
    settled: ({ record }, { outcome, cause }) => fates.push({ id: record.id, outcome, cause }),
    held: ({ record }, { waitMs }) => holds.push({ id: record.id, waitMs }),
    observer: silentObserver(),
    clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
    random: () => 0.5,
  })
  const block = (until: Promise<void>): void => {
    mayPost = until
  }
  const connectAfter = (until: Promise<void>): void => {
    connected = until
  }
  return { lanes, posts, fates, holds, block, connectAfter }
}
