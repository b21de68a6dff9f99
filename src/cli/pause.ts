import { systemClock } from '../system.ts'
import { type CommandIo, EXIT } from './io.ts'
import {
  commandText,
  type EndOptions,
  requireDestination,
  requireEnd,
  requireWhy,
  untilText,
  whoAmI,
  withControls,
} from './silence/session-controls.ts'

export interface PauseOptions extends EndOptions {
  config?: string
  why?: string
}

/** `bellhop pause`: a destination's messages wait in order. Gives the exit code. */
export async function pause(destination: string, options: PauseOptions, io: CommandIo): Promise<number> {
  const { config } = options
  const since = Math.round(systemClock.nowMs())
  const why = options.why === undefined ? null : requireWhy(options.why)
  const until = requireEnd(options, since)
  return withControls(config, io, async ({ session, find, write }) => {
    requireDestination(session, destination)
    const wasPaused = find('pause', destination) !== null
    await write({ kind: 'pause', destination, why, by: whoAmI(), since, until })
    const still = wasPaused ? 'still ' : ''
    io.stdout.write(
      `${destination} is ${still}paused ${untilText(until, since)}: its messages wait, in order, and so does what ` +
        `stands behind them in the same lane.\n${expiryText(session.config.destinations.get(destination))}` +
        `${commandText(`resume ${destination}`, config)} lets them go on.\n`,
    )
    return EXIT.ok
  })
}

function expiryText(destination: { policy: { expireAfterMs: number | null } } | undefined): string {
  return destination?.policy.expireAfterMs == null
    ? ''
    : 'Its expire_after goes on counting: what waits for longer becomes a dead letter.\n'
}
