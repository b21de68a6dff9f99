/**
 * Apache Kafka as a Java process of this machine. It accepts clients when the start resolves, and it ends with
 * this process, however that ends. Data lies in a temporary folder that goes with it, or in a folder that is
 * kept and can be used again, by one broker at a time.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '../core/errors.ts'
import { sleep } from '../system.ts'
import { awaitStart } from './await-start.ts'
import { askBroker } from './broker-answers.ts'
import { continueLog, lastLines, logLines } from './broker-log.ts'
import { brokerProperties } from './broker-properties.ts'
import { KAFKA_VERSION } from './kafka-jars.ts'
import type { KafkaEnd, LocalKafka, LocalKafkaOptions } from './local-kafka.ts'
import { choosePort, freePorts } from './ports.ts'
import { type SupervisedBroker, superviseBroker } from './supervised-broker.ts'
import type { SupervisorPlan } from './supervisor-messages.ts'

export interface JavaRuntime {
  java: string
  jars: string
}

/** One attempt's place: where its files lie and what it listens on. */
interface Site {
  directory: string
  temporary: boolean
  port: number
  controllerPort: number
  /** The log's length before this start. */
  logFrom: number
}

const HOST = '127.0.0.1'
const ATTEMPTS = 5
const ASK_TIMEOUT_MS = 1_000
const ASK_EVERY_MS = 50
const LOG = 'broker.log'
const PROPERTIES = 'broker.properties'
const TOPICS = 'topics'

/** Throws AppError `port_taken` or `no_local_kafka`, and the signal's reason when it is aborted meanwhile. */
export async function startJavaKafka(runtime: JavaRuntime, options: LocalKafkaOptions): Promise<LocalKafka> {
  const startedMs = performance.now()
  options.progress(`starting Apache Kafka ${KAFKA_VERSION} ...`)
  for (let attempt = 1; ; attempt++) {
    const site = await chooseSite(options)
    const broker = superviseBroker(await planFor(runtime, site))
    const failure = await failureToStart(broker, site, options.signal)
    if (failure === null) {
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
      options.progress(`Kafka accepts clients at ${HOST}:${site.port} after ${seconds} s`)
      return localKafka(broker, site)
    }
    await broker.stop()
    options.signal?.throwIfAborted()
    const portTaken = failure.lines.some((line) => line.includes('Address already in use'))
    if (!portTaken || attempt === ATTEMPTS) throw startError(failure, site)
  }
}

async function chooseSite(options: LocalKafkaOptions): Promise<Site> {
  const { dataDir } = options
  const port = await choosePort(options)
  const [controllerPort = 0] = await freePorts(1)
  const directory = dataDir === undefined ? join(tmpdir(), `bellhop-kafka-${randomUUID()}`) : resolve(dataDir)
  if (directory.includes(',')) {
    throw new AppError('usage', `Kafka cannot keep data in a path with a comma: ${directory}`)
  }
  return {
    directory,
    temporary: dataDir === undefined,
    port,
    controllerPort,
    logFrom: await continueLog(join(directory, LOG)),
  }
}

async function planFor(runtime: JavaRuntime, site: Site): Promise<SupervisorPlan> {
  const { directory, temporary } = site
  const properties = join(directory, PROPERTIES)
  const format = ['format', '--ignore-formatted', '-t', randomUUID(), '-c', properties]
  const isNew = (await clusterIdOf(site)) === null
  return {
    directory,
    temporary,
    files: [{ name: PROPERTIES, text: brokerProperties({ ...site, logFolder: join(directory, TOPICS) }) }],
    prepare: isNew ? javaCommand(runtime, directory, ['kafka.tools.StorageTool', ...format]) : null,
    run: javaCommand(runtime, directory, ['kafka.Kafka', properties]),
    log: LOG,
  }
}

/** Little memory and a quick start are worth more here than throughput. */
function javaCommand({ java, jars }: JavaRuntime, directory: string, main: readonly string[]): string[] {
  return [
    java,
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    '-XX:+ExitOnOutOfMemoryError',
    // Native libraries are unpacked there: a killed JVM leaves them behind.
    `-Djava.io.tmpdir=${directory}`,
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS',
    '-cp',
    join(jars, '*'),
    ...main,
  ]
}

interface StartFailure {
  how: string
  /** Another broker uses the folder. */
  inUse: boolean
  lines: string[]
}

/** Null once the broker serves clients. */
async function failureToStart(
  broker: SupervisedBroker,
  site: Site,
  signal: AbortSignal | undefined,
): Promise<StartFailure | null> {
  const start = await awaitStart(broker, (until) => untilServing(site, until), signal)
  if (start.kind === 'serves') return null
  const failure =
    start.kind === 'died'
      ? { how: `ended with ${start.detail}`, inUse: start.during === 'lock' }
      : { how: `did not serve clients in ${start.afterMs / 1_000} s`, inUse: false }
  return { ...failure, lines: await logLines(join(site.directory, LOG), site.logFrom) }
}

/** False when the signal was aborted first. */
async function untilServing(site: Site, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const answer = await askBroker({ host: HOST, port: site.port }, ASK_TIMEOUT_MS)
    if (answer !== null && answer.brokers > 0 && answer.clusterId === (await clusterIdOf(site))) return true
    await sleep(ASK_EVERY_MS, signal)
  }
  return false
}

/** The id that the data was formatted with; null where nothing is formatted. */
async function clusterIdOf({ directory }: Site): Promise<string | null> {
  const text = await readFile(join(directory, TOPICS, 'meta.properties'), 'utf8').catch(() => '')
  return /^cluster\.id=(.+)$/m.exec(text)?.[1]?.trim() ?? null
}

function startError({ how, inUse, lines }: StartFailure, site: Site): AppError {
  if (inUse) {
    return new AppError(
      'no_local_kafka',
      `another Kafka is using ${site.directory}: end it, or choose another folder with --data`,
    )
  }
  if (lines.length === 0) return new AppError('no_local_kafka', `Kafka in ${site.directory} ${how}`)
  const log = lastLines(lines).map((line) => `\n  ${line}`)
  return new AppError('no_local_kafka', `Kafka ${how}; its log ends with:${log.join('')}`)
}

function localKafka(broker: SupervisedBroker, site: Site): LocalKafka {
  let stopped: Promise<void> | null = null
  const { promise: ended, resolve: end } = Promise.withResolvers<KafkaEnd>()
  void broker.died.then(async ({ detail }) => {
    const log = lastLines(await logLines(join(site.directory, LOG), site.logFrom))
    if (stopped === null) end({ how: 'died', detail, log })
  })
  return {
    engine: 'java',
    brokers: `${HOST}:${site.port}`,
    get pid() {
      return broker.pid
    },
    ended,
    kill: () => broker.kill(),
    async restart() {
      await broker.kill()
      broker.run()
      const failure = await failureToStart(broker, site, undefined)
      if (failure !== null) throw startError(failure, site)
    },
    stop() {
      stopped ??= broker.stop().then(() => end({ how: 'stopped' }))
      return stopped
    },
  }
}
