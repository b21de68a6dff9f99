import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { KAFKA_VERSION } from '../src/local/kafka-jars.ts'
import { PROJECT_ROOT } from './support/processes.ts'

const FILE = z.object({
  services: z.object({
    kafka: z.object({
      image: z.string(),
      hostname: z.string(),
      ports: z.array(z.string()),
      environment: z.record(z.string(), z.string()),
      volumes: z.array(z.string()),
      healthcheck: z.object({ test: z.array(z.string()) }),
    }),
  }),
  volumes: z.object({ 'kafka-data': z.null() }),
})

/** What `docker compose config` prints, as far as it prints what was written. */
const UNDERSTOOD = z.object({
  services: z.object({
    kafka: z.object({ image: z.string(), environment: z.record(z.string(), z.string()) }),
  }),
})

const { kafka } = FILE.parse(parse(await readFile(`${PROJECT_ROOT}/docker-compose.yml`, 'utf8'))).services
const env = kafka.environment

const config = await composeConfig()
if (config === null) {
  process.stderr.write(
    'docker-compose.yml: Docker Compose does not run here, so only this test has read it\n',
  )
} else {
  it('is understood by Docker Compose', () => {
    const understood = UNDERSTOOD.parse(parse(config)).services.kafka

    expect(understood).toEqual({ image: kafka.image, environment: env })
  })
}

it('runs the same Kafka as bellhop itself does', () => {
  expect(kafka.image).toBe(`apache/kafka:${KAFKA_VERSION}`)
})

it('is one node that is broker and controller, and votes for itself', () => {
  expect(env.KAFKA_PROCESS_ROLES).toBe('broker,controller')
  expect(env.KAFKA_CONTROLLER_QUORUM_VOTERS).toBe(
    `${env.KAFKA_NODE_ID}@${listeners('KAFKA_LISTENERS')[env.KAFKA_CONTROLLER_LISTENER_NAMES ?? '']}`,
  )
})

it('can be reached from the host at 127.0.0.1:9092 and nowhere else, and by other services as kafka', () => {
  expect(kafka.ports).toEqual(['127.0.0.1:9092:9092'])
  expect(kafka.hostname).toBe('kafka')
  expect(listeners('KAFKA_ADVERTISED_LISTENERS')).toEqual({ HOST: '127.0.0.1:9092', INSIDE: 'kafka:29092' })
  expect(listeners('KAFKA_LISTENERS')).toMatchObject({ HOST: ':9092', INSIDE: ':29092' })
})

it('gives every listener a protocol, and the broker one by which it reaches itself', () => {
  const protocols = Object.fromEntries(
    (env.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP ?? '').split(',').map((pair) => pair.split(':')),
  )

  expect(Object.keys(protocols).toSorted()).toEqual(Object.keys(listeners('KAFKA_LISTENERS')).toSorted())
  expect(env.KAFKA_INTER_BROKER_LISTENER_NAME).toBe('INSIDE')
})

it.each([
  'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR',
  'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR',
  'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR',
  'KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR',
  'KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR',
])('asks for one replica in %s: there is one broker', (name) => {
  expect(env[name]).toBe('1')
})

it('keeps its data in the volume', () => {
  expect(kafka.volumes).toEqual([`kafka-data:${env.KAFKA_LOG_DIRS}`])
})

it('is healthy when a client inside is answered', () => {
  expect(kafka.healthcheck.test.join(' ')).toContain(
    'kafka-broker-api-versions.sh --bootstrap-server localhost:29092',
  )
})

/** `HOST://127.0.0.1:9092,INSIDE://kafka:29092` by name. */
function listeners(name: string): Record<string, string> {
  return Object.fromEntries((env[name] ?? '').split(',').map((listener) => listener.split('://')))
}

/** The file as Compose understands it; null where there is no Compose. What Compose refuses is an error. */
async function composeConfig(): Promise<string | null> {
  const run = promisify(execFile)
  const file = ['-f', `${PROJECT_ROOT}/docker-compose.yml`]
  for (const [command = '', ...args] of [['docker', 'compose'], ['docker-compose']]) {
    const found = await run(command, [...args, 'version']).catch(() => null)
    if (found !== null) return (await run(command, [...args, ...file, 'config'])).stdout
  }
  return null
}
