import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, startApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { formatProblems, loadConfig } from '../config/load.ts'
import { AppError } from '../core/errors.ts'
import { seededRandom } from '../core/random.ts'
import { topicNames } from '../core/topic-names.ts'
import { createKafkaClient } from '../kafka/client.ts'
import { createEventProducer } from '../kafka/event-producer.ts'
import { followTopic } from '../kafka/topic-tail.ts'
import { findKafka } from '../local/find-kafka.ts'
import { findRegistry } from '../local/find-registry.ts'
import type { Logger } from '../observe/logger.ts'
import { STAGES } from '../observe/observer.ts'
import { sleep } from '../system.ts'
import { type ChatServer, startChatServer } from './chat-server.ts'
import { DEMO_CHANNELS, demoConfigYaml, demoEventsTopic } from './demo-config.ts'
import { createScenario } from './scenario.ts'
import { createSlackSimulator, type SlackSimulator } from './simulator/server.ts'
import { createTally, type Summary, type Tally } from './tally.ts'
import { type Pacing, produceTraffic, untilDrained } from './traffic.ts'
import { openWire } from './wire.ts'

/**
 * The demo: a real Kafka, bellhop as `run` has it, and a Slack simulator with a page to watch. What the
 * simulator got is held against what the scenario's own table says it must get.
 */
export interface DemoOptions extends Pacing {
  /** Of the page; 0 takes a free one. */
  port: number
  seed: number
  /** Events and records in Avro, through a registry of this machine; else all is JSON. */
  avro: boolean
  /** Where BELLHOP_TEST_BROKERS and BELLHOP_TEST_REGISTRY are looked up. */
  env: Record<string, string | undefined>
  logger: Logger
  /** Takes one line for a person at a time. */
  progress(line: string): void
  /** The page can be opened; `simulator` is where posts arrive. */
  started(demo: {
    pageUrl: string
    metricsUrl: string
    registryUrl: string | null
    simulator: SlackSimulator
  }): void
  signal: AbortSignal
}

export interface DemoResult {
  summary: Summary
  rateLimited: number
  trafficMs: number
  drainMs: number
  /** How the events were written, as far as there is more to tell than that. */
  figures: readonly (readonly [string, string])[]
}

export interface RunningDemo {
  result: DemoResult
  /** Ends the page, bellhop and Kafka. */
  close(): Promise<void>
}

/** Resolves when the traffic has drained, with everything still up, or rejects with all of it closed. */
export async function runDemo(options: DemoOptions): Promise<RunningDemo> {
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    return { result: await playDemo(options, closers), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function playDemo(options: DemoOptions, closers: (() => Promise<void>)[]): Promise<DemoResult> {
  const { progress, signal, logger } = options
  const found = await findKafka({ progress, signal, env: options.env })
  closers.push(() => found.stop())
  const registry = options.avro ? await findRegistry({ ...options, prefix: found.prefix }) : null
  closers.push(async () => registry?.stop())
  const simulator = await createSlackSimulator()
  closers.push(() => simulator.close())
  const page = await startChatServer({ port: options.port, channels: DEMO_CHANNELS })
  closers.push(() => page.close())

  const registryUrl = registry?.url ?? null
  const config = await demoConfig({ ...found, simulatorOrigin: simulator.origin, registryUrl })
  progress('starting bellhop: topics, consumer groups, health')
  const app = await startApp({ config, stages: STAGES, startOverride: null, logger })
  closers.push(() => app.stop(null))
  await untilReady(app, signal)

  const kafka = createKafkaClient(config.kafka, (line) => logger.debug(line, 'kafkajs'))
  const tally = createTally()
  showPosts(simulator, page, tally)
  const names = topicNames(config.kafka.prefix)
  const wire = await openWire(config, names)
  closers.push(() => wire.close())
  const groupId = `${config.kafka.prefix}.demo`
  const deadLetters = await followTopic(kafka, { topic: names.deadLetters, groupId }, (value) =>
    tally.deadLettered(wire.causeOf(value)),
  )
  closers.push(() => deadLetters.close())
  const producer = await createEventProducer(kafka, demoEventsTopic(config.kafka.prefix))
  closers.push(() => producer.close())

  options.started({ pageUrl: page.url, metricsUrl: `${app.httpUrl}/metrics`, registryUrl, simulator })
  const watch: Pacing['watch'] = (progress) => {
    page.stats({ events: progress.events, rateLimited: progress.rateLimited })
    options.watch(progress)
  }
  const scenario = createScenario({
    random: seededRandom(options.seed),
    startMs: Date.now(),
    rate: options.rate,
    poison: wire.events.poison,
  })
  const rateLimited = (): number => simulator.count429
  const watched = { ...options, watch, scenario, encoding: wire.events, producer, tally, rateLimited }
  const trafficMs = await produceTraffic(watched)
  const drainMs = await untilDrained(watched)
  return {
    summary: tally.summary(),
    rateLimited: simulator.count429,
    trafficMs,
    drainMs,
    figures: wire.figures(),
  }
}

/** The configuration goes through a file and the loader, as a user's does. */
async function demoConfig(
  at: Omit<Parameters<typeof demoConfigYaml>[0], 'brokers'> & { brokers: string },
): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-demo-'))
  try {
    const file = join(folder, 'bellhop.yaml')
    await writeFile(file, demoConfigYaml({ ...at, brokers: at.brokers.split(',') }))
    const loaded = await loadConfig(file, { env: {}, secrets: 'required' })
    if (loaded.kind === 'invalid') throw new AppError('config_invalid', formatProblems(loaded.problems))
    return { ...loaded.config, http: { host: '127.0.0.1', port: 0 } }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const READY_POLL_MS = 100

async function untilReady(app: App, signal: AbortSignal): Promise<void> {
  let failure: Error | null = null
  void app.ended.then((error) => {
    failure = error
  })
  while (!signal.aborted) {
    if (failure !== null) throw failure
    const { ok } = await fetch(`${app.httpUrl}/readyz`)
    if (ok) return
    await sleep(READY_POLL_MS, signal)
  }
}

/** Every post that the simulator accepts is counted, and shown on the page. */
function showPosts(simulator: SlackSimulator, page: ChatServer, tally: Tally): void {
  const channels = new Map(DEMO_CHANNELS.map((channel) => [channel.target, channel]))
  simulator.onPost(({ target, payload, arrivedAt }) => {
    const channel = channels.get(target)
    const text = payload?.text ?? ''
    tally.arrived({ destination: channel?.destination ?? target, text, atMs: arrivedAt })
    page.publish({
      channel: channel?.name ?? target,
      username: payload?.username ?? null,
      iconUrl: payload?.icon_url ?? null,
      iconEmoji: payload?.icon_emoji ?? null,
      text,
      at: arrivedAt,
    })
  })
}
