/**
 * Apache Kafka as a container, through testcontainers, which is loaded only when a Docker engine answers. The
 * container ends with this process: on `stop`, and when the process dies, by testcontainers' own reaper. It
 * keeps no data.
 */
import type { GenericContainer, StartedTestContainer } from 'testcontainers'
import { sleep } from '../system.ts'
import { askBroker } from './broker-answers.ts'
import { KAFKA_VERSION } from './kafka-jars.ts'
import type { KafkaEnd, LocalKafka, LocalKafkaOptions } from './local-kafka.ts'
import { choosePort } from './ports.ts'

type Testcontainers = typeof import('testcontainers')
type Engine = Awaited<ReturnType<Testcontainers['getContainerRuntimeClient']>>

const IMAGE = `apache/kafka:${KAFKA_VERSION}`
const PORT_INSIDE = 9092
const ATTEMPTS = 5
const START_TIMEOUT_MS = 300_000
const ANSWER_TIMEOUT_MS = 60_000
const ASK_EVERY_MS = 200
const LOG_LINES = 12

/** Throws AppError `port_taken`, what testcontainers throws, and the signal's reason when it is aborted meanwhile. */
export async function startDockerKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const testcontainers = await loadTestcontainers()
  const engine = await testcontainers.getContainerRuntimeClient()
  const host = reachableHost(engine.info.containerRuntime.host)
  options.progress(`starting the container ${IMAGE} (the image is pulled once) ...`)
  const { container, port } = await startContainer(testcontainers, host, options)
  try {
    await untilServing({ host, port }, options.signal)
  } catch (error) {
    await container.stop()
    throw error
  }
  options.progress(`Kafka accepts clients at ${host}:${port}`)
  return dockerKafka(engine, container, { host, port })
}

async function loadTestcontainers(): Promise<Testcontainers> {
  try {
    return await import('testcontainers')
  } catch (error) {
    throw new Error('a Docker engine answers, but the package testcontainers is not installed', {
      cause: error,
    })
  }
}

/** The published port is bound for IPv4; `localhost` may mean IPv6 first. */
function reachableHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host
}

async function startContainer(
  { GenericContainer, Wait }: Testcontainers,
  host: string,
  options: LocalKafkaOptions,
): Promise<{ container: StartedTestContainer; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(options)
    const image = new GenericContainer(IMAGE)
      .withEnvironment(containerEnvironment({ host, port }))
      .withExposedPorts({ container: PORT_INSIDE, host: port })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .withStartupTimeout(START_TIMEOUT_MS)
    try {
      return { container: await startUnlessAborted(image, options.signal), port }
    } catch (error) {
      options.signal?.throwIfAborted()
      if (options.port || attempt === ATTEMPTS || !String(error).includes('port is already allocated'))
        throw error
    }
  }
}

/** testcontainers knows no signal: a container that comes up after the abort is stopped then. */
async function startUnlessAborted(
  image: GenericContainer,
  signal?: AbortSignal,
): Promise<StartedTestContainer> {
  const starting = image.start()
  if (signal === undefined) return starting
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => {
    starting.then((container) => container.stop()).catch(() => {})
    aborted.reject(signal.reason)
  }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([starting, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * The settings of broker-properties.ts for the official image, which takes them as KAFKA_ variables. There are
 * two listeners for clients, because a transaction coordinator reaches its own broker by the advertised
 * address, and the one for the host does not lead there from inside the container.
 */
export function containerEnvironment({ host, port }: { host: string; port: number }): Record<string, string> {
  return {
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_NODE_ID: '1',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:29093',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENERS: `HOST://:${PORT_INSIDE},INSIDE://localhost:29092,CONTROLLER://localhost:29093`,
    KAFKA_ADVERTISED_LISTENERS: `HOST://${host}:${port},INSIDE://localhost:29092`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '8',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '8',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  }
}

async function untilServing(address: { host: string; port: number }, signal?: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
  while (!deadline.aborted) {
    signal?.throwIfAborted()
    const answer = await askBroker(address, 1_000)
    if (answer !== null && answer.brokers > 0) return
    await sleep(ASK_EVERY_MS, signal)
  }
  throw new Error(`the container runs, but nothing answers at ${address.host}:${address.port}`)
}

function dockerKafka(
  engine: Engine,
  container: StartedTestContainer,
  address: { host: string; port: number },
): LocalKafka {
  const runtime = engine.container.getById(container.getId())
  const { promise: ended, resolve: end } = Promise.withResolvers<KafkaEnd>()
  let asked = false
  let stopped: Promise<void> | null = null
  const watch = async (): Promise<void> => {
    const { StatusCode: code } = await runtime.wait()
    if (!asked) end({ how: 'died', detail: `exit code ${code}`, log: await lastLines(container) })
  }
  const watchUntilGone = (): void => void watch().catch(() => {})
  const kill = async (): Promise<void> => {
    asked = true
    const { Running: running } = (await runtime.inspect()).State
    if (running) await runtime.kill()
  }
  watchUntilGone()
  return {
    engine: 'docker',
    brokers: `${address.host}:${address.port}`,
    pid: null,
    ended,
    kill,
    async restart() {
      await kill()
      await runtime.start()
      await untilServing(address)
      asked = false
      watchUntilGone()
    },
    stop() {
      asked = true
      stopped ??= container.stop().then(() => end({ how: 'stopped' }))
      return stopped
    },
  }
}

async function lastLines(container: StartedTestContainer): Promise<string[]> {
  const log = await container.logs({ tail: LOG_LINES })
  const text = (await log.toArray()).join('')
  return text.split('\n').filter((line) => line.trim() !== '')
}
