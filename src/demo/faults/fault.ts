import { sleep } from '../../system.ts'
import type { Fleet } from '../processes/fleet.ts'
import type { SlackSimulator } from '../simulator/server.ts'
import type { DownLetters } from './down-letters.ts'

/** One fault of the demo, from before it strikes until nothing of it is left. */
export interface Fault {
  /** Strikes when its time has come, and mends. Resolves when nothing is left of it, or the world ends. */
  play(): Promise<void>
  /** Nothing of it is left to come or to be mended. */
  readonly settled: boolean
  /** What goes on, for the page; null while nothing does. */
  readonly notice: string | null
  story(): FaultStory
}

/** What came of a fault, for the summary. `failure`: what should not have happened, in a sentence. */
export type FaultStory =
  | {
      kind: 'gone'
      channel: string
      /** Null: it never struck. */
      lastedMs: number | null
      refused: number
      letters: number
      replayed: number
      failure: string | null
    }
  | {
      kind: 'throttled'
      channel: string
      lastedMs: number | null
      answers: number
      retryAfterSeconds: number
      failure: string | null
    }
  | {
      kind: 'kill'
      process: string
      partitions: number
      /** From the signal until all its partitions were worked on again; null: they never were. */
      takeoverMs: number | null
      failure: string | null
    }

export interface FaultWorld {
  simulator: SlackSimulator
  fleet: Fleet
  letters: DownLetters
  /** Since the traffic began. */
  elapsedMs(): number
  trafficIsOver(): boolean
  /** The traffic is over, and all that came of it has arrived: no message will meet a fault any more. */
  nothingComes(): boolean
  /** Takes a line for a person. */
  say(text: string): void
  /** Aborted when the demo is over, or given up. */
  signal: AbortSignal
}

const LOOK_EVERY_MS = 100

/** Waits until something holds; false where the demo ended first. */
export async function untilTrue(world: Pick<FaultWorld, 'signal'>, holds: () => boolean): Promise<boolean> {
  while (!world.signal.aborted) {
    if (holds()) return true
    await sleep(LOOK_EVERY_MS, world.signal)
  }
  return false
}

/** Waits for a time of the traffic; false where the traffic, or the demo, ended first. */
export async function untilTime(world: FaultWorld, atMs: number): Promise<boolean> {
  const came = await untilTrue(world, () => world.elapsedMs() >= atMs || world.trafficIsOver())
  return came && !world.trafficIsOver()
}
