import { startApp } from '../app.ts'
import type { Config, StartPosition } from '../config/config.ts'
import { configPath, formatProblems, type Loaded, loadConfig } from '../config/load.ts'
import { secretsOf } from '../config/secrets.ts'
import { parseHostPort } from '../config/units.ts'
import { AppError } from '../core/errors.ts'
import { createLogger, type Logger } from '../observe/logger.ts'
import { STAGES, type StageName } from '../observe/observer.ts'
import { createSecretMemory } from '../observe/secret-memory.ts'
import { createFingerprint } from '../reload/config-fingerprint.ts'
import { ConfigWatch } from '../reload/config-watch.ts'
import { type CommandIo, EXIT } from './io.ts'
import { type Hangups, onHangup, onStopSignal } from './signals.ts'
import { parseStart } from './start-position.ts'

export interface RunOptions {
  config?: string
  /** Comma-separated; both by default. */
  stages?: string
  /** HOST:PORT; overrides the configuration. */
  http?: string
  /** Where to start topics whose committed offsets have expired. */
  start?: string
  logLevel?: string
  /** Reload when a file of the configuration changes. */
  watch?: boolean
}

const LOOK_EVERY_MS = 500

/** `bellhop run`: runs until a signal, then ends with nothing half done. Gives the exit code. */
export async function run(options: RunOptions, io: CommandIo): Promise<number> {
  const hangups = onHangup(io.stderr)
  try {
    return await runWith(options, io, hangups)
  } finally {
    hangups.release()
  }
}

async function runWith(options: RunOptions, io: CommandIo, hangups: Hangups): Promise<number> {
  const path = configPath(options.config, io.env)
  const watch = options.watch === true ? await ConfigWatch.begin(createFingerprint(path, io.env)) : null
  const load = () => loadFor(options, path, io)
  const loaded = await load()
  if (loaded.kind === 'invalid') {
    io.stderr.write(formatProblems(loaded.problems))
    return EXIT.usage
  }
  const { config, warnings } = loaded
  const secrets = createSecretMemory(secretsOf(config))
  const logger = createLogger({
    stream: io.stderr,
    mask: secrets.mask,
    ...(options.logLevel === undefined ? {} : { level: options.logLevel }),
  })
  for (const { file, line, message } of warnings) logger.warn({ file, line }, message)
  return runUntilSignal({
    config,
    logger,
    stages: parseStages(options.stages),
    startOverride: parseStart(options.start),
    async load() {
      const next = await load()
      // Before anything can log it.
      if (next.kind === 'loaded') secrets.learn(secretsOf(next.config))
      return next
    },
    configPath: options.config ?? null,
    hangups,
    watch,
  })
}

async function loadFor(options: RunOptions, path: string, io: CommandIo): Promise<Loaded> {
  const loaded = await loadConfig(path, { env: io.env, secrets: 'required' })
  return loaded.kind === 'invalid' ? loaded : { ...loaded, config: withHttp(loaded.config, options.http) }
}

async function runUntilSignal(options: {
  config: Config
  logger: Logger
  stages: readonly StageName[]
  startOverride: StartPosition | null
  load: () => Promise<Loaded>
  configPath: string | null
  hangups: Hangups
  watch: ConfigWatch | null
}): Promise<number> {
  const { logger, hangups } = options
  const app = await startApp(options)
  const signals = onStopSignal((signal) => void app.stop(signal))
  // A promise that nobody awaited has failed: a bug. It is told in our own words, and the process ends in order.
  const onUnhandled = (reason: unknown): void =>
    app.fail(reason instanceof Error ? reason : new Error(String(reason)))
  process.on('unhandledRejection', onUnhandled)
  hangups.handle({
    reload: () => void app.reload('signal'),
    terminalGone() {
      // There is nobody to tell, and each line would fail.
      logger.level = 'silent'
      void app.stop('SIGHUP')
    },
  })
  const watching = new AbortController()
  const changed = (): void => void app.reload('file_change')
  void options.watch?.run({ everyMs: LOOK_EVERY_MS, changed, signal: watching.signal })
  const error = await app.ended
  watching.abort()
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
