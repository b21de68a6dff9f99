/**
 * A broker for the demo and for tests, in this order: the one that BELLHOP_TEST_BROKERS names, a container, a
 * Java process. KAFKA_BROKERS is never looked at: someone's production may be in it.
 */
import { randomUUID } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import { cleanUp } from '../kafka/cleanup.ts'
import { askBroker } from './broker-answers.ts'
import type { Environment } from './folders.ts'
import { type Engine, tryEngines, ways } from './start-local-kafka.ts'

export interface FindOptions {
  /** Takes one line for a person at a time. */
  progress: (line: string) => void
  signal?: AbortSignal
  /** Left out: the environment of this process. */
  env?: Environment
}

export interface FoundKafka {
  source: Engine | 'BELLHOP_TEST_BROKERS'
  /** `host:port`, several with commas. */
  brokers: string
  /** Every topic and group must begin with it: it is random, and what begins with it may be deleted. */
  prefix: string
  /** Ends a broker that was started here; in one that was named, deletes what begins with the prefix. */
  stop(): Promise<void>
}

const ANSWER_TIMEOUT_MS = 5_000

/** Throws AppError `no_local_kafka` with the three ways out, or `broker_unreachable` for a broker that was named. */
export async function findKafka(options: FindOptions): Promise<FoundKafka> {
  const env = options.env ?? process.env
  const prefix = `bellhop-${randomUUID().slice(0, 8)}`
  const named = env.BELLHOP_TEST_BROKERS
  if (named) return namedKafka(named, prefix, options)

  const start = await tryEngines({ ...options, env, engines: ['docker', 'java'] })
  if (start.kind === 'unavailable') {
    throw new AppError(
      'no_local_kafka',
      `no Kafka to run against, and none can be started here. Any of these will do:
  - BELLHOP_TEST_BROKERS=HOST:PORT, a broker to use: topics get a random prefix and are deleted afterwards (here: not set)${ways(start.reasons)}`,
    )
  }
  const { kafka } = start
  return { source: kafka.engine, brokers: kafka.brokers, prefix, stop: () => kafka.stop() }
}

async function namedKafka(named: string, prefix: string, { progress }: FindOptions): Promise<FoundKafka> {
  const brokers = named
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
  const answers = await Promise.all(brokers.map(isKafka))
  if (!answers.includes(true)) {
    throw new AppError(
      'broker_unreachable',
      `BELLHOP_TEST_BROKERS is ${named}, and no Kafka answers there: start it, or unset the variable`,
    )
  }
  progress(`using the Kafka at ${brokers.join(', ')}; topics and groups begin with ${prefix}`)
  return {
    source: 'BELLHOP_TEST_BROKERS',
    brokers: brokers.join(','),
    prefix,
    async stop() {
      const { topics, groups, left } = await cleanUp({ brokers, prefix })
      progress(`deleted ${topics.length} topics and ${groups.length} groups that begin with ${prefix}`)
      if (left.length > 0) progress(`could not delete: ${left.join(', ')}`)
    },
  }
}

async function isKafka(address: string): Promise<boolean> {
  const found = /^\[?([^\]]+?)\]?:(\d+)$/.exec(address)
  if (found === null) return false
  const [, host = '', port] = found
  return (await askBroker({ host, port: Number(port) }, ANSWER_TIMEOUT_MS)) !== null
}
