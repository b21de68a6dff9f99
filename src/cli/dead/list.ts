import { isMeant, isNarrow } from '../../dead/letter-filter.ts'
import { idOf, type StoredLetter } from '../../dead/stored-letter.ts'
import { cutTo, timeText } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { type Session, withSession } from '../session.ts'
import { type FilterOptions, parseFilter, tellUnknownNames } from './filter-options.ts'
import { openForReading, tellWhatIsForeign, tellWhatIsHidden } from './letters.ts'
import { createOutput, jsonLine, type Output, plainText, toJson } from './output.ts'
import { createTable } from './table.ts'
import { Tally } from './tally.ts'

export interface DeadListOptions extends FilterOptions {
  config?: string
  json?: boolean
  /** Replayed ones too. */
  all?: boolean
}

/** `bellhop dead list`: the letters, oldest first within each partition. Gives the exit code. */
export async function deadList(options: DeadListOptions, io: CommandIo): Promise<number> {
  const filter = parseFilter(options, [], systemClock.nowMs())
  return withSession({ config: options.config, secrets: 'optional' }, io, async (session) => {
    const log = await openForReading(session, filter)
    const output = createOutput(io.stdout)
    const printer =
      options.json === true ? jsonPrinter(session, output) : tablePrinter(session, options, output)
    const tally = new Tally()
    let unreadable = 0
    try {
      for await (const portion of log.letters()) {
        unreadable += portion.unreadable
        for (const stored of portion.letters.filter(({ letter }) => isMeant(letter, filter))) {
          tally.add(stored)
          if (options.all === true || !stored.replayed) await printer.print(stored)
        }
        if (!output.open) return EXIT.ok
      }
      await printer.end(tally, isNarrow(filter))
      await output.flush()
      tellWhatIsHidden(io, log)
      tellWhatIsForeign(io, { unreadable, topic: log.topic })
      if (tally.total === 0) tellUnknownNames(io, options, session.config)
      return EXIT.ok
    } finally {
      await log.close()
    }
  })
}

interface Printer {
  print(stored: StoredLetter): Promise<void>
  end(tally: Tally, narrowed: boolean): Promise<void>
}

/** One object a line: where the letter lies, whether it was replayed, and the letter as it was written. */
function jsonPrinter({ mask }: Session, output: Output): Printer {
  return {
    print: (stored) => output.line(jsonLine(toJson(stored), mask)),
    end: async () => undefined,
  }
}

const DETAIL_CHARS = 40
const NAME_CHARS = 32

function tablePrinter({ mask }: Session, { all }: DeadListOptions, output: Output): Printer {
  const headings = ['WHEN', 'CAUSE', 'DETAIL', 'ACTION', 'DESTINATION', 'TRIES', 'ID']
  const table = createTable(all === true ? ['', ...headings] : headings, (line) => output.line(line))
  const cell = (text: string | null, mostChars: number): string =>
    text === null ? '' : cutTo(plainText(text, mask), mostChars)
  return {
    async print({ letter, replayed }) {
      const { recorded_at, cause, detail, action, destination, attempts } = letter
      const cells = [
        timeText(recorded_at),
        cause,
        cell(detail, DETAIL_CHARS),
        cell(action, NAME_CHARS),
        cell(destination, NAME_CHARS),
        String(attempts),
        plainText(idOf(letter), mask),
      ]
      await table.row(all === true ? [replayed ? 'replayed' : '', ...cells] : cells)
    },
    async end(tally, narrowed) {
      await table.end()
      await output.line(`${tally.rows(all === true) > 0 ? '\n' : ''}${tally.summary(all === true, narrowed)}`)
    },
  }
}
