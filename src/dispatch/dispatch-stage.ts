import type { Destination } from '../config/config.ts'
import { DispatchOwners } from '../kafka/dispatch-consumer.ts'
import type { TopicRanges } from '../kafka/offsets.ts'
import { PartitionConsumer } from '../kafka/partition-consumer.ts'
import { settleStartOffsets } from '../kafka/start-offsets.ts'
import type { LaneBacklog } from '../observe/metrics.ts'
import type { Attempt } from '../slack/client.ts'
import type { DispatchStageDeps, Stage } from '../stage.ts'
import { settledWithin, sleep } from '../system.ts'
import { createDispatchRecords } from './dispatch-records.ts'
import type { QueuedMessage } from './lane.ts'
import { Lanes } from './lanes.ts'
import { Settlement } from './settlement.ts'

const COMMIT_EVERY_MS = 500
const OLDEST_UNACKNOWLEDGED_MS = 1_000
const GATE_POLL_MS = 50
const STUCK_WRITER_MS = 5_000
/** With the posts' own deadline of 10 s this keeps a stop within 12 s. */
const SETTLE_MS = 1_000

/**
 * Dispatch records to Slack: lanes post at their pace, each fate goes on record (dead letter first, then receipt),
 * and only what is on record is committed.
 */
export class DispatchStage implements Stage {
  readonly name = 'dispatch'
  readonly #deps: DispatchStageDeps
  readonly #lanes: Lanes
  readonly #settlement: Settlement
  readonly #owners: DispatchOwners
  readonly #consumer: PartitionConsumer
  readonly #stopped = new AbortController()
  #committing: Promise<void> = Promise.resolve()
  #writerBack: Promise<void> | null = null

  constructor(deps: DispatchStageDeps) {
    const { config, topics } = deps
    const records = createDispatchRecords(deps)
    this.#deps = deps
    this.#settlement = new Settlement({
      ...deps,
      ...records,
      complete: (message) => this.#owners.complete(message),
    })
    this.#lanes = new Lanes({
      ...deps,
      destinations: config.destinations,
      queueLimitBytes: config.slack.queueLimitBytes,
      post: (destination, message, mayWrite) => postTo(deps, { destination, message, mayWrite }),
      mayPost: () => this.#onRecord(),
      settled: (message, fate) => this.#settlement.settle(message, fate),
      held: records.writeHold,
    })
    this.#owners = new DispatchOwners({
      ...deps,
      ...records,
      groupId: topics.dispatchGroup,
      topic: topics.dispatch,
      codec: deps.codecs.dispatch,
      lanes: this.#lanes,
    })
    this.#consumer = new PartitionConsumer({
      ...deps,
      stage: 'dispatch',
      groupId: topics.dispatchGroup,
      topics: [topics.dispatch],
      sessionTimeoutMs: config.kafka.sessionTimeoutMs,
      own: (partition) => this.#owners.own(partition),
    })
  }

  async start(): Promise<void> {
    const { topics, startOverride } = this.#deps
    const settled = await settleStartOffsets({
      ...this.#deps,
      groupId: topics.dispatchGroup,
      topics: [{ topic: topics.dispatch, start: { at: 'earliest' } }],
      historyTopic: topics.receipts,
      marksHistory: false,
      override: startOverride,
    })
    if (!settled) return
    await this.#consumer.start()
    this.#committing = this.#commitRegularly()
  }

  async stop(): Promise<void> {
    await this.#consumer.quiesce()
    // Posts that wait for a socket are turned away; those in flight end at their deadline.
    await Promise.all([this.#lanes.stop(), this.#deps.slack.close()])
    await settledWithin(this.#settlement.idle(), SETTLE_MS)
    this.#stopped.abort()
    await settledWithin(this.#committing, SETTLE_MS)
    await this.#consumer.stop()
  }

  trouble(): string | null {
    const writerIsStuck = this.#deps.writer.oldestUnacknowledgedMs() > STUCK_WRITER_MS
    return (
      this.#consumer.trouble() ?? (writerIsStuck ? 'receipts cannot be written, so nothing is posted' : null)
    )
  }

  backlog(): Iterable<LaneBacklog> {
    return this.#lanes.backlog()
  }

  noteRanges(ranges: TopicRanges): void {
    const { topics, observer } = this.#deps
    const topic = topics.dispatch
    this.#consumer.noteRanges(ranges)
    for (const { partition, offset } of this.#owners.positions()) {
      const lag = Math.max(0, (ranges.get(topic)?.get(partition)?.high ?? offset) - offset)
      observer.partitionLag({ stage: 'dispatch', topic, partition, lag })
    }
  }

  /** With the broker away posting stops, instead of losing track of what was sent. All lanes share one wait. */
  #onRecord(): Promise<void> {
    const { writer } = this.#deps
    if (writer.oldestUnacknowledgedMs() <= OLDEST_UNACKNOWLEDGED_MS) return Promise.resolve()
    this.#writerBack ??= this.#untilWriterBack()
    return this.#writerBack
  }

  async #untilWriterBack(): Promise<void> {
    const { writer, signal } = this.#deps
    while (writer.oldestUnacknowledgedMs() > OLDEST_UNACKNOWLEDGED_MS && !signal.aborted) {
      await sleep(GATE_POLL_MS, signal)
    }
    this.#writerBack = null
  }

  async #commitRegularly(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await sleep(COMMIT_EVERY_MS, signal)
      await this.#commit()
    }
    await this.#commit()
  }

  async #commit(): Promise<void> {
    const offsets = this.#owners.committable()
    if (offsets.length === 0) return
    try {
      if (await this.#consumer.commit(offsets)) this.#owners.committed(offsets)
    } catch (error) {
      this.#deps.observer.commitFailed({ stage: 'dispatch', error })
    }
  }
}

async function postTo(
  { slack }: DispatchStageDeps,
  post: { destination: Destination; message: QueuedMessage; mayWrite: () => boolean },
): Promise<Attempt> {
  const { destination, message, mayWrite } = post
  if (destination.type !== 'blackhole') {
    return slack.post(destination, message.record.message, { beforeWrite: mayWrite })
  }
  return { outcome: 'sent', detail: null, retryAfterMs: null, tolerated: 0, answer: null, durationMs: 0 }
}
