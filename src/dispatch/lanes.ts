import Bottleneck from 'bottleneck'
import type { Destination } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { LaneBacklog } from '../observe/metrics.ts'
import type { Observer } from '../observe/observer.ts'
import { outcomeInARow } from '../slack/classify.ts'
import { type Attempt, NOT_WRITTEN } from '../slack/client.ts'
import { Waits } from '../system.ts'
import type { Fate } from './fate.ts'
import { createLane, failingForMs, type Lane, noteAttempt, type QueuedMessage } from './lane.ts'
import { nextStep, type Step } from './retry.ts'

export interface LanesDeps {
  destinations: ReadonlyMap<string, Destination>
  queueLimitBytes: number
  /** `mayWrite` is asked right before the request is written; where it says no, the attempt is NOT_WRITTEN. */
  post(destination: Destination, message: QueuedMessage, mayWrite: () => boolean): Promise<Attempt>
  /** Resolves when a post may leave: what was posted before must be on record soon enough. */
  mayPost(signal: AbortSignal): Promise<void>
  settled(message: QueuedMessage, fate: Fate): void
  held(message: QueuedMessage, hold: { waitMs: number; attempt: Attempt }): void
  observer: Observer
  clock: Clock
  random: Random
}

/** How long a record waits for its destination to become known: a rolling deploy. */
const UNKNOWN_DESTINATION_MS = 600_000

/**
 * All lanes of the process. Guarantees:
 *
 * - A lane has one post in flight, and its messages leave in the order in which they came.
 * - The pace holds at the receiver: a Bottleneck limiter with one slot for each lane, and the slot is held from
 *   the start of a post until the interval after its answer has passed. (`minTime` alone spaces planned starts:
 *   a post that started late would be followed too early.)
 * - A lane that waits, for whatever reason, delays no other: nothing here awaits two lanes at once.
 * - A lane without messages whose last wait has passed is forgotten, so memory follows the lanes in use.
 */
export class Lanes {
  readonly #deps: LanesDeps
  readonly #lanes = new Map<string, Lane>()
  readonly #inFlight = new Set<Promise<unknown>>()
  readonly #stopping = new AbortController()
  readonly #waits = new Waits()
  #bytes = 0
  #waitingForRoom: (() => void)[] = []

  constructor(deps: LanesDeps) {
    this.#deps = deps
  }

  /** Takes a message; the caller holds back while `hasRoom` is false. */
  add(key: string, message: QueuedMessage): void {
    this.#bytes += message.bytes
    const open = this.#lanes.get(key)
    if (open !== undefined) {
      open.messages.push(message)
      return
    }
    const lane = createLane(key)
    this.#lanes.set(key, lane)
    lane.messages.push(message)
    void this.#run(lane)
  }

  hasRoom(): boolean {
    return this.#bytes < this.#deps.queueLimitBytes
  }

  /** Resolves when half of the queue limit is free again. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#waitingForRoom.push(resolve))
  }

  /** Forgets queued messages whose partition is not ours any more; a post in flight ends by itself. */
  dropUnowned(): void {
    for (const lane of this.#lanes.values()) {
      const kept = lane.messages.filter((message, at) => at === 0 || message.owned())
      if (kept.length === lane.messages.length) continue
      this.#bytes -= bytesOf(lane.messages) - bytesOf(kept)
      lane.messages = kept
    }
    this.#tellRoom()
  }

  /** Starts nothing more; resolves when every post in flight has ended and its consequence is drawn. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#waits.endAll()
    await Promise.allSettled(this.#inFlight)
  }

  /** What waits, by lane and destination. */
  backlog(): Iterable<LaneBacklog> {
    return [...this.#lanes.values()].flatMap((lane) => backlogOf(lane, this.#deps.clock.nowMs()))
  }

  async #run(lane: Lane): Promise<void> {
    const limiter = isPaced(lane, this.#deps.destinations) ? new Bottleneck({ maxConcurrent: 1 }) : null
    while (lane.messages.length > 0 && !this.#stopping.signal.aborted) {
      await (limiter === null ? this.#workOnHead(lane) : limiter.schedule(() => this.#workOnHead(lane)))
    }
    if (!this.#stopping.signal.aborted) this.#lanes.delete(lane.key)
  }

  async #workOnHead(lane: Lane): Promise<void> {
    const { signal } = this.#stopping
    const message = lane.messages[0]
    if (message === undefined) return
    if (!message.owned()) return this.#leave(lane, message)
    const destination = this.#deps.destinations.get(message.record.destination)
    if (destination?.enabled !== true) return this.#awaitDestination(lane, message)
    await this.#deps.mayPost(signal)
    if (signal.aborted || !message.owned()) return
    const posting = this.#attempt(destination, message).then((attempt) =>
      this.#conclude({ lane, message, destination, attempt }),
    )
    this.#inFlight.add(posting)
    const slotMs = await posting.finally(() => this.#inFlight.delete(posting))
    await this.#waits.wait(slotMs)
  }

  async #attempt(destination: Destination, message: QueuedMessage): Promise<Attempt> {
    const mayWrite = (): boolean => message.owned() && !this.#stopping.signal.aborted
    const attempt = await this.#deps.post(destination, message, mayWrite)
    if (attempt.detail === NOT_WRITTEN) return attempt
    message.attempts += 1
    this.#deps.observer.postAnswered({
      destination: destination.id,
      messageId: message.record.id,
      outcome: attempt.outcome,
      status: attempt.answer?.status ?? null,
      detail: attempt.detail,
      attempt: message.attempts,
      durationMs: attempt.durationMs,
    })
    return attempt
  }

  /** Takes the consequence of an attempt; gives how long the lane's slot stays taken. */
  #conclude(attempted: Attempted): number {
    const { lane, message, destination, attempt } = attempted
    const intervalMs = intervalOf(destination) ?? 0
    if (attempt.detail === NOT_WRITTEN) return intervalMs
    const step = stepAfter(attempted, this.#deps)
    if (step.kind !== 'hold') {
      const outcome = step.kind === 'delivered' ? 'delivered' : 'dead_lettered'
      const cause = step.kind === 'dead_letter' ? step.cause : null
      this.#finish(lane, message, { outcome, cause, detail: attempt.detail, answer: attempt.answer })
      return intervalMs
    }
    const waitMs = Math.max(step.waitMs, intervalMs)
    this.#deps.observer.laneHeld({ destination: destination.id, reason: step.reason, waitMs })
    if (message.owned()) this.#deps.held(message, { waitMs, attempt })
    return waitMs
  }

  /** A record that names a destination which is not configured, or is disabled, gets time for a deploy. */
  async #awaitDestination(lane: Lane, message: QueuedMessage): Promise<void> {
    const { destinations, observer, clock } = this.#deps
    const { destination } = message.record
    const waitMs = message.enqueuedMs + UNKNOWN_DESTINATION_MS - clock.monotonicMs()
    if (waitMs > 0) {
      observer.laneHeld({ destination, reason: 'unknown_destination', waitMs })
      await this.#waits.wait(waitMs)
      return
    }
    const detail = destinations.has(destination) ? 'disabled' : 'not configured'
    this.#finish(lane, message, {
      outcome: 'dead_lettered',
      cause: 'unknown_destination',
      detail,
      answer: null,
    })
  }

  #finish(lane: Lane, message: QueuedMessage, fate: Fate): void {
    this.#leave(lane, message)
    this.#deps.settled(message, fate)
  }

  /** The head leaves; nothing else ever does on its own. */
  #leave(lane: Lane, message: QueuedMessage): void {
    if (lane.messages[0] !== message) return
    lane.messages.shift()
    this.#bytes -= message.bytes
    this.#tellRoom()
  }

  #tellRoom(): void {
    if (this.#bytes > this.#deps.queueLimitBytes / 2) return
    const resumed = this.#waitingForRoom
    this.#waitingForRoom = []
    for (const resume of resumed) resume()
  }
}

function bytesOf(messages: readonly QueuedMessage[]): number {
  return messages.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** One lane may serve several destinations that share a webhook. */
function backlogOf(lane: Lane, nowMs: number): LaneBacklog[] {
  const waiting = new Map<string, LaneBacklog>()
  for (const { record, queuedAt } of lane.messages) {
    const { destination } = record
    const seen = waiting.get(destination) ?? { destination, messages: 0, oldestAgeMs: nowMs - queuedAt }
    waiting.set(destination, { ...seen, messages: seen.messages + 1 })
  }
  return [...waiting.values()]
}

interface Attempted {
  lane: Lane
  message: QueuedMessage
  destination: Destination
  attempt: Attempt
}

function stepAfter({ lane, message, destination, attempt }: Attempted, deps: LanesDeps): Step {
  const nowMs = deps.clock.monotonicMs()
  const outcome = outcomeInARow(attempt, lane.toleratedInARow + 1)
  const failed = outcome === 'retry' || outcome === 'ambiguous'
  const failuresInARow = lane.failuresInARow
  noteAttempt(lane, { failed, tolerable: attempt.tolerated > 0, nowMs })
  const step = nextStep(
    {
      outcome,
      retryAfterMs: attempt.retryAfterMs,
      ambiguousBefore: message.ambiguous,
      failuresInARow,
      failingForMs: failingForMs(lane, message, nowMs),
    },
    destination.policy,
    deps.random,
  )
  if (outcome === 'ambiguous') message.ambiguous += 1
  return step
}

/** Least time from an answer to the next post; null where there is no pace to keep: `rate: off`, or nothing is posted. */
function intervalOf(destination: Destination): number | null {
  return destination.type === 'blackhole' ? null : destination.policy.intervalMs
}

/** What has no pace gets no limiter. */
function isPaced(lane: Lane, destinations: ReadonlyMap<string, Destination>): boolean {
  const id = lane.messages[0]?.record.destination
  const destination = id === undefined ? undefined : destinations.get(id)
  return destination === undefined || intervalOf(destination) !== null
}
