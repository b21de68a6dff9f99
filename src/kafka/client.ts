import type { Kafka as KafkaClient, KafkaConfig as KafkaJsConfig, SASLOptions } from 'kafkajs'
import type { KafkaConfig, SaslConfig, TlsConfig } from '../config/config.ts'
import { registerCompressionCodecs } from './compression.ts'
import { Kafka, logLevel } from './kafkajs.ts'

export type { Admin, Kafka } from 'kafkajs'

/** Takes what kafkajs has to say: for debugging alone, since whatever matters reaches us as an error or event. */
export type KafkaLog = (line: Record<string, unknown>) => void

/**
 * The one place where kafkajs is set up. Its own retries are kept short: whoever calls it owns the longer
 * backoff, and says what is being waited for.
 */
export function createKafkaClient(config: KafkaConfig, log: KafkaLog): KafkaClient {
  registerCompressionCodecs()
  return new Kafka({
    brokers: [...config.brokers],
    clientId: config.clientId,
    connectionTimeout: config.connectionTimeoutMs,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    ...(config.tls === null ? {} : { ssl: tlsOptions(config.tls) }),
    ...(config.sasl === null ? {} : { sasl: saslOptions(config.sasl) }),
    logLevel: logLevel.INFO,
    logCreator:
      () =>
      ({ level, namespace, log: line }) =>
        log({ namespace, level: logLevel[level], ...safeFields(line) }),
  })
}

function tlsOptions(tls: TlsConfig): NonNullable<KafkaJsConfig['ssl']> {
  return {
    rejectUnauthorized: tls.rejectUnauthorized,
    ...(tls.ca === null ? {} : { ca: [tls.ca] }),
    ...(tls.cert === null ? {} : { cert: tls.cert }),
    ...(tls.key === null ? {} : { key: tls.key.reveal() }),
  }
}

function saslOptions(sasl: SaslConfig): SASLOptions {
  return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password.reveal() }
}

/** Only flat text and numbers: a nested object of kafkajs may carry the client's whole configuration. */
function safeFields(line: Record<string, unknown>): Record<string, unknown> {
  const flat = Object.entries(line).filter(
    ([name, value]) => name !== 'timestamp' && ['string', 'number', 'boolean'].includes(typeof value),
  )
  return Object.fromEntries(flat)
}
