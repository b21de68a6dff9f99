import type { BreakerState, DeadLetterCause, FinalOutcome } from '../../core/outcome.ts'
import type { Control, LaneStatus } from '../../core/records.ts'

/**
 * The whole group at one moment, as the status page and `bellhop status` show it: JSON as it stands. Times are
 * milliseconds since the epoch; texts are as they were written, unescaped.
 */
export interface Overview {
  at: number
  prefix: string
  /** How far what has been recorded before is read: counts are not whole until then. */
  history: {
    done: boolean
    readRecords: number
    /** Where there is more than is read of the last hour: from when on the counts of actions are whole. */
    wholeSince?: number | null
  }
  processes: ProcessView[]
  stages: StageView[]
  /** At most 2,000, and destinations that are in no lane now among them. */
  lanes: LaneView[]
  /** Lanes of all processes, those beyond what they tell of included. */
  lanesTotal: number
  /** Messages in lanes. */
  waiting: number
  /** The newest first, at most 200. */
  messages: MessageView[]
  /** By id; those of the configuration and whoever else had something in the last hour. */
  actions: ActionView[]
  /** Letters that were not replayed, by cause and destination, most first. */
  letters: LetterView[]
  /** In force now. */
  controls: Control[]
}

export interface ProcessView {
  process: string
  host: string
  pid: number
  version: string
  configVersion: string
  stages: string[]
  startedAt: number
  seenAt: number
  ready: boolean
  trouble: string[]
  /** Nothing has been heard of it for 15 s; after 2 minutes it is left out. */
  gone: boolean
}

export interface StageView {
  stage: string
  topic: string
  /** Sum over the partitions whose lag is known. */
  lag: number
  partitions: PartitionView[]
}

export interface PartitionView {
  partition: number
  /** Null where nobody holds it. */
  process: string | null
  position: number | null
  lag: number | null
  trouble: string | null
}

/** Most in trouble first: see laneTrouble. */
export interface LaneView extends LaneStatus {
  /** Empty where no process has it in hand: nothing waits for these destinations. */
  process: string
  trouble: LaneTrouble
}

/** From worst to best: the order of the page. */
export const LANE_TROUBLES = ['breaker_open', 'failing', 'rate_limited', 'paused', 'waiting', 'idle'] as const
export type LaneTrouble = (typeof LANE_TROUBLES)[number]

/** What became of a message, or what it waits for; the newest word about it. */
export interface MessageView {
  id: string
  action: string
  destination: string
  /** Null while its lane is held. */
  outcome: FinalOutcome | null
  cause: DeadLetterCause | null
  detail: string | null
  attempts: number
  postMessages: number | null
  /** HTTP status of the last answer. */
  status: number | null
  heldUntil: number | null
  breaker: BreakerState | null
  eventAt: number
  queuedAt: number
  recordedAt: number
  userId: string | null
  /** The beginning of what was posted, 240 characters at most; null where it is not known. */
  text: string | null
}

export interface ActionView {
  action: string
  enabled: boolean | null
  /** By minute, 60 of them, the current one last. Events that gave at least one message. */
  matches: number[]
  /** Messages delivered, likewise. */
  posts: number[]
}

export interface LetterView {
  cause: DeadLetterCause
  /** Null for letters of events. */
  destination: string | null
  count: number
  /** Of those that were ever counted: the oldest may have been replayed since. */
  oldestAt: number
  newestAt: number
  /** What replays them, or shows them where no replay can help; for a shell. */
  command: string
}

/** Gives the overview as long as somebody looks; nothing is read for it while nobody does. */
export interface OverviewFeed {
  /** Called with each new overview, at least every 2 s, the first soon; the returned function ends it. */
  subscribe(listener: (overview: Overview) => void): () => void
  close(): Promise<void>
}
