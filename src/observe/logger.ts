import { type DestinationStream, type LevelWithSilent, type Logger as PinoLogger, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { AppError } from '../core/errors.ts'
import { REDACTED, Secret } from '../core/secret.ts'
import { createSecretMask, type SecretMask } from './mask-secrets.ts'
import { escapeControls, showControls } from './neutralise.ts'
import { serializeError } from './serialize-error.ts'

/**
 * The process's log: one line of JSON a record, or one readable line where the stream is a terminal. A record is
 * written before the call returns (what is logged before an exit is not lost), holds no secret, and cannot be
 * forged or act on a terminal, whatever text stands in it.
 */
export type Logger = PinoLogger

/** What --help offers. */
const OFFERED_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
/** Less than errors hides why a process ended: taken, not offered. */
const LOG_LEVELS = [...OFFERED_LEVELS, 'fatal', 'silent'] as const satisfies LevelWithSilent[]

/** Longer strings are cut: an event or an answer can hold a megabyte. */
const MAX_FIELD_CHARS = 1000

export interface LoggerOptions {
  level?: string
  /** One that has a file descriptor, such as process.stderr, is written to synchronously through it. */
  stream: NodeJS.WritableStream & { isTTY?: boolean; fd?: number }
  /** Every secret of the configuration: masked by value wherever they turn up. */
  secrets?: Iterable<Secret>
  /** Instead of `secrets`, where they change while the process runs. */
  mask?: SecretMask
  /** Colours on a terminal; the default heeds NO_COLOR (https://no-color.org). */
  colour?: boolean
}

/** Throws AppError `usage` for a level that does not exist. */
export function createLogger(options: LoggerOptions): Logger {
  const { stream, secrets = [], mask = createSecretMask(secrets), level = 'info' } = options
  if (!isLevel(level)) {
    throw new AppError('usage', `there is no log level "${level}": use one of ${OFFERED_LEVELS.join(', ')}`)
  }
  const isTerminal = stream.isTTY === true
  // A pipe that is full makes stream.write() queue, and an exit forgets the queue.
  const destination = stream.fd === undefined ? stream : pino.destination({ dest: stream.fd, sync: true })
  const protect = (line: string) => {
    const safe = mask(escapeControls(line))
    return isTerminal ? showControls(safe) : safe
  }
  return pino(
    {
      level,
      base: { pid: process.pid },
      errorKey: 'error',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => cleanFields(fields, mask) },
      // cleanFields has serialised errors by then; pino's own serialiser would print every field they carry.
      serializers: { err: (serialized: unknown) => serialized },
      hooks: { streamWrite: protect },
    },
    isTerminal ? prettyDestination(destination, options.colour ?? !process.env.NO_COLOR) : destination,
  )
}

function isLevel(level: string): level is (typeof LOG_LEVELS)[number] {
  return LOG_LEVELS.some((known) => known === level)
}

/** pino-pretty's own stream writes a tick later, which loses the last lines before an exit. */
function prettyDestination(destination: DestinationStream, colorize: boolean): DestinationStream {
  const prettify = prettyFactory({
    colorize,
    singleLine: true,
    errorLikeObjectKeys: [],
    ignore: 'pid,event',
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return { write: (line) => destination.write(prettify(line)) }
}

function cleanFields(fields: Record<string, unknown>, mask: SecretMask): Record<string, unknown> {
  // Masked before it is cut: half a secret would pass for none.
  const cut = (text: string) =>
    text.length <= MAX_FIELD_CHARS ? text : `${maskText(text, mask).slice(0, MAX_FIELD_CHARS)}…`
  const clean = (value: unknown): unknown => {
    if (value instanceof Error) return serializeError(value, cut)
    if (value instanceof Secret) return REDACTED
    return typeof value === 'string' ? cut(value) : value
  }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)]))
}

function maskText(text: string, mask: SecretMask): string {
  return String(JSON.parse(mask(JSON.stringify(text))))
}
