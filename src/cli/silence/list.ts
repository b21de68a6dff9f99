import type { Control } from '../../core/records.ts'
import { cutTo, formatDuration, timeText } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import { createOutput, jsonLine, plainText } from '../dead/output.ts'
import { createTable } from '../dead/table.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { withControls } from './session-controls.ts'

export interface SilenceListOptions {
  config?: string
  json?: boolean
}

const NAME_CHARS = 32
const WHY_CHARS = 80

/** `bellhop silence list`: what is silenced and paused now, by destination. Gives the exit code. */
export async function silenceList(options: SilenceListOptions, io: CommandIo): Promise<number> {
  return withControls(options.config, io, async ({ session, inForce }) => {
    const output = createOutput(io.stdout)
    if (options.json === true) {
      for (const control of inForce) await output.line(jsonLine(inOrder(control), session.mask))
    } else if (inForce.length === 0) {
      await output.line('Nothing is silenced or paused.')
    } else {
      const table = createTable(['WHAT', 'DESTINATION', 'SINCE', 'UNTIL', 'BY', 'WHY'], output.line)
      for (const control of inForce) await table.row(cellsOf(control, session.mask))
      await table.end()
    }
    await output.flush()
    return EXIT.ok
  })
}

/** What it is comes before why. */
function inOrder({ kind, destination, why, by, since, until }: Control): Control {
  return { kind, destination, why, by, since, until }
}

function cellsOf(
  { kind, destination, since, until, by, why }: Control,
  mask: (json: string) => string,
): string[] {
  const cell = (text: string | null, mostChars: number): string =>
    text === null ? '-' : cutTo(plainText(text, mask), mostChars)
  return [
    kind === 'silence' ? 'silenced' : 'paused',
    cell(destination, NAME_CHARS),
    timeText(since),
    until === null ? 'it is ended' : `${timeText(until)} (${formatDuration(until - systemClock.nowMs())})`,
    cell(by, NAME_CHARS),
    cell(why, WHY_CHARS),
  ]
}
