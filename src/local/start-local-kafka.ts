/**
 * Starts a Kafka on this machine with what the machine has: Java and Maven, or Docker. What is missing is said
 * once, for all of them, with what to do about it.
 */
import { AppError } from '../core/errors.ts'
import { findDocker } from './docker-engine.ts'
import { startDockerKafka } from './docker-kafka.ts'
import type { Environment } from './folders.ts'
import { findJava, JAVA_NEEDED } from './java.ts'
import { startJavaKafka } from './java-kafka.ts'
import { ensureKafkaJars } from './kafka-jars.ts'
import type { LocalKafka, LocalKafkaOptions } from './local-kafka.ts'

export type Engine = LocalKafka['engine']

export interface StartOptions extends LocalKafkaOptions {
  /** The order in which they are tried; left out: Java, then Docker. */
  engines?: readonly Engine[]
  /** Left out: the environment of this process. */
  env?: Environment
}

export type EngineStart =
  | { kind: 'started'; kafka: LocalKafka }
  /** Why none could be had; each a phrase. */
  | { kind: 'unavailable'; reasons: Record<Engine, string> }

/** Throws AppError `no_local_kafka` or `port_taken`, and the signal's reason when it is aborted meanwhile. */
export async function startLocalKafka(options: StartOptions): Promise<LocalKafka> {
  const start = await tryEngines(options)
  if (start.kind === 'started') return start.kafka
  throw new AppError(
    'no_local_kafka',
    `no Kafka can be started here. Either of these will do:${ways(start.reasons)}`,
  )
}

export async function tryEngines(options: StartOptions): Promise<EngineStart> {
  const reasons: Record<Engine, string> = { java: 'not tried', docker: 'not tried' }
  for (const engine of options.engines ?? ['java', 'docker']) {
    const found = await (engine === 'java' ? tryJava(options) : tryDocker(options))
    if (typeof found !== 'string') return { kind: 'started', kafka: found }
    reasons[engine] = found
  }
  return { kind: 'unavailable', reasons }
}

/** The ways to a Kafka on this machine, a line each, with what was found. */
export function ways(reasons: Record<Engine, string>): string {
  return [
    `\n  - a running Docker engine (here: ${reasons.docker})`,
    `\n  - Java ${JAVA_NEEDED} or newer, and Maven (here: ${reasons.java})`,
  ].join('')
}

/** A Kafka, or why there is none. A broker that was started and failed is an error, not a reason to look further. */
async function tryJava(options: StartOptions): Promise<LocalKafka | string> {
  const env = options.env ?? process.env
  const java = await findJava(env)
  if (java.kind === 'none') return java.reason
  const jars = await ensureKafkaJars({ ...options, env })
  if (jars.kind === 'none') return `java ${java.major} found; ${jars.reason}`
  return startJavaKafka({ java: java.command, jars: jars.folder }, options)
}

async function tryDocker(options: StartOptions): Promise<LocalKafka | string> {
  const docker = await findDocker(options.env ?? process.env)
  if (docker.kind === 'none') return docker.reason
  if (options.dataDir !== undefined && options.dataDirOptional !== true)
    return 'a Docker engine answers, but a container cannot keep data in a folder'
  try {
    return await startDockerKafka(options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    options.progress(`Docker answers, but gives no Kafka: ${reason}`)
    return reason
  }
}
