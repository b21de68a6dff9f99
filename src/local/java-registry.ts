/**
 * Apicurio Registry as a Java process of this machine. It serves when the start resolves, and it ends with this
 * process, however that ends. Its schemas are in memory, and its temporary folder goes with it.
 */
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { awaitStart } from './await-start.ts'
import { lastLines, logLines } from './broker-log.ts'
import {
  type LocalRegistry,
  type LocalRegistryOptions,
  REGISTRY_PATH,
  REGISTRY_VERSION,
} from './local-registry.ts'
import { freePorts } from './ports.ts'
import { untilRegistryServes } from './registry-answers.ts'
import { type SupervisedBroker, superviseBroker } from './supervised-broker.ts'

export interface RegistryRuntime {
  java: string
  jar: string
}

const HOST = '127.0.0.1'
const ATTEMPTS = 3
const LOG = 'registry.log'

/** Throws AppError `no_local_registry`, and the signal's reason when it is aborted meanwhile. */
export async function startJavaRegistry(
  runtime: RegistryRuntime,
  { progress, signal }: LocalRegistryOptions,
): Promise<LocalRegistry> {
  const startedMs = performance.now()
  progress(`starting Apicurio Registry ${REGISTRY_VERSION} ...`)
  for (let attempt = 1; ; attempt++) {
    const [port = 0] = await freePorts(1)
    const directory = join(tmpdir(), `bellhop-registry-${randomUUID()}`)
    const url = `http://${HOST}:${port}${REGISTRY_PATH}`
    const registry = superviseBroker({
      directory,
      temporary: true,
      files: [],
      prepare: null,
      run: javaCommand(runtime, directory, port),
      log: LOG,
    })
    const failure = await failureToStart(registry, url, signal)
    if (failure === null) {
      progress(
        `the registry serves at ${url} after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`,
      )
      return { engine: 'java', url, stop: () => registry.stop() }
    }
    const lines = await logLines(join(directory, LOG), 0)
    await registry.stop()
    signal?.throwIfAborted()
    if (attempt < ATTEMPTS && lines.some((line) => line.includes('already bound'))) continue
    const log = lastLines(lines).map((line) => `\n  ${line}`)
    throw new AppError('no_local_registry', `Apicurio Registry ${failure}; its log ends with:${log.join('')}`)
  }
}

/** Little memory and a quick start are worth more here than throughput. */
function javaCommand({ java, jar }: RegistryRuntime, directory: string, port: number): string[] {
  return [
    java,
    '-Xmx300m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-XX:+ExitOnOutOfMemoryError',
    `-Djava.io.tmpdir=${directory}`,
    `-Dquarkus.http.host=${HOST}`,
    `-Dquarkus.http.port=${port}`,
    '-jar',
    jar,
  ]
}

/** Null once the registry serves. */
async function failureToStart(
  registry: SupervisedBroker,
  url: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const start = await awaitStart(registry, (until) => untilRegistryServes(url, until), signal)
  if (start.kind === 'serves') return null
  return start.kind === 'died' ? `ended with ${start.detail}` : `did not serve in ${start.afterMs / 1_000} s`
}
