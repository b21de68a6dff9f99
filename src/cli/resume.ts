import { systemClock } from '../system.ts'
import { type CommandIo, EXIT } from './io.ts'
import { requireNamed, untilText, withControls } from './silence/session-controls.ts'

export interface ResumeOptions {
  config?: string
}

/**
 * `bellhop resume`: what waited goes out, in order. Gives the exit code: 0 also where nothing was paused, since what
 * was asked for is so.
 */
export async function resume(destination: string, { config }: ResumeOptions, io: CommandIo): Promise<number> {
  return withControls(config, io, async (controls) => {
    const { find, end } = controls
    if (find('pause', destination) === null) {
      requireNamed(controls, destination)
      // Also where nothing lies there: a topic that was made anew has lost what running processes still obey.
      await end('pause', destination)
      io.stdout.write(`${destination} is not paused: there is nothing to resume.\n`)
      return EXIT.ok
    }
    await end('pause', destination)
    const silence = find('silence', destination)
    io.stdout.write(
      silence === null
        ? `${destination} goes on: what waited is posted in order, at its destination's rate.\n`
        : `${destination} is not paused any more, but silenced ${untilText(silence.until, systemClock.nowMs())}: ` +
            'what waited gets a receipt that says so and is not posted.\n',
    )
    return EXIT.ok
  })
}
