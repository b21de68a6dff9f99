import type { Config, StartPosition } from './config/config.ts'
import type { Loaded } from './config/load.ts'
import { topicNames } from './core/topic-names.ts'
import { NO_CONTROLS } from './dispatch/controls.ts'
import { connectAdmin } from './kafka/broker.ts'
import { createKafkaClient } from './kafka/client.ts'
import { isKafkaFailure } from './kafka/failures.ts'
import { openRecordCodecs } from './kafka/record-codec-open.ts'
import { RecordWriter } from './kafka/record-writer.ts'
import { ensureTopics } from './kafka/topics.ts'
import { createObserver } from './observe/create-observer.ts'
import { type ComponentHealth, createHealth, type Health } from './observe/health.ts'
import { startHttpServer } from './observe/http-server.ts'
import type { Logger } from './observe/logger.ts'
import { createMetrics, type Metrics } from './observe/metrics.ts'
import type { Observer, ReloadCause, StageName } from './observe/observer.ts'
import { createRegistryHealth, type RegistryHealth } from './observe/registry-health.ts'
import { createPipeline } from './pipeline.ts'
import { openRegistry } from './registry/open-registry.ts'
import { RegistryUnavailable } from './registry/registry-errors.ts'
import { NO_SCHEMAS } from './registry/schema-store.ts'
import { LiveConfig } from './reload/live-config.ts'
import { Reloader } from './reload/reloader.ts'
import { createSlackClient } from './slack/client.ts'
import { watchStages } from './stage-watch.ts'
import { settledWithin, sleep, systemClock } from './system.ts'
import { packageVersion } from './version.ts'

/**
 * Builds, starts and stops a process's stages. Health is served from the first moment, so that a process which
 * waits for its broker says so. What was opened last is closed first.
 */
export interface App {
  /** Where health and metrics are served. */
  httpUrl: string
  /** Resolves when the process has ended: null after `stop`, else what made it end. */
  ended: Promise<Error | null>
  /** Ends it for a reason that nobody expected. */
  fail(error: Error): void
  /** Reads the configuration again and puts it to work, where it can be; resolves when that is done, or refused. */
  reload(cause: ReloadCause): Promise<void>
  /** Posts in flight end, fates are put on record, offsets committed; resolves when all is closed. */
  stop(reason: string | null): Promise<void>
}

export interface AppOptions {
  config: Config
  stages: readonly StageName[]
  startOverride: StartPosition | null
  logger: Logger
  /** Reads the configuration anew; left out: it never changes. */
  load?: () => Promise<Loaded>
}

const START_RETRY_MS = 2_000
const WRITER_CLOSE_MS = 1_000
/** Whatever a broker or receiver does, a stop takes no longer. */
const STOP_MS = 11_800

export async function startApp(options: AppOptions): Promise<App> {
  const { config, logger } = options
  const metrics = createMetrics(metricsConfig(config))
  metrics.set('configLastReloadSuccessTime', {}, systemClock.nowMs() / 1_000)
  const observer = createObserver({ logger, metrics, clock: systemClock })
  const live = createLiveConfig(config, metrics)
  const reloader = createReloader(options, { live, observer })
  const health = createHealth()
  const http = await startHttpServer({ ...config.http, metrics, health })
  logger.info({ http: http.url }, `health and metrics are served on ${http.url}`)
  const stopping = new AbortController()
  const closers: (() => Promise<void>)[] = [http.close]
  const ended = Promise.withResolvers<Error | null>()
  const parts = addComponents(health, options)
  const fail = (error: Error, stage?: StageName): void => {
    for (const [name, component] of parts.components) if (name === stage) component.dead(error.message)
    ended.resolve(error)
  }

  const running = runStages({
    ...options,
    ...parts,
    live,
    observer,
    metrics,
    closers,
    fail,
    stopping: stopping.signal,
  })
  running.then(
    () => observer.started({ stages: options.stages, configVersion: live.current.version, http: http.url }),
    fail,
  )

  const close = async (reason: string | null): Promise<void> => {
    const startedMs = systemClock.monotonicMs()
    observer.stopping({ signal: reason })
    reloader?.stop()
    stopping.abort()
    await settledWithin(running, WRITER_CLOSE_MS)
    await settledWithin(closeAll(closers, logger), STOP_MS - (systemClock.monotonicMs() - startedMs))
    observer.stopped({ durationMs: Math.round(systemClock.monotonicMs() - startedMs) })
    ended.resolve(null)
  }
  let closing: Promise<void> | null = null
  return {
    httpUrl: http.url,
    ended: ended.promise,
    fail,
    reload: async (cause) => reloader?.reload(cause),
    stop(reason) {
      closing ??= close(reason)
      return closing
    },
  }
}

function addComponents(
  health: Health,
  { config, stages, logger }: AppOptions,
): Pick<Running, 'broker' | 'registry' | 'components'> {
  const broker = health.addComponent('broker')
  broker.notReady('not reached yet')
  const registry =
    config.registry === null
      ? null
      : createRegistryHealth(health.addComponent('registry'), logger, systemClock)
  return { broker, registry, components: new Map(stages.map((stage) => [stage, health.addComponent(stage)])) }
}

/** What was opened last is closed first; one that fails keeps no other from being closed. */
async function closeAll(closers: readonly (() => Promise<void>)[], logger: Logger): Promise<void> {
  for (const closer of closers.toReversed()) {
    try {
      await closer()
    } catch (error) {
      logger.warn({ error }, 'something could not be closed in order')
    }
  }
}

/** What is counted follows the configuration, and first: nothing new is to be unknown. */
function createLiveConfig(config: Config, metrics: Metrics): LiveConfig {
  const live = new LiveConfig(config)
  live.addUser({ prepare: (next) => () => metrics.reconfigure(metricsConfig(next)) })
  return live
}

function createReloader(
  { config, load }: AppOptions,
  { live, observer }: { live: LiveConfig; observer: Observer },
): Reloader | null {
  if (load === undefined) return null
  return new Reloader({ config, load, apply: (next) => live.replace(next), observer, clock: systemClock })
}

function metricsConfig(config: Config): Parameters<typeof createMetrics>[0] {
  const { dispatch, receipts, deadLetters } = topicNames(config.kafka.prefix)
  return {
    version: packageVersion(),
    configVersion: config.version,
    actions: config.actions.map(({ id }) => id),
    destinations: [...config.destinations.keys()],
    eventsTopics: config.kafka.events.map(({ topic }) => topic),
    ownTopics: [dispatch, receipts, deadLetters],
  }
}

interface Running extends AppOptions {
  live: LiveConfig
  observer: Observer
  broker: ComponentHealth
  /** Null where none is configured. */
  registry: RegistryHealth | null
  components: ReadonlyMap<StageName, ComponentHealth>
  metrics: Metrics
  /** Run in reverse order at the end. */
  closers: (() => Promise<void>)[]
  fail(error: Error, stage?: StageName): void
  stopping: AbortSignal
}

async function runStages(running: Running): Promise<void> {
  const { config, observer, logger, closers, stopping } = running
  const { brokers } = config.kafka
  const kafka = createKafkaClient(config.kafka, (line) => logger.debug(line, 'kafkajs'))
  const admin = await connectAdmin({ kafka, brokers, observer, signal: stopping })
  if (admin === null) return
  // Whatever else is waited for before the stages start, it is not the broker.
  running.broker.ready()
  closers.push(() => admin.disconnect())
  await patiently(running, () => ensureTopics(admin, config, observer))
  const registry = openRegistry(config.registry, systemClock)
  closers.push(async () => registry?.registry.close())
  const schemas = registry?.schemas ?? NO_SCHEMAS
  const topics = topicNames(config.kafka.prefix)
  const codecs = await patiently(running, () => openRecordCodecs(registry, topics))
  if (codecs === null) return
  const writer = await patiently(running, () => RecordWriter.connect({ kafka, observer, clock: systemClock }))
  if (writer === null) return

  closers.push(async () => void (await writer.close(WRITER_CLOSE_MS)))
  const slack = createSlackClient({ maxSockets: config.slack.maxSockets, clock: systemClock })
  closers.push(() => slack.close())
  const stages = createPipeline(running.stages, {
    config: running.live.current,
    kafka,
    admin,
    topics,
    codecs,
    schemas,
    observer,
    clock: systemClock,
    random: Math.random,
    startOverride: running.startOverride,
    signal: stopping,
    onFatal: running.fail,
    writer,
    slack,
    controls: NO_CONTROLS,
  })
  for (const stage of stages) running.live.addUser(stage)
  running.metrics.setBacklogSource(() => stages.flatMap((stage) => [...(stage.backlog?.() ?? [])]))
  closers.push(watchStages(stages, { ...running, admin, schemas }).stop)
  closers.push(async () => void (await Promise.all(stages.map((stage) => stage.stop()))))
  for (const stage of stages) await patiently(running, () => stage.start())
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
      if (error instanceof RegistryUnavailable) running.registry?.away(error, START_RETRY_MS)
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
