import type { Destination } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { MessageContent } from '../core/records.ts'
import type { Observer } from '../observe/observer.ts'
import type { Attempt } from '../slack/attempt.ts'
import type { Controls } from './controls.ts'
import type { Fate, Hold } from './fate.ts'
import type { Lane, QueuedMessage } from './lane.ts'
import type { LanesConfig, LanesWorld } from './lanes-world.ts'

export interface LanesDeps extends LanesConfig {
  /** `mayWrite` is asked right before the request is written; where it says no, the attempt is NOT_WRITTEN. */
  post(destination: Destination, content: MessageContent, mayWrite: () => boolean): Promise<Attempt>
  /** Resolves when a post may leave: what was posted before must be on record soon enough, and the lease hold. */
  mayPost(signal: AbortSignal): Promise<void>
  /** Whether the lease holds now: asked inline, right before a request is written. */
  mayWrite(): boolean
  /** Resolves when it is on record, or never will be: then its partition is not ours any more. */
  settled(message: QueuedMessage, fate: Fate): Promise<void>
  /** A wait that the next owner must keep. Called for the head, and where a resend may repeat for each of its post. */
  held(message: QueuedMessage, hold: Hold): void
  /** Whether the message belongs to another lane by the configuration at work. */
  isMisplaced(message: QueuedMessage): boolean
  /** Messages that leave a lane unposted, in their order, to be read again and taken where they belong. */
  gaveBack(messages: readonly QueuedMessage[]): void
  /** What persons have said; whoever changes it wakes the lanes. */
  controls: Controls
  observer: Observer
  clock: Clock
  random: Random
}

/** A post under way. */
export interface Flight {
  readonly messages: readonly QueuedMessage[]
  /** It may be on the wire: until then nothing has happened, and where it may not be written nothing will. */
  written: boolean
  /** Resolves when it has ended and its consequence is drawn. */
  landed: Promise<void>
}

/** What the lanes of a process share. */
export interface Common {
  readonly deps: LanesDeps
  readonly signal: AbortSignal
  readonly flights: Set<Flight>
  readonly world: LanesWorld
  /** A number that no unit has had. */
  freshUnit(): number
  /** The lane has nothing left to do or to remember. */
  forget(lane: Lane): void
}
