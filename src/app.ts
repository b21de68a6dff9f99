import type { Config, StartPosition } from './config/config.ts'
import { topicNames } from './core/topic-names.ts'
import { connectAdmin, watchBroker } from './kafka/broker.ts'
import { type Admin, createKafkaClient } from './kafka/client.ts'
import { isKafkaFailure } from './kafka/failures.ts'
import { createRecordCodecs } from './kafka/record-codec.ts'
import { RecordWriter } from './kafka/record-writer.ts'
import { ensureTopics } from './kafka/topics.ts'
import { createObserver } from './observe/create-observer.ts'
import { type ComponentHealth, createHealth, type Health } from './observe/health.ts'
import { startHttpServer } from './observe/http-server.ts'
import type { Logger } from './observe/logger.ts'
import { createMetrics, type Metrics } from './observe/metrics.ts'
import type { Observer, StageName } from './observe/observer.ts'
import { createPipeline } from './pipeline.ts'
import { createSlackClient } from './slack/client.ts'
import type { Stage } from './stage.ts'
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
  /** Posts in flight end, fates are put on record, offsets committed; resolves when all is closed. */
  stop(reason: string | null): Promise<void>
}

export interface AppOptions {
  config: Config
  stages: readonly StageName[]
  startOverride: StartPosition | null
  logger: Logger
}

const BROKER_CHECK_MS = 1_000
const START_RETRY_MS = 2_000
const WRITER_CLOSE_MS = 1_000

export async function startApp(options: AppOptions): Promise<App> {
  const { config, logger } = options
  const names = topicNames(config.kafka.prefix)
  const metrics = createMetrics({
    version: packageVersion(),
    configVersion: config.version,
    actions: config.actions.map(({ id }) => id),
    destinations: [...config.destinations.keys()],
    eventsTopics: config.kafka.events.map(({ topic }) => topic),
    ownTopics: [names.dispatch, names.receipts, names.deadLetters],
  })
  const observer = createObserver({ logger, metrics, clock: systemClock })
  const health = createHealth()
  const http = await startHttpServer({ ...config.http, metrics, health })
  logger.info({ http: http.url }, `health and metrics are served on ${http.url}`)
  const stopping = new AbortController()
  const closers: (() => Promise<void>)[] = [http.close]
  const ended = Promise.withResolvers<Error | null>()
  const fail = (error: Error): void => ended.resolve(error)

  const broker = health.addComponent('broker')
  broker.notReady('not reached yet')
  const running = runStages({
    ...options,
    observer,
    broker,
    health,
    metrics,
    closers,
    fail,
    stopping: stopping.signal,
  })
  running.then(
    () => observer.started({ stages: options.stages, configVersion: config.version, http: http.url }),
    fail,
  )

  const close = async (reason: string | null): Promise<void> => {
    const startedMs = systemClock.monotonicMs()
    observer.stopping({ signal: reason })
    stopping.abort()
    await settledWithin(running, WRITER_CLOSE_MS)
    for (const closer of closers.reverse()) await closer()
    observer.stopped({ durationMs: systemClock.monotonicMs() - startedMs })
    ended.resolve(null)
  }
  let closing: Promise<void> | null = null
  return {
    httpUrl: http.url,
    ended: ended.promise,
    stop(reason) {
      closing ??= close(reason)
      return closing
    },
  }
}

interface Running extends AppOptions {
  observer: Observer
  broker: ComponentHealth
  health: Health
  metrics: Metrics
  /** Run in reverse order at the end. */
  closers: (() => Promise<void>)[]
  fail(error: Error): void
  stopping: AbortSignal
}

async function runStages(running: Running): Promise<void> {
  const { config, observer, logger, closers, stopping } = running
  const { brokers } = config.kafka
  const kafka = createKafkaClient(config.kafka, (line) => logger.debug(line, 'kafkajs'))
  const admin = await connectAdmin({ kafka, brokers, observer, signal: stopping })
  if (admin === null) return
  closers.push(() => admin.disconnect())
  await patiently(running, () => ensureTopics(admin, config, observer))
  const writer = await patiently(running, () => RecordWriter.connect({ kafka, observer, clock: systemClock }))
  if (writer === null) return

  const topics = topicNames(config.kafka.prefix)
  closers.push(async () => void (await writer.close(WRITER_CLOSE_MS)))
  const slack = createSlackClient({ maxSockets: config.slack.maxSockets, clock: systemClock })
  closers.push(() => slack.close())
  const stages = createPipeline(running.stages, {
    config,
    kafka,
    admin,
    topics,
    codecs: createRecordCodecs(),
    observer,
    clock: systemClock,
    random: Math.random,
    startOverride: running.startOverride,
    signal: stopping,
    onFatal: running.fail,
    writer,
    slack,
  })
  running.metrics.setBacklogSource(() => stages.flatMap((stage) => [...(stage.backlog?.() ?? [])]))
  const watch = watchStages(stages, { ...running, admin })
  closers.push(watch.stop)
  closers.push(async () => void (await Promise.all(stages.map((stage) => stage.stop()))))
  for (const stage of stages) await patiently(running, () => stage.start())
}

/**
 * A broker that goes away in the middle is waited for; what a person has to mend ends the process. Null once the
 * process is told to stop.
 */
async function patiently<T>(running: Running, work: () => Promise<T>): Promise<T | null> {
  const { config, observer, stopping } = running
  while (!stopping.aborted) {
    try {
      return await work()
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      observer.brokerUnreachable({ brokers: config.kafka.brokers, error, retryInMs: START_RETRY_MS })
      await sleep(START_RETRY_MS, stopping)
    }
  }
  return null
}

/** Keeps lag and readiness true: a stage is ready while it is in its group, the process while the broker answers. */
function watchStages(
  stages: readonly Stage[],
  running: Running & { admin: Admin },
): { stop(): Promise<void> } {
  const { config, admin, health, broker, observer } = running
  const reports = stages.map((stage) => ({ stage, component: health.addComponent(stage.name) }))
  const { dispatch } = topicNames(config.kafka.prefix)
  let reachable = true
  return watchBroker({
    admin,
    topics: [...config.kafka.events.map(({ topic }) => topic), dispatch],
    everyMs: BROKER_CHECK_MS,
    answered(ends) {
      if (!reachable) observer.brokerReached({ brokers: config.kafka.brokers })
      reachable = true
      broker.ready()
      for (const { stage } of reports) stage.reportLag(ends)
    },
    failed(error) {
      reachable = false
      broker.notReady('the broker does not answer')
      observer.brokerUnreachable({ brokers: config.kafka.brokers, error, retryInMs: BROKER_CHECK_MS })
    },
    watched() {
      for (const { stage, component } of reports) {
        if (stage.joined()) component.ready()
        else component.notReady('not in its consumer group')
      }
    },
  })
}
