import type { Config, StartPosition } from './config/config.ts'
import type { Loaded } from './config/load.ts'
import type { ControlKind } from './core/outcome.ts'
import { topicNames } from './core/topic-names.ts'
import { NO_CONTROLS } from './dispatch/controls.ts'
import { connectAdmin } from './kafka/broker.ts'
import type { Admin, Kafka } from './kafka/client.ts'
import { type LiveControls, openControls } from './kafka/control-topic.ts'
import { createEventProducer } from './kafka/event-producer.ts'
import { isKafkaFailure } from './kafka/failures.ts'
import { openRecordCodecs } from './kafka/record-codec-open.ts'
import { RecordWriter } from './kafka/record-writer.ts'
import { ensureTopics } from './kafka/topics.ts'
import type { ComponentHealth, Health } from './observe/health.ts'
import type { Logger } from './observe/logger.ts'
import type { Metrics } from './observe/metrics.ts'
import type { Observer, StageName } from './observe/observer.ts'
import type { RegistryHealth } from './observe/registry-health.ts'
import { openGroupStatus } from './observe/status/group-status.ts'
import type { StatusMemory } from './observe/status/status-observer.ts'
import { startStatusWriter } from './observe/status/status-writer.ts'
import { createPipeline } from './pipeline.ts'
import type { OpenRegistry } from './registry/open-registry.ts'
import { RegistryUnavailable } from './registry/registry-errors.ts'
import { NO_SCHEMAS } from './registry/schema-store.ts'
import type { LiveConfig } from './reload/live-config.ts'
import { startSentinel } from './sentinel/sentinel.ts'
import { createSlackClient } from './slack/client.ts'
import type { DispatchStageDeps, Stage } from './stage.ts'
import { watchStages } from './stage-watch.ts'
import { sleep, systemClock } from './system.ts'

/** What a process is started with. */
export interface AppOptions {
  config: Config
  stages: readonly StageName[]
  startOverride: StartPosition | null
  logger: Logger
  /** Reads the configuration anew; left out: it never changes. */
  load?: () => Promise<Loaded>
  /** What commands that the pages name are to be given as `-c`; left out: nothing. */
  configPath?: string | null
}

/** A process on its way from its configuration to its stages. */
export interface Running extends AppOptions {
  kafka: Kafka
  /** Null where none is configured. */
  openRegistry: OpenRegistry | null
  live: LiveConfig
  observer: Observer
  memory: StatusMemory
  health: Health
  broker: ComponentHealth
  /** Null where none is configured. */
  registryHealth: RegistryHealth | null
  components: ReadonlyMap<StageName, ComponentHealth>
  metrics: Metrics
  /** Run in reverse order at the end. */
  closers: (() => Promise<void>)[]
  fail(error: Error, stage?: StageName): void
  stopping: AbortSignal
}

export const WRITER_CLOSE_MS = 1_000
const START_RETRY_MS = 2_000

/** Resolves when every stage has joined its group, or the process is told to stop. */
export async function runStages(running: Running): Promise<void> {
  const { config, kafka, observer, closers, stopping } = running
  const { brokers } = config.kafka
  const admin = await connectAdmin({ kafka, brokers, observer, signal: stopping })
  if (admin === null) return
  // Whatever else is waited for before the stages start, it is not the broker.
  running.broker.ready()
  closers.push(() => admin.disconnect())
  const ensured = await patiently(running, () => ensureTopics(admin, config, observer))
  if (ensured === null) return
  running.metrics.setRetention(ensured.dispatchRetentionMs)
  const shared = await openShared(running, admin)
  if (shared === null) return
  const stages = createPipeline(running.stages, shared)
  for (const stage of stages) running.live.addUser(stage)
  shared.heard = stages
  running.metrics.setBacklogSource(() => stages.flatMap((stage) => [...(stage.backlog?.() ?? [])]))
  closers.push(watchStages(stages, { ...running, ...shared, registry: running.registryHealth }).stop)
  closers.push(tellOthers(running, shared, stages))
  closers.push(async () => void (await Promise.all(stages.map((stage) => stage.stop()))))
  for (const stage of stages) await patiently(running, () => stage.start())
}

interface Shared extends DispatchStageDeps {
  /** Who is told when something is paused or silenced, or is no more. */
  heard: readonly Stage[]
}

/** What the stages of a process have in common; null once it is told to stop. */
async function openShared(running: Running, admin: Admin): Promise<Shared | null> {
  const { config, kafka, observer, closers, stopping, openRegistry: registry } = running
  const topics = topicNames(config.kafka.prefix)
  const codecs = await patiently(running, () => openRecordCodecs(registry, topics))
  if (codecs === null) return null
  const writer = await patiently(running, () => RecordWriter.connect({ kafka, observer, clock: systemClock }))
  if (writer === null) return null
  closers.push(async () => void (await writer.close(WRITER_CLOSE_MS)))
  const slack = createSlackClient({ maxSockets: config.slack.maxSockets, clock: systemClock })
  closers.push(() => slack.close())
  const shared: Shared = {
    config: running.live.current,
    kafka,
    admin,
    topics,
    codecs,
    schemas: registry?.schemas ?? NO_SCHEMAS,
    observer,
    clock: systemClock,
    random: Math.random,
    startOverride: running.startOverride,
    signal: stopping,
    onFatal: running.fail,
    writer,
    slack,
    controls: NO_CONTROLS,
    heard: [],
  }
  if (!running.stages.includes('dispatch')) return shared
  const controls = await patiently(running, () => followControls(running, shared))
  return controls === null ? null : Object.assign(shared, { controls })
}

/** Before any lane posts, what is paused or silenced is known. */
async function followControls(running: Running, shared: Shared): Promise<LiveControls> {
  const { kafka, topics, codecs } = shared
  const { observer, logger, closers } = running
  const controls = await openControls({
    kafka,
    topic: topics.controls,
    codec: codecs.control,
    clock: systemClock,
    changed() {
      tellControls(controls, observer)
      for (const stage of shared.heard) stage.controlsChanged?.()
    },
    warn: (text, fields) => logger.warn(fields, text),
  })
  closers.push(() => controls.close())
  if (controls.list().length > 0) tellControls(controls, observer)
  return controls
}

function tellControls(controls: LiveControls, observer: Observer): void {
  const destinationsOf = (kind: ControlKind): string[] =>
    controls.list().flatMap((control) => (control.kind === kind ? [control.destination] : []))
  observer.controlsChanged({ paused: destinationsOf('pause'), silenced: destinationsOf('silence') })
}

/** Tells the group what this process does, and, where it is the one to do so, Slack what the group does. */
function tellOthers(running: Running, shared: Shared, stages: readonly Stage[]): () => Promise<void> {
  const { live, health, memory, logger } = running
  const { kafka, topics, codecs } = shared
  const statusTopic = { kafka, topic: topics.status, codec: codecs.status, clock: systemClock }
  const sentinel = startSentinel({
    ...shared,
    config: () => live.current,
    leads: () => stages.some((stage) => stage.leads?.() ?? false),
    openGroup: () => openGroupStatus(statusTopic),
    openProducer: (topic) => createEventProducer(kafka, topic),
    codec: codecs.dispatch,
    logger,
  })
  const status = startStatusWriter({
    ...shared,
    ...statusTopic,
    stages,
    health,
    memory,
    configVersion: () => live.current.version,
    notified: () => sentinel.notified(),
  })
  return async () => {
    await sentinel.stop()
    await status.stop()
  }
}

/**
 * A broker that goes away in the middle is waited for; what a person has to mend ends the process. Null once the
 * process is told to stop.
 */
async function patiently<T>(running: Running, work: () => Promise<T>): Promise<T | null> {
  const { config, observer, broker, stopping } = running
  while (!stopping.aborted) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof RegistryUnavailable) running.registryHealth?.away(error, START_RETRY_MS)
      else if (!isKafkaFailure(error)) throw error
      else {
        broker.notReady('the broker does not answer')
        observer.brokerUnreachable({ brokers: config.kafka.brokers, error, retryInMs: START_RETRY_MS })
      }
      await sleep(START_RETRY_MS, stopping)
    }
  }
  return null
}
