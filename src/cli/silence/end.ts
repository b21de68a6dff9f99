import { type CommandIo, EXIT } from '../io.ts'
import { commandText, requireNamed, withControls } from './session-controls.ts'

export interface SilenceEndOptions {
  config?: string
}

/**
 * `bellhop silence end`: messages are posted again from now on. Gives the exit code: 0 also where there was nothing to
 * end, since what was asked for is so.
 */
export async function silenceEnd(
  destination: string,
  { config }: SilenceEndOptions,
  io: CommandIo,
): Promise<number> {
  return withControls(config, io, async (controls) => {
    const { find, end } = controls
    if (find('silence', destination) === null) {
      requireNamed(controls, destination)
      // Also where nothing lies there: a topic that was made anew has lost what running processes still obey.
      await end('silence', destination)
      io.stdout.write(`${destination} is not silenced: there is nothing to end.\n`)
      return EXIT.ok
    }
    await end('silence', destination)
    io.stdout.write(
      find('pause', destination) === null
        ? `${destination} is not silenced any more: its messages are posted from now on. What was dropped stays so.\n`
        : `${destination} is not silenced any more. It is still paused: its messages wait until ` +
            `${commandText(`resume ${destination}`, config)}.\n`,
    )
    return EXIT.ok
  })
}
