import type { Clock } from '../core/clock.ts'
import type { Lease } from '../kafka/lease.ts'
import type { Observer } from '../observe/observer.ts'
import { sleep } from '../system.ts'

export interface PostGateDeps {
  writer: { oldestUnacknowledgedMs(): number; unacknowledged(): number }
  lease: Pick<Lease, 'holds'>
  group: string
  observer: Observer
  clock: Clock
  /** Aborted when the process is told to stop: then nobody waits any more. */
  signal: AbortSignal
}

const OLDEST_UNACKNOWLEDGED_MS = 1_000
/** Blackholes and open breakers make receipts faster than any broker takes them. */
const MOST_UNACKNOWLEDGED = 5_000
const POLL_MS = 10

/**
 * Whether a post may leave. With the broker away posting stops, instead of losing track of what was sent; and it
 * stops when the group's word that the partitions are ours has grown old, since another may have them. All lanes
 * share one wait.
 */
export class PostGate {
  readonly #deps: PostGateDeps
  #opening: Promise<void> | null = null

  constructor(deps: PostGateDeps) {
    this.#deps = deps
  }

  /** Asked inline, right before a request is written. */
  isOpen(): boolean {
    const { writer, lease } = this.#deps
    return (
      lease.holds() &&
      writer.unacknowledged() <= MOST_UNACKNOWLEDGED &&
      writer.oldestUnacknowledgedMs() <= OLDEST_UNACKNOWLEDGED_MS
    )
  }

  /** Resolves once it is open. */
  open(): Promise<void> {
    if (this.isOpen()) return Promise.resolve()
    this.#opening ??= this.#untilOpen()
    return this.#opening
  }

  async #untilOpen(): Promise<void> {
    const { lease, group, observer, clock, signal } = this.#deps
    const startedMs = clock.monotonicMs()
    const hadLapsed = !lease.holds()
    if (hadLapsed) observer.leaseLapsed({ group })
    while (!this.isOpen() && !signal.aborted) await sleep(POLL_MS, signal)
    this.#opening = null
    if (hadLapsed) observer.leaseRenewed({ group, afterMs: clock.monotonicMs() - startedMs })
  }
}
