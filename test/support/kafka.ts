/** The run's Kafka, for integration tests. */
import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'

/** `host:port` of every broker to connect to. */
export function testBrokers(): string[] {
  return inject('kafkaBrokers').split(',')
}

/**
 * A prefix that no other test has, for topics, groups and transactional ids; `name` says whose it is. It ends
 * with the name: add `.topic` or `-group`.
 */
export function randomPrefix(name: string): string {
  return `${inject('kafkaPrefix')}-${randomUUID().slice(0, 8)}-${name}`
}
