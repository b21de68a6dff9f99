import type { Config } from '../../config/config.ts'
import { AppError } from '../../core/errors.ts'
import { didYouMean } from '../../core/nearest.ts'
import { DEAD_LETTER_CAUSES, type DeadLetterCause } from '../../core/outcome.ts'
import type { LetterFilter } from '../../dead/letter-filter.ts'
import { type LetterId, parseLetterId } from '../../dead/stored-letter.ts'
import type { CommandIo } from '../io.ts'
import { requireSince } from '../since.ts'

/** The options that choose letters, as they were typed. */
export interface FilterOptions {
  destination?: string
  action?: string
  cause?: string
  /** A duration before now, or a time. */
  since?: string
}

/** @throws {AppError} usage. */
export function parseFilter(options: FilterOptions, ids: readonly string[], nowMs: number): LetterFilter {
  return {
    ids: ids.map(requireId),
    destination: options.destination ?? null,
    action: options.action ?? null,
    cause: options.cause === undefined ? null : requireCause(options.cause),
    sinceMs: options.since === undefined ? null : requireSince(options.since, nowMs),
  }
}

export function requireId(text: string): LetterId {
  const id = parseLetterId(text)
  if (id !== undefined) return id
  throw new AppError(
    'usage',
    `"${text}" names no letter: write a message's id (topic:partition:offset:action:destination) or an event's ` +
      'coordinates (topic:partition:offset), as "bellhop dead list" shows them',
  )
}

function requireCause(text: string): DeadLetterCause {
  const cause = DEAD_LETTER_CAUSES.find((known) => known === text)
  if (cause !== undefined) return cause
  throw new AppError(
    'usage',
    `--cause ${text}: there is no such cause${didYouMean(text, DEAD_LETTER_CAUSES)}; the causes are ` +
      DEAD_LETTER_CAUSES.join(', '),
  )
}

/** Letters of a destination or action that is gone can be asked for; a name that was mistyped finds nothing. */
export function tellUnknownNames(
  io: Pick<CommandIo, 'stderr'>,
  options: FilterOptions,
  config: Config,
): void {
  const names: [string, string | undefined, string[]][] = [
    ['destination', options.destination, [...config.destinations.keys()]],
    ['action', options.action, config.actions.map(({ id }) => id)],
  ]
  for (const [noun, name, known] of names) {
    if (name === undefined || known.includes(name)) continue
    const hint = didYouMean(name, known) || '.'
    io.stderr.write(`note: the configuration has no ${noun} "${name}"${hint}\n`)
  }
}
