import { hostname, userInfo } from 'node:os'
import { parseDuration, parseTime } from '../../config/units.ts'
import { AppError } from '../../core/errors.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { ControlKind } from '../../core/outcome.ts'
import type { Control } from '../../core/records.ts'
import { openControls } from '../../kafka/control-topic.ts'
import { endControl, writeControl } from '../../kafka/control-writer.ts'
import { openRecordCodecs } from '../../kafka/record-codec-open.ts'
import { shellWord } from '../../observe/overview/shell-word.ts'
import { formatDuration, formatNumber, timeText } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import type { CommandIo } from '../io.ts'
import { type Session, withSession } from '../session.ts'

/** What is in force, for a command that says what it found and may change it. */
export interface SessionControls {
  session: Session
  /** In force when the command began. */
  inForce: readonly Control[]
  find(kind: ControlKind, destination: string): Control | null
  write(control: Control): Promise<void>
  end(kind: ControlKind, destination: string): Promise<void>
}

/** Gives the exit code of the work. Needs no secret: nothing is posted. */
export function withControls(
  config: string | undefined,
  io: CommandIo,
  work: (controls: SessionControls) => Promise<number>,
): Promise<number> {
  return withSession({ config, secrets: 'optional' }, io, async (session) => {
    const { kafka, topics } = session
    const topic = topics.controls
    const inForce = await readControls(session, io)
    return work({
      session,
      inForce,
      find: (kind, destination) =>
        inForce.find((control) => control.kind === kind && control.destination === destination) ?? null,
      async write(control) {
        const { control: codec } = await openRecordCodecs(session.registry, topics)
        await writeControl({ kafka, topic, codec }, control)
      },
      end: (kind, destination) => endControl({ kafka, topic }, { kind, destination }),
    })
  })
}

async function readControls({ kafka, topics, codecs }: Session, io: CommandIo): Promise<Control[]> {
  const live = await openControls({
    kafka,
    topic: topics.controls,
    codec: codecs.control,
    clock: systemClock,
    changed: () => undefined,
    warn: (text) => io.stderr.write(`note: ${text}.\n`),
  })
  const inForce = live.list()
  await live.close()
  return inForce
}

/** @throws {AppError} usage where the configuration has no such destination. */
export function requireDestination({ config }: Session, destination: string): void {
  requireKnown(destination, [...config.destinations.keys()])
}

/**
 * Where there is nothing to end: of a destination that is not configured any more, what was said may still be ended.
 *
 * @throws {AppError} usage where nothing was said of such a destination, and the configuration has none.
 */
export function requireNamed({ session, inForce }: SessionControls, destination: string): void {
  const named = [...session.config.destinations.keys(), ...inForce.map((control) => control.destination)]
  requireKnown(destination, [...new Set(named)])
}

function requireKnown(destination: string, known: readonly string[]): void {
  if (known.includes(destination)) return
  const all = known.length === 0 ? 'The configuration has none.' : `There are ${known.join(', ')}.`
  throw new AppError(
    'usage',
    `the configuration has no destination "${destination}"${didYouMean(destination, known) || '.'} ${all}`,
  )
}

export interface EndOptions {
  /** A duration from now. */
  for?: string
  /** A time. */
  until?: string
}

/** The latest that a time can be: https://tc39.es/ecma262/#sec-time-values-and-time-range. */
const LATEST_MS = 8.64e15

/**
 * When it is to end by itself, milliseconds since the epoch; null where nothing says so.
 *
 * @throws {AppError} usage.
 */
export function requireEnd(options: EndOptions, nowMs: number): number | null {
  const { for: duration, until } = options
  if (duration !== undefined && until !== undefined) {
    throw new AppError('usage', 'give --for or --until, not both')
  }
  if (duration !== undefined) {
    const forMs = parseDuration(duration)
    if (forMs === undefined || forMs === 0 || nowMs + forMs > LATEST_MS) {
      throw new AppError('usage', `--for ${duration}: write a duration such as 2h, 30m or 1d12h`)
    }
    return Math.round(nowMs + forMs)
  }
  if (until === undefined) return null
  const untilMs = parseTime(until)
  if (untilMs === undefined) {
    throw new AppError('usage', `--until ${until}: write a time with its zone, such as 2026-01-31T08:00:00Z`)
  }
  if (untilMs <= nowMs) throw new AppError('usage', `--until ${until}: that has passed`)
  return untilMs
}

const MOST_WHY_CHARS = 500

/** @throws {AppError} usage. */
export function requireWhy(why: string): string {
  const text = why.trim()
  if (text === '') throw new AppError('usage', '--why is empty: say what the others are to know')
  if (text.length > MOST_WHY_CHARS) {
    throw new AppError(
      'usage',
      `--why has ${formatNumber(text.length)} characters: ${MOST_WHY_CHARS} at most`,
    )
  }
  return text
}

/** `until 2026-01-31 10:00:00Z, for 2 h` or `until it is ended`. */
export function untilText(untilMs: number | null, nowMs: number): string {
  if (untilMs === null) return 'until a person ends it'
  return `until ${timeText(untilMs)} (${formatDuration(untilMs - nowMs)})`
}

/** `user@host`; a container may know no name for its user. */
export function whoAmI(): string {
  return `${userName()}@${hostname()}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}

/** `bellhop WORDS`, with the configuration that this command was given. */
export function commandText(words: string, config: string | undefined): string {
  return `"bellhop ${words}${config === undefined ? '' : ` -c ${shellWord(config)}`}"`
}
