import { type DryRunDeps, dryRunTopic, emptyTotals, formatTotals } from '../author/dry-run.ts'
import { createPatience } from '../author/dry-run-patience.ts'
import { withStandInAddresses } from '../author/stand-in-addresses.ts'
import { eventMaker, topicMissing } from '../author/topic-events.ts'
import type { Config, StartPosition } from '../config/config.ts'
import { secretsOf } from '../config/secrets.ts'
import { AppError } from '../core/errors.ts'
import type { EventRecord } from '../event/event.ts'
import { createEventFormats } from '../event/event-formats.ts'
import { createKafkaClient } from '../kafka/client.ts'
import { openTopicFollower, type TopicFollower } from '../kafka/topic-follower.ts'
import { createMatcher } from '../match/match-event.ts'
import { createLogger, type Logger } from '../observe/logger.ts'
import { type OpenRegistry, openRegistry, patientSchemas } from '../registry/open-registry.ts'
import { NO_SCHEMAS } from '../registry/schema-store.ts'
import { systemClock } from '../system.ts'
import { type CommandIo, EXIT } from './io.ts'
import { loadForCommand } from './load-for-command.ts'
import { parseStart } from './start-position.ts'

export interface DryRunOptions {
  config?: string
  /** Where reading begins; from now on where it is left out. */
  start?: string
  logLevel?: string
  /** Those of `bellhop run` that mean nothing here. */
  stages?: string
  http?: string
  watch?: boolean
}

type Io = CommandIo & { signal: AbortSignal }

/** `bellhop run --dry-run`: tells what would be posted, until the signal comes. Gives the exit code. */
export async function dryRun(options: DryRunOptions, io: Io): Promise<number> {
  refuseOptionsOfRun(options)
  const from = parseStart(options.start) ?? { at: 'latest' as const }
  const loaded = await loadForCommand(options, io, 'optional')
  if (loaded === null) return EXIT.usage
  const config = withStandInAddresses(loaded.config)
  const logger = createLogger({
    stream: io.stderr,
    secrets: secretsOf(loaded.config),
    ...(options.logLevel === undefined ? {} : { level: options.logLevel }),
  })
  for (const { file, line, message } of loaded.warnings) logger.warn({ file, line }, message)
  const registry = openRegistry(config.registry, systemClock)
  try {
    for (const line of await follow({ config, logger, registry, from }, io)) io.stdout.write(`${line}\n`)
  } finally {
    await registry?.registry.close()
  }
  return EXIT.ok
}

interface DryRun {
  config: Config
  logger: Logger
  registry: OpenRegistry | null
  from: StartPosition
}

/** Gives the summary, as lines. */
async function follow({ config, logger, registry, from }: DryRun, { signal }: Io): Promise<string[]> {
  const kafka = createKafkaClient(config.kafka, (line) => logger.debug(line, 'kafkajs'))
  const formats = createEventFormats(config.kafka.events, registry?.schemas ?? NO_SCHEMAS)
  const deps: DryRunDeps = {
    match: createMatcher(config, formats),
    formats,
    schemas: registry === null ? NO_SCHEMAS : patientSchemas(registry.schemas),
    patiently: createPatience(logger, signal),
    ...createTellers(logger),
    signal,
  }
  const followers: TopicFollower<EventRecord>[] = []
  const totals = emptyTotals()
  try {
    for (const { topic } of config.kafka.events) {
      const follower = await deps.patiently(() =>
        openTopicFollower(kafka, { topic, from }, (partition) => eventMaker({ topic, partition })),
      )
      if (follower === null) throw topicMissing(topic)
      if (follower !== undefined) followers.push(follower)
    }
    const topics = config.kafka.events.map(({ topic }) => topic)
    const start = from.at === 'time' ? new Date(from.timeMs).toISOString() : from.at
    if (!signal.aborted)
      logger.info({ topics, start }, 'dry run: what would be posted is told, and nothing is posted')
    await Promise.all(followers.map((follower) => dryRunTopic(follower, deps, totals)))
  } finally {
    await Promise.all(followers.map((follower) => follower.close()))
  }
  return formatTotals(totals)
}

function createTellers(logger: Logger): Pick<DryRunDeps, 'message' | 'failure'> {
  return {
    message({ id, action, destination, message: { text, channel } }) {
      const told = { action, destination, message: id, ...(channel === null ? {} : { channel }), text }
      logger.info(told, 'would be posted')
    },
    failure({ topic, partition, offset }, { cause, detail, action }) {
      const told = { topic, partition, offset, cause, detail, ...(action === null ? {} : { action }) }
      logger.warn(told, `would not be posted: ${cause}, a dead letter`)
    },
  }
}

function refuseOptionsOfRun({ stages, http, watch }: DryRunOptions): void {
  const given = [
    ...(stages === undefined ? [] : ['--stages']),
    ...(http === undefined ? [] : ['--http']),
    ...(watch === true ? ['--watch'] : []),
  ]
  if (given.length === 0) return
  throw new AppError(
    'usage',
    `${given.join(' and ')} cannot stand beside --dry-run: it runs the match stage alone, serves no health or ` +
      'metrics, and reads the configuration once',
  )
}
