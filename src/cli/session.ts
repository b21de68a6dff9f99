import type { Config } from '../config/config.ts'
import { formatProblems, type Problem } from '../config/load.ts'
import { secretsOf } from '../config/secrets.ts'
import { AppError } from '../core/errors.ts'
import { type TopicNames, topicNames } from '../core/topic-names.ts'
import { createKafkaClient, type Kafka } from '../kafka/client.ts'
import { describeFailure, isKafkaFailure } from '../kafka/failures.ts'
import type { RecordCodecs } from '../kafka/record-codec.ts'
import { createReadingCodecs } from '../kafka/record-codec-open.ts'
import { createSecretMask } from '../observe/mask-secrets.ts'
import { type OpenRegistry, openRegistry, patientSchemas } from '../registry/open-registry.ts'
import { RegistryUnavailable } from '../registry/registry-errors.ts'
import { NO_SCHEMAS, type SchemaStore } from '../registry/schema-store.ts'
import { settledWithin, systemClock } from '../system.ts'
import { type CommandIo, EXIT } from './io.ts'
import { loadForCommand } from './load-for-command.ts'
import { warnOfMissing } from './warn-of-missing.ts'

/** What every command works with that looks into topics. */
export interface Session {
  config: Config
  kafka: Kafka
  topics: TopicNames
  /** Read Avro and JSON; whoever writes opens codecs of its own. */
  codecs: RecordCodecs
  /** Null where none is configured. */
  registry: OpenRegistry | null
  /** Those of events and records alike: none where no registry is configured. */
  schemas: SchemaStore
  /** From JSON text to the same text without secrets. */
  mask(jsonText: string): string
}

export interface SessionOptions {
  config: string | undefined
  /** Whether a variable that is not set is an error. */
  secrets: 'required' | 'optional'
}

const ANSWER_MS = 5_000

/** Loads the configuration and makes sure that Kafka answers; gives the exit code of the work. */
export async function withSession(
  options: SessionOptions,
  io: CommandIo,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const loaded = await loadForCommand(options, io, options.secrets)
  if (loaded === null) return EXIT.usage
  const { config, warnings } = loaded
  const registry = patiently(openRegistry(config.registry, systemClock))
  const session: Session = {
    config,
    kafka: createKafkaClient(config.kafka, () => undefined),
    topics: topicNames(config.kafka.prefix),
    codecs: createReadingCodecs(registry),
    registry,
    schemas: registry?.schemas ?? NO_SCHEMAS,
    mask: createSecretMask(secretsOf(config)),
  }
  try {
    await requireBroker(session)
    warnOfMissing(warnings, io.stderr)
    return await work(session)
  } catch (error) {
    if (error instanceof RegistryUnavailable) throw new AppError('registry_unreachable', `${error.message}.`)
    if (!isKafkaFailure(error)) throw error
    throw unreachable(config, describeFailure(error), warnings)
  } finally {
    await registry?.registry.close()
  }
}

/** A command has nothing else to do while a schema may still be registered. */
function patiently(opened: OpenRegistry | null): OpenRegistry | null {
  return opened === null ? null : { ...opened, schemas: patientSchemas(opened.schemas) }
}

async function requireBroker({ config, kafka }: Session): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 1 } })
  const answered = (async () => {
    await admin.connect()
    await admin.describeCluster()
  })()
  try {
    const withinMs = config.kafka.connectionTimeoutMs + ANSWER_MS
    if (!(await settledWithin(answered, withinMs))) {
      answered.catch(() => undefined)
      throw unreachable(config, `no answer within ${withinMs / 1_000} s`, [])
    }
    await answered
  } finally {
    await settledWithin(admin.disconnect(), 1_000)
  }
}

function unreachable(config: Config, reason: string, warnings: readonly Problem[]): AppError {
  const { brokers, tls, sasl } = config.kafka
  const at = brokers.length === 0 ? 'kafka.brokers, which is not set' : brokers.join(', ')
  // A webhook that is not set keeps nobody from Kafka; a password does, and nothing else tells.
  const mayMatter = warnings.length > 0 && (brokers.length === 0 || tls !== null || sasl !== null)
  const hint = mayMatter ? `\n\nWhat may be why:\n${formatProblems(warnings).trimEnd()}` : ''
  return new AppError('broker_unreachable', `Kafka does not answer at ${at}: ${reason}.${hint}`)
}
