import type { DeadLetterCause, FinalOutcome } from '../../src/core/outcome.ts'
import type { Ending } from '../../src/demo/simulator/ledger.ts'
import type { ChaosWebhook } from './webhooks.ts'

/** What a chaos run left behind, from which the ledger judges. Times are of the harness's monotonic clock. */
export interface Evidence {
  webhooks: readonly ChaosWebhook[]
  /** The longest silence of a process that its group puts up with. */
  sessionTimeoutMs: number
  /** One for each (event, action, destination) that the events topic asks for. */
  expected: readonly Expected[]
  /** bellhop.dispatch, in any order. */
  queued: readonly Queued[]
  /** Every request at the simulator, in order of arrival. */
  requests: readonly Request[]
  /** Receipts with an outcome, in the order of their partition. */
  ends: readonly End[]
  /** Dead letters of messages. */
  letters: readonly Letter[]
  disruptions: readonly Disruption[]
}

export interface Expected {
  id: string
  /** Unique among the messages of one webhook. */
  token: number
  /** A webhook's name. */
  webhook: string
  /** Its text holds the word that the simulator refuses. */
  bad: boolean
}

export interface Queued {
  id: string
  partition: number
  offset: number
  text: string
}

export interface Request {
  seq: number
  /** The webhook's path. */
  target: string
  /** Null where the connection was reset before the body. */
  text: string | null
  accepted: boolean
  /** Null where the simulator meant to give no answer. */
  status: number | null
  word: string
  /** Whether a fault that was switched on met it. */
  faulted: boolean
  retryAfterSeconds: number | null
  early: boolean
  arrivedMs: number
  /** Null: still open when the run ended. */
  ending: Ending | null
}

export interface End {
  id: string
  outcome: FinalOutcome
  cause: DeadLetterCause | null
  recordedMs: number
  /** The whole record: a write that was tried again may leave two that are alike. */
  value: string
}

export interface Letter {
  id: string
  cause: DeadLetterCause
  value: string
  recordedMs: number
}

/** What the harness did, or saw happen, to a process or the broker. */
export interface Disruption {
  kind: 'kill' | 'term' | 'freeze' | 'died' | 'broker_restart' | 'broker_kill'
  /** The signal was sent. */
  fromMs: number
  /** It was gone, awake again, or served clients again. */
  untilMs: number
}

const TOKEN = /\[m(\d+)\]/g

/** The text of a message begins with its token, by which it is known in a joint post. */
export function tokenText(token: number): string {
  return `[m${token}]`
}

export function tokensOf(text: string): number[] {
  return [...text.matchAll(TOKEN)].map(([, token]) => Number(token))
}
