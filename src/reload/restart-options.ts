import type { Config, EventsTopic, KafkaConfig, SlackConfig } from '../config/config.ts'
import { sameValue } from './same-value.ts'

/**
 * What a running process cannot change, as the person writes it; null where it can. Every option of a configuration
 * stands here, or the types do not fit.
 */
type Named<T> = Readonly<Record<keyof T, string | null>>

const GENERAL: Named<Omit<Config, 'kafka' | 'slack'>> = {
  version: null,
  destinations: null,
  actions: null,
  integrationNames: null,
  maxEventBytes: null,
  // Whoever scrapes it would look in the old place.
  http: 'http',
  httpToken: null,
  canary: null,
  notify: null,
  // Records in flight carry ids of its schemas.
  registry: 'registry',
}

/** Connections, group memberships and transactional ids are made of these once. */
const KAFKA: Named<Omit<KafkaConfig, 'events'>> = {
  brokers: 'kafka.brokers',
  clientId: 'kafka.client_id',
  prefix: 'kafka.prefix',
  tls: 'kafka.tls',
  sasl: 'kafka.sasl',
  sessionTimeoutMs: 'kafka.session_timeout',
  connectionTimeoutMs: 'kafka.connection_timeout',
  // Looked at where topics are created or checked, which is at the start.
  topics: 'kafka.topics',
}

/** A topic more or less is another subscription; how its records are read is a matter of the next batch. */
const EVENTS: Named<EventsTopic> = {
  topic: 'kafka.events',
  start: 'kafka.events',
  format: null,
  map: null,
}

const SLACK: Named<SlackConfig> = {
  allowOrigins: null,
  maxSockets: 'slack.max_sockets',
  queueLimitBytes: null,
}

/** The options that differ and that only a restart changes, each once, in the order of the configuration. */
export function optionsForRestart(before: Config, after: Config): string[] {
  const options = [
    ...changed(before.kafka, after.kafka, KAFKA),
    ...(sameTopics(before.kafka.events, after.kafka.events) ? [] : ['kafka.events']),
    ...changed(before.slack, after.slack, SLACK),
    ...changed(before, after, GENERAL),
  ]
  return [...new Set(options)]
}

/** Their order says nothing. */
function sameTopics(before: readonly EventsTopic[], after: readonly EventsTopic[]): boolean {
  const others = new Map(after.map((events) => [events.topic, events]))
  return (
    before.length === after.length &&
    before.every((events) => {
      const other = others.get(events.topic)
      return other !== undefined && changed(events, other, EVENTS).length === 0
    })
  )
}

function changed<T extends object>(before: T, after: T, names: Partial<Named<T>>): string[] {
  const found: string[] = []
  for (const field in names) {
    const name = names[field]
    if (typeof name === 'string' && !sameValue(before[field], after[field])) found.push(name)
  }
  return found
}
