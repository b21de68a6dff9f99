import type { EventType, MappedField } from '../core/event-fields.ts'
import type { Secret } from '../core/secret.ts'

/** A configuration that was loaded, expanded and checked whole: what every stage is built from. */
export interface Config {
  /** 12 hex digits over the configuration's text, before any variable is expanded. */
  version: string
  kafka: KafkaConfig
  slack: SlackConfig
  /** Keyed by id; an action that carries its own webhook is here under the action's id. Disabled ones included. */
  destinations: ReadonlyMap<string, Destination>
  /** In the order they were written; disabled ones included. */
  actions: readonly Action[]
  /** Which keys of an event's `integrations` object mean bellhop. */
  integrationNames: readonly string[]
  /** The largest event value in bytes that is decoded; a larger one is a dead letter. */
  maxEventBytes: number
  /** What `run` serves its health and metrics on. */
  http: { host: string; port: number }
  /** What whoever opens the pages from another machine must know; null: they are served to this machine alone. */
  httpToken: Secret | null
  /** A synthetic event that goes all the way, again and again; null: none. */
  canary: CanaryConfig | null
  /** Where bellhop posts about itself; null: nowhere. */
  notify: NotifyConfig | null
  /** Where Avro schemas are kept; null: there is none, and everything is JSON. */
  registry: RegistryConfig | null
}

export interface CanaryConfig {
  /** Id of a configured destination. */
  destination: string
  everyMs: number
}

export interface NotifyConfig {
  /** Id of a configured destination. */
  destination: string
  /** A message that waits for longer is worth a word. */
  oldestMessageMs: number
  /** So many letters within ten minutes are worth a word. */
  deadLetters: number
}

/** A registry with Confluent's HTTP interface. */
export interface RegistryConfig {
  /** Where its paths begin, without a slash at the end. */
  url: string
  auth: { username: string; password: Secret } | null
  /** PEM text, instead of the well-known authorities. */
  ca: string | null
  /** For one question and its answer, connecting included. */
  timeoutMs: number
  /** How long an id that the registry does not know is asked for again before its events are given up. */
  unknownSchemaWaitMs: number
}

export interface KafkaConfig {
  brokers: readonly string[]
  clientId: string
  /** Names topics, groups and transactional ids: several bellhops can share a cluster. */
  prefix: string
  events: readonly EventsTopic[]
  tls: TlsConfig | null
  sasl: SaslConfig | null
  sessionTimeoutMs: number
  connectionTimeoutMs: number
  topics: TopicsConfig
}

export interface EventsTopic {
  topic: string
  format: 'json' | 'avro'
  /** Null: the records are events as they are. */
  map: EventMap | null
  start: StartPosition
}

/** Where the fields of an event are found in a record that is none by itself: a JSONPath, checked, for each. */
export interface EventMap {
  /** One of the six types for all records, or a path; null leaves it to the record. */
  type: { is: EventType } | { path: string } | null
  paths: readonly { field: MappedField; path: string }[]
}

/** Where reading begins when the group has never read the topic; a time is milliseconds since the epoch. */
export type StartPosition = { at: 'latest' } | { at: 'earliest' } | { at: 'time'; timeMs: number }

export interface TlsConfig {
  ca: string | null
  cert: string | null
  key: Secret | null
  rejectUnauthorized: boolean
}

export interface SaslConfig {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  username: string
  password: Secret
}

/** How bellhop's own topics are created where they are missing. */
export interface TopicsConfig {
  create: boolean
  partitions: number
  /** -1 leaves it to the broker. */
  replication: number
  retentionMs: number
}

export interface SlackConfig {
  /** Origins beyond Slack's own that may be posted to. */
  allowOrigins: readonly string[]
  /** Posts in flight at once, over all lanes. */
  maxSockets: number
  /** Bytes of queued messages, over all lanes. */
  queueLimitBytes: number
}

/** How a lane behaves; each may stand on a destination or under `slack:` for all. */
export interface DeliveryPolicy {
  /** Least time from one answer to the next post; null is `rate: off`. */
  intervalMs: number | null
  retryForMs: number
  onAmbiguous: 'resend' | 'dead_letter'
  /** Null is `coalesce: off`. */
  coalesce: { maxMessages: number; maxChars: number } | null
  laneLimit: number
  /** A message that has waited longer since it was queued is given up; null: it waits for as long as it takes. */
  expireAfterMs: number | null
}

/** What a destination shows beside the text; null leaves it to Slack. */
export interface Appearance {
  username: string | null
  iconUrl: string | null
  iconEmoji: string | null
  unfurlLinks: boolean
}

/** Whom a destination's connections trust, and who they say they are. PEM texts. */
export interface DestinationTls {
  /** Instead of the well-known authorities. */
  ca: string | null
  cert: string | null
  key: Secret | null
  /** Takes any certificate: for tests alone. */
  insecureSkipVerify: boolean
}

interface DestinationBase {
  id: string
  enabled: boolean
  policy: DeliveryPolicy
}

export interface WebhookDestination extends DestinationBase {
  type: 'webhook'
  url: Secret
  /** Sent only where configured: most webhooks are tied to one channel and refuse another. */
  channel: string | null
  appearance: Appearance
  /** Null: the well-known authorities, and no certificate of our own. */
  tls: DestinationTls | null
}

export interface ApiDestination extends DestinationBase {
  type: 'api'
  /** The address of chat.postMessage. */
  methodUrl: string
  token: Secret
  channel: string
  appearance: Appearance
  tls: DestinationTls | null
}

/** Takes everything, posts nothing. */
export interface BlackholeDestination extends DestinationBase {
  type: 'blackhole'
}

export type Destination = WebhookDestination | ApiDestination | BlackholeDestination

/** A rule: when its trigger holds, its message goes to each of its destinations. */
export interface Action {
  id: string
  enabled: boolean
  /** FQL, checked when the configuration was loaded. */
  trigger: string
  /** Liquid, checked likewise. */
  message: string
  /** What stands under the message, by enabled destination; left out where nothing stands anywhere. */
  playbooks?: ReadonlyMap<string, Playbook>
  /** Ids of destinations, at least one. */
  destinations: readonly string[]
  /** Events topics this action listens to; null is all. */
  topics: readonly string[] | null
  /** Overrides of what its destination shows; null is the destination's own. */
  channel: string | null
  username: string | null
  iconUrl: string | null
  iconEmoji: string | null
}

/**
 * What stands under a message: an action's own, joined with its destination's defaults. All texts are Liquid,
 * checked when the configuration was loaded; null or empty where there is none.
 */
export interface Playbook {
  why: string | null
  /** By label, in the order they are shown. */
  fields: ReadonlyMap<string, string>
  /** Addresses by label, likewise. */
  links: ReadonlyMap<string, string>
  nextStep: string | null
  owner: string | null
  slaMs: number | null
}
