import type { Problem } from '../config/problem.ts'
import type {
  AttemptOutcome,
  BreakerState,
  DeadLetterCause,
  EventCause,
  NotifyCause,
} from '../core/outcome.ts'

export const STAGES = ['match', 'dispatch'] as const
export type StageName = (typeof STAGES)[number]

export const TRANSACTION_ENDS = ['committed', 'aborted', 'fenced'] as const
export type TransactionEnd = (typeof TRANSACTION_ENDS)[number]

/** Why a lane waits longer than its pace. */
export const HOLD_REASONS = ['rate_limited', 'retry', 'ambiguous', 'unknown_destination'] as const
export type HoldReason = (typeof HOLD_REASONS)[number]

/** What asked for a reload. */
export const RELOAD_CAUSES = ['signal', 'file_change'] as const
export type ReloadCause = (typeof RELOAD_CAUSES)[number]

export const RELOAD_RESULTS = ['applied', 'unchanged', 'refused'] as const
export type ReloadResult = (typeof RELOAD_RESULTS)[number]

/** How many of a kind a reload touched. */
export interface ChangeCounts {
  added: number
  changed: number
  removed: number
}

/**
 * Everything that happens inside bellhop and that an operator may want to know. One method per event; the
 * implementation writes its log line and its metrics together, so the two agree. Ids go to logs only; metric
 * labels are configured ids and closed lists, never URLs, users or event data.
 */
export interface Observer {
  eventsConsumed(event: { topic: string; partition: number; count: number }): void
  actionMatched(event: { action: string; count: number }): void
  /** Text that did not fit Slack's 4,000 characters and was cut. */
  messageCut(event: { action: string; count: number }): void
  eventDeadLettered(event: {
    topic: string
    partition: number
    offset: number
    cause: EventCause
    detail: string | null
    action: string | null
  }): void
  transactionEnded(event: {
    topic: string
    partition: number
    end: TransactionEnd
    records: number
    durationMs: number
    error?: unknown
  }): void

  messageQueued(event: { destination: string }): void
  postAnswered(event: {
    destination: string
    messageId: string
    outcome: AttemptOutcome
    status: number | null
    detail: string | null
    attempt: number
    /** How many messages shared the post. */
    messages: number
    durationMs: number
    /** How long after the answer the destination's rate lets the next post leave; null: it has no rate. */
    intervalMs: number | null
  }): void
  /** `latencyMs`: from the event's Kafka timestamp to the receiver's 200. */
  messageDelivered(event: { destination: string; action: string; messageId: string; latencyMs: number }): void
  messageDeadLettered(event: {
    destination: string
    action: string
    messageId: string
    cause: DeadLetterCause
    detail: string | null
    attempts: number
  }): void
  laneHeld(event: { destination: string; reason: HoldReason; waitMs: number }): void
  /** A joint post was refused, and its messages go on in halves. */
  postSplit(event: { destination: string; messages: number; detail: string | null }): void
  /** `detail`: Slack's word, where it opened. */
  breakerChanged(event: { destination: string; state: BreakerState; detail: string | null }): void
  /** Queued again under its destination's new key, since the webhook's address has changed. */
  messageMoved(event: { destination: string; action: string; messageId: string }): void
  /** Dropped, since a person has silenced its destination or (a word of bellhop's own) its lane is broken itself. */
  messageSilenced(event: {
    destination: string
    action: string
    messageId: string
    detail: string | null
  }): void
  /** The destinations that are paused and silenced from now on. */
  controlsChanged(event: { paused: readonly string[]; silenced: readonly string[] }): void
  /** The canary's event is on its way. */
  canarySent(event: { topic: string }): void
  canaryFailed(event: { error: unknown }): void
  /** `roundTripMs`: from the event's Kafka timestamp to the receiver's answer. */
  canaryArrived(event: { destination: string; roundTripMs: number }): void
  /** bellhop has queued a message about itself. */
  notified(event: { cause: NotifyCause; destination: string; detail: string }): void
  /** What this process does cannot be told to the others: the pages show it as gone. */
  statusFailed(event: { error: unknown }): void
  /** A destination of the configuration takes any certificate: told at every start. */
  destinationInsecure(event: { destination: string }): void

  /** `lag`: records between the position and the end of the partition. */
  partitionLag(event: { stage: StageName; topic: string; partition: number; lag: number }): void
  partitionAssigned(event: { stage: StageName; topic: string; partition: number; offset: number }): void
  partitionLost(event: { stage: StageName; topic: string; partition: number }): void
  /** A partition cannot go on and is tried again after `retryInMs`, or (null) stands still until a person acts. */
  partitionFailed(event: {
    stage: StageName
    topic: string
    partition: number
    error: unknown
    retryInMs: number | null
  }): void
  /**
   * The partition is ours to post from: its owner before has let go (`waitedMs`), and what is on record has been
   * read (`receipts`).
   */
  partitionClaimed(event: { topic: string; partition: number; waitedMs: number; receipts: number }): void
  /** `complete`: all that was in flight is on record; if not, the next owner may repeat it. */
  partitionReleased(event: { topic: string; partition: number; durationMs: number; complete: boolean }): void
  /** Reading goes back for messages that their full lanes had passed over. `span`: records from there to where it was. */
  partitionRewound(event: { topic: string; partition: number; offset: number; span: number }): void
  /** Records that were read before have been read again. */
  recordsReread(event: { records: number }): void
  /** How many lanes have messages in this partition that they had no room for. */
  lanesPassingOver(event: { topic: string; partition: number; lanes: number }): void
  /** Posting pauses: Kafka has not confirmed this process's membership for nearly the session timeout. */
  leaseLapsed(event: { group: string }): void
  leaseRenewed(event: { group: string; afterMs: number }): void
  groupJoined(event: { stage: StageName; group: string; memberId: string; partitions: number }): void
  commitFailed(event: { stage: StageName; error: unknown }): void
  /** A write to Kafka failed and will be tried again after `retryInMs`. */
  writeFailed(event: { topic: string; records: number; error: unknown; retryInMs: number }): void
  consumerCrashed(event: { stage: StageName; error: unknown; restarting: boolean }): void
  brokerUnreachable(event: { brokers: readonly string[]; error: unknown; retryInMs: number }): void
  brokerReached(event: { brokers: readonly string[] }): void
  topicCreated(event: { topic: string; partitions: number }): void

  /** The configuration is being read again. */
  configReloading(event: { cause: ReloadCause }): void
  /** Another configuration is at work. `atMs`: milliseconds since the epoch. */
  configApplied(event: {
    version: string
    previous: string
    actions: ChangeCounts
    destinations: ChangeCounts
    durationMs: number
    atMs: number
  }): void
  /** What was read is what is at work. */
  configUnchanged(event: { version: string; atMs: number }): void
  /** One thing that is wrong with a configuration which was read again. */
  configProblem(event: { problem: Problem }): void
  /** One thing to think about, in the configuration that is at work now. */
  configWarned(event: { problem: Problem }): void
  /** The configuration is wrong, and the one before stays. */
  configInvalid(event: { problems: number }): void
  /** The configuration is right, but differs in what a running process cannot change; the one before stays. */
  configNeedsRestart(event: { options: readonly string[] }): void
  /** It could not be read or put to work for no fault of its own: a bug. The one before stays. */
  configReloadFailed(event: { error: unknown }): void

  started(event: { stages: readonly StageName[]; configVersion: string; http: string | null }): void
  stopping(event: { signal: string | null }): void
  stopped(event: { durationMs: number }): void
}
