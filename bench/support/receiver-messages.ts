import type { Fault } from '../../src/demo/simulator/switches.ts'
import type { Post, Tally } from './tally.ts'

/** What a bench and its receiver's process say to each other. */
export interface ReceiverSettings {
  /** `strict`: the Slack simulator. `fast`: whatever comes is answered with `ok`, at once. */
  kind: 'strict' | 'fast'
  /** What a webhook of the strict one takes. */
  ratePerSecond: number | null
  /** What arrives at a path with a fault is not counted. */
  faults: readonly { path: string; fault: Fault }[]
  /** Each post is told as it arrives: for a few a second. */
  tellEach: boolean
}

export type ToReceiver = { kind: 'start'; settings: ReceiverSettings } | { kind: 'report' }

export type FromReceiver =
  | { kind: 'listening'; origin: string }
  | { kind: 'report'; tally: Tally }
  | { kind: 'post'; post: Post }
