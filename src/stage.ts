import type { Config, StartPosition } from './config/config.ts'
import type { Clock } from './core/clock.ts'
import type { Random } from './core/random.ts'
import type { LaneStatus, PartitionStatus } from './core/records.ts'
import type { TopicNames } from './core/topic-names.ts'
import type { Controls } from './dispatch/controls.ts'
import type { Admin, Kafka } from './kafka/client.ts'
import type { TopicRanges } from './kafka/offsets.ts'
import type { RecordCodecs } from './kafka/record-codec.ts'
import type { RecordWriter } from './kafka/record-writer.ts'
import type { TransactionalWriter } from './kafka/transactional-writer.ts'
import type { LaneBacklog } from './observe/metrics.ts'
import type { Observer, StageName } from './observe/observer.ts'
import type { SchemaStore } from './registry/schema-store.ts'
import type { SlackClient } from './slack/client.ts'

/** A stage of the flow: joins its consumer group when started, leaves it when stopped with nothing half done. */
export interface Stage {
  name: StageName
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * Makes all that another configuration needs, and throws where that cannot be. What it gives puts it to work, whole
   * and at once: between batches, and between posts.
   */
  prepare(config: Config): () => void
  /** Why it does not do its work, in a sentence for a person; null while it does. */
  trouble(): string | null
  /** Takes note of what the partitions hold: reports lag, and finds positions that the log does not reach. */
  noteRanges(ranges: TopicRanges): void
  backlog?(): Iterable<LaneBacklog>
  /** The partitions that it holds, as they are now. */
  partitions(): PartitionStatus[]
  /** Dispatch: its lanes that have something waiting or to remember. */
  lanes?(): LaneStatus[]
  /**
   * Dispatch: whether this process speaks for the group. One does at a time, whoever owns the first dispatch
   * partition; a process that wakes from a freeze may think so for a moment longer.
   */
  leads?(): boolean
  /** Dispatch: what is paused or silenced has changed. */
  controlsChanged?(): void
}

export interface StageDeps {
  config: Config
  kafka: Kafka
  admin: Admin
  topics: TopicNames
  codecs: RecordCodecs
  schemas: SchemaStore
  observer: Observer
  clock: Clock
  random: Random
  /** Where to start topics whose committed offsets have expired: a person's word, or null. */
  startOverride: StartPosition | null
  /** How the match stage writes; transactional unless a test shows what transactions are for. */
  openWriter?(transactionalId: string): Promise<TransactionalWriter>
  /** Aborted when the process is told to stop. */
  signal: AbortSignal
  /** A stage cannot go on; the process must end. */
  onFatal(error: Error, stage: StageName): void
}

/** Dispatch posts, and writes outside of transactions. */
export interface DispatchStageDeps extends StageDeps {
  writer: RecordWriter
  slack: SlackClient
  controls: Controls
}
