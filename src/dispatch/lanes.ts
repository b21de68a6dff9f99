import type { LaneStatus } from '../core/records.ts'
import type { LaneBacklog } from '../observe/metrics.ts'
import type { Controls } from './controls.ts'
import { createLane, type Lane, type QueuedMessage } from './lane.ts'
import type { MemoryUse } from './lane-queue.ts'
import { memoryPermits } from './lane-room.ts'
import { laneStatus } from './lane-status.ts'
import type { Common, Flight, LanesDeps } from './lanes-common.ts'
import { LaneWork } from './lanes-work.ts'
import { type LanesConfig, LanesWorld } from './lanes-world.ts'

/** Its first message may be slow in coming, where it lies behind a long backlog. */
const FAILING_REMEMBERED_MS = 600_000

/** A wait that was on record when the lane became ours. */
export interface RestoredHold {
  /** Monotonic. */
  untilMs: number
  /** How long the lane's posts have been failing; null where they have not. */
  failingForMs: number | null
}

/**
 * All lanes of the process. Guarantees:
 *
 * - A lane has one post in flight, and its messages leave in the order in which they came. Messages that wait and
 *   look alike share a post, and each ends in its own right.
 * - The pace holds at the receiver: a Bottleneck limiter with one slot for each lane, which is held from the start
 *   of a post until the interval after its answer has passed, and on while there is more to post. (`minTime` alone
 *   spaces planned starts: a post that started late would be followed too early.)
 * - A lane that waits, for whatever reason, delays no other: nothing here awaits two lanes at once.
 * - A lane without messages whose last wait has passed is forgotten, so memory follows the lanes in use.
 */
export class Lanes {
  readonly #deps: LanesDeps
  readonly #works = new Map<string, LaneWork>()
  readonly #flights = new Set<Flight>()
  readonly #stopping = new AbortController()
  readonly #use: MemoryUse = { bytes: 0 }
  readonly #common: Common
  #units = 0

  constructor(deps: LanesDeps) {
    this.#deps = deps
    this.#common = {
      deps,
      signal: this.#stopping.signal,
      flights: this.#flights,
      world: new LanesWorld(deps, deps.clock),
      freshUnit: () => {
        this.#units += 1
        return this.#units
      },
      forget: (lane) => this.#works.delete(lane.key),
    }
  }

  /** Takes a message, whatever room there is; the caller asks `hasRoom` first. */
  add(key: string, message: QueuedMessage): void {
    this.#change(key, (lane) => {
      lane.queue.push(message)
      lane.limit = this.#common.world.limitOf(message.record.destination)
    })
  }

  /** Nothing leaves the lane before, whenever its messages come; remembered until then and no longer. */
  restore(key: string, { untilMs, failingForMs }: RestoredHold): void {
    this.#change(key, (lane) => {
      lane.notBeforeMs = Math.max(lane.notBeforeMs, untilMs)
      if (failingForMs === null) return
      const nowMs = this.#deps.clock.monotonicMs()
      lane.failingSinceMs ??= nowMs - failingForMs
      lane.rememberUntilMs = nowMs + FAILING_REMEMBERED_MS
    })
  }

  /** Whether the lane may take another message: within its own limit, and the process within its memory. */
  hasRoom(key: string): boolean {
    return this.#holdsFewer(key, 1)
  }

  /** Whether it is worth reading again what the lane had no room for. */
  isBelowHalf(key: string): boolean {
    return this.#holdsFewer(key, 0.5)
  }

  /**
   * Another configuration counts from now on, for what is posted next: rates, limits and patience are the new ones, and
   * messages of `readdressed` destinations leave for where they belong. What is in flight ends as it began.
   */
  reconfigure(config: LanesConfig, readdressed: ReadonlySet<string>): void {
    this.#common.world.reconfigure(config)
    for (const work of this.#works.values()) work.reconfigured((destination) => readdressed.has(destination))
  }

  /** What is paused or silenced has changed: lanes that wait see it at once. */
  wake(): void {
    for (const work of this.#works.values()) work.wake()
  }

  /** Forgets queued messages whose partition is not ours any more; a post in flight ends by itself. */
  dropUnowned(): void {
    for (const work of this.#works.values()) {
      const { queue, posting } = work.lane
      const left = queue.retain((message, nth) => nth < posting || message.owned())
      if (left > 0) work.wake()
    }
  }

  /**
   * Resolves when no message of the dispatch partition is on its way, and the consequence is drawn of all that
   * were. A post that has not been written is not on its way: one that is not owned any more never will be.
   */
  async quiet(partition: number): Promise<void> {
    const isOnItsWay = ({ written, messages }: Flight): boolean =>
      written && messages.some(({ dispatchPartition }) => dispatchPartition === partition)
    for (;;) {
      const flights = [...this.#flights].filter(isOnItsWay)
      if (flights.length === 0) return
      await Promise.all(flights.map(({ landed }) => landed))
    }
  }

  /** Starts nothing more; resolves when every post in flight has ended and its consequence is drawn. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const work of this.#works.values()) work.wake()
    await Promise.all([...this.#flights].map(({ landed }) => landed))
  }

  /** What waits, by lane and (several may share a webhook) destination, and lanes whose breaker is not closed though nothing waits. */
  backlog(): Iterable<LaneBacklog> {
    const nowMs = this.#deps.clock.nowMs()
    const waiting: LaneBacklog[] = []
    for (const { lane } of this.#works.values()) {
      const breaker = lane.breaker.state
      lane.queue.forEachTally(({ destination, messages, oldestQueuedAt }) => {
        if (messages === 0 && breaker === 'closed') return
        const oldestAgeMs = oldestQueuedAt === null ? null : nowMs - oldestQueuedAt
        waiting.push({ destination, messages, oldestAgeMs, breaker })
      })
    }
    return waiting
  }

  /** Each lane that has something waiting, or something to remember. */
  statuses(controls: Pick<Controls, 'isPaused'>): LaneStatus[] {
    const { clock } = this.#deps
    const { destinations } = this.#common.world
    return [...this.#works.values()].map(({ lane }) => laneStatus(lane, { destinations, controls, clock }))
  }

  #change(key: string, change: (lane: Lane) => void): void {
    const known = this.#works.get(key)
    if (known !== undefined) {
      const wasEmpty = known.lane.queue.length === 0
      change(known.lane)
      if (wasEmpty) known.wake()
      return
    }
    const work = new LaneWork(createLane(key, this.#use), this.#common)
    this.#works.set(key, work)
    change(work.lane)
    void work.run()
  }

  /** Fewer messages than this part of the lane's limit, and no more bytes than its part of the memory. */
  #holdsFewer(key: string, part: number): boolean {
    const lane = this.#works.get(key)?.lane
    const messages = lane?.queue.length ?? 0
    if (lane !== undefined && messages > 0 && messages >= lane.limit * part) return false
    const lanes = this.#works.size + (lane === undefined ? 1 : 0)
    const memory = { limitBytes: this.#common.world.queueLimitBytes, usedBytes: this.#use.bytes, lanes }
    return memoryPermits(memory, lane?.queue.bytes ?? 0)
  }
}
