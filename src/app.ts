import type { Config } from './config/config.ts'
import { OWN_ACTIONS } from './core/own-actions.ts'
import { topicNames } from './core/topic-names.ts'
import { createKafkaClient } from './kafka/client.ts'
import { createObserver } from './observe/create-observer.ts'
import { createHealth, type Health } from './observe/health.ts'
import { type HttpServer, startHttpServer } from './observe/http-server.ts'
import type { Logger } from './observe/logger.ts'
import { createMetrics, type Metrics } from './observe/metrics.ts'
import type { Observer, ReloadCause, StageName } from './observe/observer.ts'
import { openPages } from './observe/pages/open-pages.ts'
import { createRegistryHealth } from './observe/registry-health.ts'
import { rememberForStatus, type StatusMemory } from './observe/status/status-observer.ts'
import { openRegistry } from './registry/open-registry.ts'
import { LiveConfig } from './reload/live-config.ts'
import { Reloader } from './reload/reloader.ts'
import { type AppOptions, type Running, runStages, WRITER_CLOSE_MS } from './run-stages.ts'
import { settledWithin, systemClock } from './system.ts'
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

/** Whatever a broker or receiver does, a stop takes no longer. */
const STOP_MS = 11_500

export async function startApp(options: AppOptions): Promise<App> {
  const { logger } = options
  const watched = watchOver(options)
  const { observer, live, reloader, health } = watched
  const { http, ...served } = await serve(options, watched)
  const stopping = new AbortController()
  const { closers } = served
  const ended = Promise.withResolvers<Error | null>()
  const parts = addComponents(health, options)
  const fail = (error: Error, stage?: StageName): void => {
    for (const [name, component] of parts.components) if (name === stage) component.dead(error.message)
    ended.resolve(error)
  }

  const running = runStages({
    ...options,
    ...parts,
    ...watched,
    ...served,
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

/** What a process knows of itself. */
interface Watched {
  metrics: Metrics
  observer: Observer
  memory: StatusMemory
  live: LiveConfig
  reloader: Reloader | null
  health: Health
}

function watchOver(options: AppOptions): Watched {
  const { config, logger } = options
  const metrics = createMetrics(metricsConfig(config))
  metrics.set('configLastReloadSuccessTime', {}, systemClock.nowMs() / 1_000)
  const told = createObserver({ logger, metrics, clock: systemClock })
  const { observer, memory } = rememberForStatus(told, systemClock)
  const live = createLiveConfig(config, metrics)
  const health = createHealth()
  metrics.setReadiness(() => health.readiness().ok)
  return { metrics, observer, memory, live, reloader: createReloader(options, { live, observer }), health }
}

/** From the first moment, whether or not there is a broker. */
async function serve(
  options: AppOptions,
  { metrics, health, live }: Watched,
): Promise<Pick<Running, 'kafka' | 'openRegistry' | 'closers'> & { http: HttpServer }> {
  const { config, logger } = options
  const kafka = createKafkaClient(config.kafka, (line) => logger.debug(line, 'kafkajs'))
  const registry = openRegistry(config.registry, systemClock)
  const { pages, close } = openPages({ ...options, kafka, registry, live, clock: systemClock })
  const http = await startHttpServer({ ...config.http, metrics, health, pages })
  logger.info({ http: http.url }, `health and metrics are served on ${http.url}`)
  const closers = [http.close, close, async () => registry?.registry.close()]
  return { kafka, openRegistry: registry, closers, http }
}

function addComponents(
  health: Health,
  { config, stages, logger }: AppOptions,
): Pick<Running, 'broker' | 'registryHealth' | 'components'> {
  const broker = health.addComponent('broker')
  broker.notReady('not reached yet')
  const registryHealth =
    config.registry === null
      ? null
      : createRegistryHealth(health.addComponent('registry'), logger, systemClock)
  return {
    broker,
    registryHealth,
    components: new Map(stages.map((stage) => [stage, health.addComponent(stage)])),
  }
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
  const count = (next: Config): void => {
    metrics.reconfigure(metricsConfig(next))
    metrics.setCanaryInterval(next.canary?.everyMs ?? null)
  }
  count(config)
  live.addUser({ prepare: (next) => () => count(next) })
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
  const { dispatch, receipts, deadLetters, controls, status } = topicNames(config.kafka.prefix)
  return {
    version: packageVersion(),
    configVersion: config.version,
    actions: [...config.actions.map(({ id }) => id), ...OWN_ACTIONS],
    destinations: [...config.destinations.keys()],
    eventsTopics: config.kafka.events.map(({ topic }) => topic),
    ownTopics: [dispatch, receipts, deadLetters, controls, status],
  }
}
