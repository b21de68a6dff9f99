import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { formatProblems, loadConfig } from '../config/load.ts'
import { secretsOf } from '../config/secrets.ts'
import { AppError } from '../core/errors.ts'
import { type TopicNames, topicNames } from '../core/topic-names.ts'
import { createKafkaClient, type Kafka } from '../kafka/client.ts'
import { findKafka } from '../local/find-kafka.ts'
import { findRegistry } from '../local/find-registry.ts'
import { createSecretMask, type SecretMask } from '../observe/mask-secrets.ts'
import { type ChatServer, startChatServer } from './chat-server.ts'
import { DEMO_CHANNELS, demoConfigYaml } from './demo-config.ts'
import { playTraffic } from './play-traffic.ts'
import { type Fleet, startFleet } from './processes/fleet.ts'
import type { LineLevel } from './processes/log-line.ts'
import type { Outcome } from './report.ts'
import { createSlackSimulator, type SlackSimulator } from './simulator/server.ts'
import type { Pacing } from './traffic.ts'
import { openWire, type Wire } from './wire.ts'

/**
 * The demo: a real Kafka, two `bellhop run` processes, and a Slack simulator with a page to watch. Faults strike
 * while events flow, and what the simulator got is held against what the scenario's own table says it must get.
 */
export interface DemoOptions extends Pacing {
  /** Of the page; 0 takes a free one. */
  port: number
  seed: number
  /** Events and records in Avro, through a registry of this machine; else all is JSON. */
  avro: boolean
  /** A webhook goes, another is throttled, a process is killed. */
  faults: boolean
  /** Where BELLHOP_TEST_BROKERS and BELLHOP_TEST_REGISTRY are looked up; the processes' own. */
  env: Record<string, string | undefined>
  /** From which level on the processes' logs are shown; null: warnings that the demo did not bring about. */
  logLevel: LineLevel | null
  /** Takes one line for a person at a time, before the traffic and after it. */
  progress(line: string): void
  /** Takes what happens to bellhop during the traffic, one line at a time. */
  say(line: string): void
  /** Takes a line of a process's log, harmless and without secrets. */
  showLog(line: string): void
  /** Text from outside on one line: harmless on a terminal, and without what the mask takes out of JSON text. */
  plain(text: string, mask: SecretMask): string
  /** The pages can be opened; `simulator` is where posts arrive. */
  started(demo: {
    channelsUrl: string
    /** Of a process that lives as long as the demo: its status page, and its metrics at /metrics. */
    statusUrl: string
    registryUrl: string | null
    simulator: SlackSimulator
  }): void
  signal: AbortSignal
}

export interface RunningDemo {
  result: Outcome
  /** Rejects with ProcessDied when one of the processes ends by itself. */
  died: Promise<never>
  /** Ends the page, bellhop and Kafka. */
  close(): Promise<void>
}

/** What stands while the demo runs. */
export interface Stage {
  config: Config
  kafka: Kafka
  topics: TopicNames
  simulator: SlackSimulator
  page: ChatServer
  fleet: Fleet
  wire: Wire
}

type Closers = (() => Promise<void>)[]

/**
 * Resolves when the traffic has drained, with everything still up, or rejects with all of it closed: with ProcessDied
 * where one of the processes has ended by itself.
 */
export async function runDemo(options: DemoOptions): Promise<RunningDemo> {
  const closers: Closers = []
  const close = async (): Promise<void> => {
    const failures: unknown[] = []
    // Each of them, whatever becomes of the one before: with Kafka away some cannot.
    for (const closer of closers.splice(0).reverse()) await closer().catch((error) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  try {
    const stage = await setUp(options, closers)
    const result = await playTraffic(options, stage, closers)
    return { result, died: stage.fleet.died, close }
  } catch (error) {
    // What went wrong first says more than what could not be closed because of it.
    await close().catch(() => undefined)
    throw error
  }
}

async function setUp(options: DemoOptions, closers: Closers): Promise<Stage> {
  const { progress, signal, env, logLevel } = options
  const found = await findKafka({ progress, signal, env })
  closers.push(() => found.stop())
  const registry = options.avro ? await findRegistry({ ...options, prefix: found.prefix }) : null
  closers.push(async () => registry?.stop())
  const simulator = await createSlackSimulator()
  closers.push(() => simulator.close())
  const page = await startChatServer({ port: options.port, channels: DEMO_CHANNELS })
  closers.push(() => page.close())

  const registryUrl = registry?.url ?? null
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-demo-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  const configFile = join(folder, 'bellhop.yaml')
  const at = { prefix: found.prefix, simulatorOrigin: simulator.origin, registryUrl }
  await writeFile(configFile, demoConfigYaml({ ...at, brokers: found.brokers.split(',') }), { mode: 0o600 })
  const config = await load(configFile)
  const mask = createSecretMask(secretsOf(config))
  const topics = topicNames(config.kafka.prefix)
  progress('starting two processes of bellhop: topics, consumer groups, health')
  const fleet = await startFleet({
    configFile,
    dispatchTopic: topics.dispatch,
    env,
    logLevel,
    show: options.showLog,
    plain: (text) => options.plain(text, mask),
    signal,
  })
  closers.push(() => fleet.stop())

  const wire = await openWire(config, topics)
  closers.push(() => wire.close())
  const kafka = createKafkaClient(config.kafka, () => undefined)
  options.started({ channelsUrl: page.url, statusUrl: fleet.httpUrl, registryUrl, simulator })
  return { config, kafka, topics, simulator, page, fleet, wire }
}

/** The file goes through the loader, as a user's does. */
async function load(file: string): Promise<Config> {
  const loaded = await loadConfig(file, { env: {}, secrets: 'required' })
  if (loaded.kind === 'invalid') throw new AppError('config_invalid', formatProblems(loaded.problems))
  return loaded.config
}
