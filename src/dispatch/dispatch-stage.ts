import type { Config, Destination } from '../config/config.ts'
import type { LaneStatus, MessageContent, PartitionStatus } from '../core/records.ts'
import { DispatchOwners } from '../kafka/dispatch-owners.ts'
import type { TopicRanges } from '../kafka/offsets.ts'
import { PartitionConsumer } from '../kafka/partition-consumer.ts'
import { settleStartOffsets } from '../kafka/start-offsets.ts'
import { openTransactionalWriter } from '../kafka/transactional-writer.ts'
import type { LaneBacklog } from '../observe/metrics.ts'
import { partitionStatus } from '../observe/status/partition-status.ts'
import type { Attempt } from '../slack/client.ts'
import type { DispatchStageDeps, Stage } from '../stage.ts'
import { settledWithin, sleep } from '../system.ts'
import { createDispatchRecords, type DispatchRecords } from './dispatch-records.ts'
import type { Hold } from './fate.ts'
import type { QueuedMessage } from './lane.ts'
import { readdressed } from './lane-key.ts'
import { Lanes } from './lanes.ts'
import { PostGate, type PostGateDeps } from './post-gate.ts'
import { Settlement } from './settlement.ts'

const COMMIT_EVERY_MS = 500
const REWIND_EVERY_MS = 50
const STUCK_WRITER_MS = 5_000
/** With the posts' own deadline of 10 s this keeps a stop within 12 s. */
const SETTLE_MS = 1_000

/**
 * Dispatch records to Slack: lanes post at their pace, each fate goes on record (a dead letter together with its
 * receipt), and only what is on record is committed.
 */
export class DispatchStage implements Stage {
  readonly name = 'dispatch'
  readonly #deps: DispatchStageDeps
  readonly #records: DispatchRecords
  /** As it is now; what cannot change is taken from the dependencies. */
  #config: Config
  readonly #lanes: Lanes
  readonly #settlement: Settlement
  readonly #owners: DispatchOwners
  readonly #consumer: PartitionConsumer
  readonly #gate: PostGate
  readonly #stopped = new AbortController()
  readonly #holding = new Set<Promise<void>>()
  #working: Promise<unknown> = Promise.resolve()

  constructor(deps: DispatchStageDeps) {
    const { topics } = deps
    this.#deps = deps
    this.#config = deps.config
    this.#records = createDispatchRecords(deps)
    this.#consumer = new PartitionConsumer({
      ...deps,
      stage: 'dispatch',
      groupId: topics.dispatchGroup,
      topics: [topics.dispatch, topics.receipts],
      together: true,
      sessionTimeoutMs: deps.config.kafka.sessionTimeoutMs,
      own: (partition) => this.#owners.own(partition),
    })
    this.#gate = new PostGate({
      ...deps,
      writer: this.#bothWriters(),
      group: topics.dispatchGroup,
      lease: this.#consumer.lease,
    })
    this.#settlement = new Settlement({
      ...deps,
      ...this.#records,
      complete: (message, receiptOffset) => this.#owners.complete(message, receiptOffset),
      giveUp: (message, given) => this.#owners.giveUp(message, this.#records.givenUpRecords(message, given)),
    })
    this.#lanes = this.#createLanes()
    this.#owners = this.#createOwners()
  }

  async start(): Promise<void> {
    const { topics, startOverride, observer } = this.#deps
    for (const destination of this.#config.destinations.values()) {
      if (takesAnyCertificate(destination)) observer.destinationInsecure({ destination: destination.id })
    }
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
    this.#working = Promise.all([
      this.#regularly(COMMIT_EVERY_MS, () => this.#commit()),
      this.#regularly(REWIND_EVERY_MS, () => this.#owners.rewind()),
    ])
  }

  async stop(): Promise<void> {
    await this.#consumer.quiesce()
    // Posts that wait for a socket are turned away; those in flight end at their deadline.
    await Promise.all([this.#lanes.stop(), this.#deps.slack.close()])
    await settledWithin(this.#recorded(), SETTLE_MS)
    this.#stopped.abort()
    await settledWithin(this.#working, SETTLE_MS)
    await this.#consumer.stop()
    await this.#owners.close()
  }

  prepare(config: Config): () => void {
    const { slack, observer } = this.#deps
    const before = this.#config
    const { destinations } = config
    const connect = slack.prepare(destinations.values())
    const moved = readdressed(before.destinations, destinations)
    const insecure = [...destinations.values()].filter(takesAnyCertificate)
    return () => {
      this.#config = config
      connect()
      this.#records.reconfigure(destinations)
      this.#owners.reconfigured()
      this.#lanes.reconfigure({ destinations, queueLimitBytes: config.slack.queueLimitBytes }, moved)
      for (const { id } of insecure) {
        const known = before.destinations.get(id)
        if (known === undefined || !takesAnyCertificate(known))
          observer.destinationInsecure({ destination: id })
      }
    }
  }

  trouble(): string | null {
    const writerIsStuck = this.#bothWriters().oldestUnacknowledgedMs() > STUCK_WRITER_MS
    return (
      this.#consumer.trouble() ??
      this.#owners.trouble() ??
      (writerIsStuck ? 'receipts cannot be written, so nothing is posted' : null)
    )
  }

  backlog(): Iterable<LaneBacklog> {
    return this.#lanes.backlog()
  }

  partitions(): PartitionStatus[] {
    const { dispatch } = this.#deps.topics
    const positions = new Map(this.#owners.positions().map(({ partition, offset }) => [partition, offset]))
    const places = this.#consumer.places().filter(({ topic }) => topic === dispatch)
    return places.map((place) => {
      const position = positions.get(place.partition) ?? null
      const trouble = place.trouble ?? this.#owners.troubleOf(place.partition)
      return partitionStatus('dispatch', { ...place, position, trouble })
    })
  }

  lanes(): LaneStatus[] {
    return this.#lanes.statuses(this.#deps.controls)
  }

  leads(): boolean {
    return this.#owners.owns(0) && this.#consumer.lease.holds()
  }

  controlsChanged(): void {
    this.#lanes.wake()
  }

  noteRanges(ranges: TopicRanges): void {
    const { topics, observer } = this.#deps
    const topic = topics.dispatch
    this.#consumer.noteRanges(ranges)
    for (const { partition, offset, passingOver } of this.#owners.positions()) {
      const lag = Math.max(0, (ranges.get(topic)?.get(partition)?.high ?? offset) - offset)
      observer.partitionLag({ stage: 'dispatch', topic, partition, lag })
      observer.lanesPassingOver({ topic, partition, lanes: passingOver })
    }
  }

  /** Receipts go out by the process's writer, what only an owner may say by its own. */
  #bothWriters(): PostGateDeps['writer'] {
    const { writer } = this.#deps
    return {
      unacknowledged: () => writer.unacknowledged() + this.#owners.unacknowledged(),
      oldestUnacknowledgedMs: () =>
        Math.max(writer.oldestUnacknowledgedMs(), this.#owners.oldestUnacknowledgedMs()),
    }
  }

  #createLanes(): Lanes {
    const { config } = this.#deps
    return new Lanes({
      ...this.#deps,
      destinations: config.destinations,
      queueLimitBytes: config.slack.queueLimitBytes,
      post: (destination, content, mayWrite) => postTo(this.#deps, { destination, content, mayWrite }),
      mayPost: () => this.#gate.open(),
      mayWrite: () => this.#gate.isOpen(),
      settled: (message, fate) => this.#settlement.settle(message, fate),
      held: (message, hold) => this.#hold(message, hold),
      isMisplaced: ({ record, lane }) => (this.#records.currentKey(record) ?? lane) !== lane,
      gaveBack: (messages) => this.#owners.gaveBack(messages),
    })
  }

  #createOwners(): DispatchOwners {
    const { topics, kafka } = this.#deps
    const groupId = topics.dispatchGroup
    return new DispatchOwners({
      ...this.#deps,
      ...this.#records,
      groupId,
      lanes: this.#lanes,
      openWriter: (partition) => openTransactionalWriter(kafka, `${groupId}.owner.${partition}`),
      recorded: () => this.#recorded(),
      memberId: () => this.#consumer.memberId(),
      commit: (commits) => this.#consumer.commit(commits),
    })
  }

  #hold(message: QueuedMessage, hold: Hold): void {
    const holding = this.#records.writeHold(message, hold).then(({ receipt, offset }) => {
      this.#owners.held(message, receipt, offset)
      this.#holding.delete(holding)
    })
    this.#holding.add(holding)
  }

  /** Resolves when every fate and wait so far is on record. */
  async #recorded(): Promise<void> {
    await Promise.all([this.#settlement.recorded(), ...this.#holding])
  }

  async #regularly(everyMs: number, work: () => void | Promise<void>): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await sleep(everyMs, signal)
      await work()
    }
  }

  async #commit(): Promise<void> {
    const { observer } = this.#deps
    await this.#owners.commit().catch((error) => observer.commitFailed({ stage: 'dispatch', error }))
  }
}

async function postTo(
  { slack }: DispatchStageDeps,
  post: { destination: Destination; content: MessageContent; mayWrite: () => boolean },
): Promise<Attempt> {
  const { destination, content, mayWrite } = post
  if (destination.type !== 'blackhole') {
    return slack.post(destination, content, { beforeWrite: mayWrite })
  }
  return {
    outcome: 'sent',
    detail: null,
    retryAfterMs: null,
    tolerated: 0,
    blamesChannel: false,
    answer: null,
    durationMs: 0,
  }
}

function takesAnyCertificate(destination: Destination): boolean {
  return destination.type !== 'blackhole' && destination.tls?.insecureSkipVerify === true
}
