import { startApp } from '../app.ts'
import type { Config, StartPosition } from '../config/config.ts'
import { configPath, formatProblems, loadConfig } from '../config/load.ts'
import { secretsOf } from '../config/secrets.ts'
import { parseHostPort, parseTime } from '../config/units.ts'
import { AppError } from '../core/errors.ts'
import { createLogger, type Logger } from '../observe/logger.ts'
import { STAGES, type StageName } from '../observe/observer.ts'
import { type CommandIo, EXIT } from './io.ts'
import { onStopSignal } from './signals.ts'

export interface RunOptions {
  config?: string
  /** Comma-separated; both by default. */
  stages?: string
  /** HOST:PORT; overrides the configuration. */
  http?: string
  /** Where to start topics whose committed offsets have expired. */
  start?: string
  logLevel?: string
}

/** `bellhop run`: runs until a signal, then ends with nothing half done. Gives the exit code. */
export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  const loaded = await loadConfig(configPath(options.config, io.env), { env: io.env, secrets: 'required' })
  if (loaded.kind === 'invalid') {
    io.stderr.write(formatProblems(loaded.problems))
    return EXIT.usage
  }
  const config = withHttp(loaded.config, options.http)
  const logger = createLogger({
    stream: io.stderr,
    secrets: secretsOf(config),
    ...(options.logLevel === undefined ? {} : { level: options.logLevel }),
  })
  for (const { file, line, message } of loaded.warnings) logger.warn({ file, line }, message)
  return runUntilSignal({
    config,
    logger,
    stages: parseStages(options.stages),
    startOverride: parseStart(options.start),
  })
}

async function runUntilSignal(options: {
  config: Config
  logger: Logger
  stages: readonly StageName[]
  startOverride: StartPosition | null
}): Promise<number> {
  const { logger } = options
  const app = await startApp(options)
  const signals = onStopSignal((signal) => void app.stop(signal))
  // A promise that nobody awaited has failed: a bug. It is told in our own words, and the process ends in order.
  const onUnhandled = (reason: unknown): void =>
    app.fail(reason instanceof Error ? reason : new Error(String(reason)))
  process.on('unhandledRejection', onUnhandled)
  const error = await app.ended
  if (error !== null) {
    logger.fatal({ error }, error.message)
    await app.stop(null)
  }
  signals.release()
  process.off('unhandledRejection', onUnhandled)
  return error === null ? EXIT.ok : EXIT.failed
}

function parseStages(text: string | undefined): StageName[] {
  if (text === undefined) return [...STAGES]
  const names = text.split(',').map((name) => name.trim())
  return names.map((name) => {
    const stage = STAGES.find((known) => known === name)
    if (stage !== undefined) return stage
    throw new AppError(
      'usage',
      `--stages ${text}: there is no stage "${name}"; the stages are ${STAGES.join(', ')}`,
    )
  })
}

function withHttp(config: Config, text: string | undefined): Config {
  if (text === undefined) return config
  const http = parseHostPort(text)
  if (http === undefined)
    throw new AppError('usage', `--http ${text}: write HOST:PORT, for example 127.0.0.1:9464`)
  return { ...config, http }
}

function parseStart(text: string | undefined): StartPosition | null {
  if (text === undefined) return null
  if (text === 'earliest' || text === 'latest') return { at: text }
  const timeMs = parseTime(text)
  if (timeMs !== undefined) return { at: 'time', timeMs }
  throw new AppError(
    'usage',
    `--start ${text}: write earliest, latest, or a time with its zone such as 2026-01-31T08:00:00Z`,
  )
}
