import type { Clock } from '../core/clock.ts'
import type { Controls } from './controls.ts'
import { type Destinations, UNKNOWN_DESTINATION_MS, type World } from './lane-moves.ts'

const UNKNOWN_LANE_LIMIT = 1_000

/** What lanes are configured with, and what a reload changes. */
export interface LanesConfig {
  destinations: Destinations
  queueLimitBytes: number
}

/** What the lanes of a process decide by, as it is now. */
export class LanesWorld implements World {
  readonly clock: Clock
  readonly controls: Controls
  /** By the wall clock: what waited before the process began could not be known here. */
  readonly #beganMs: number
  /** When a reload took away or disabled what was there before. */
  readonly #goneSinceMs = new Map<string, number>()
  #config: LanesConfig

  constructor(config: LanesConfig & { controls: Controls }, clock: Clock) {
    this.clock = clock
    this.controls = config.controls
    this.#beganMs = clock.nowMs()
    this.#config = config
  }

  get destinations(): Destinations {
    return this.#config.destinations
  }

  get queueLimitBytes(): number {
    return this.#config.queueLimitBytes
  }

  waitingSinceMs(destination: string): number {
    return this.#goneSinceMs.get(destination) ?? this.#beganMs
  }

  /** The most messages that a lane is to hold for the sake of this destination. */
  limitOf(destination: string): number {
    return this.destinations.get(destination)?.policy.laneLimit ?? UNKNOWN_LANE_LIMIT
  }

  reconfigure(next: LanesConfig): void {
    const nowMs = this.clock.nowMs()
    const isUsable = ({ destinations }: LanesConfig, id: string) => destinations.get(id)?.enabled === true
    for (const [id, sinceMs] of this.#goneSinceMs) {
      // Older than any wait, it says no more than the start of the process does.
      if (isUsable(next, id) || nowMs - sinceMs > UNKNOWN_DESTINATION_MS) this.#goneSinceMs.delete(id)
    }
    for (const id of this.#config.destinations.keys()) {
      if (isUsable(this.#config, id) && !isUsable(next, id)) this.#goneSinceMs.set(id, nowMs)
    }
    this.#config = next
  }
}
