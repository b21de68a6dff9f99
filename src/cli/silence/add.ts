import { AppError } from '../../core/errors.ts'
import { systemClock } from '../../system.ts'
import { type CommandIo, EXIT } from '../io.ts'
import {
  commandText,
  type EndOptions,
  requireDestination,
  requireEnd,
  requireWhy,
  untilText,
  whoAmI,
  withControls,
} from './session-controls.ts'

export interface SilenceAddOptions extends EndOptions {
  config?: string
  destination: string
  why: string
}

/** `bellhop silence add`: a destination's messages are dropped with a receipt until then. Gives the exit code. */
export async function silenceAdd(options: SilenceAddOptions, io: CommandIo): Promise<number> {
  const { destination, config } = options
  const since = Math.round(systemClock.nowMs())
  const why = requireWhy(options.why)
  const until = requireEnd(options, since)
  if (until === null) throw new AppError('usage', 'say when it ends: --for 2h, or --until with a time')
  return withControls(config, io, async ({ session, find, write }) => {
    requireDestination(session, destination)
    const [before, pause] = [find('silence', destination), find('pause', destination)]
    await write({ kind: 'silence', destination, why, by: whoAmI(), since, until })
    io.stdout.write(
      `${destination} is silenced ${untilText(until, since)}: its messages get a receipt that says so and are not ` +
        'posted, those that wait included.\n',
    )
    if (before !== null) {
      io.stdout.write(`This takes the place of the silence ${untilText(before.until, since)}.\n`)
    }
    if (pause !== null) {
      const resume = commandText(`resume ${destination}`, config)
      io.stdout.write(`It is paused as well: its messages wait, and are not dropped before ${resume}.\n`)
    }
    io.stdout.write(`${commandText(`silence end ${destination}`, config)} ends it.\n`)
    return EXIT.ok
  })
}
