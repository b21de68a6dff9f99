import { describe, expect, it } from 'vitest'
import { tellUnknownNames } from '../../src/cli/dead/filter-options.ts'
import { ReplayReport } from '../../src/cli/dead/replay-report.ts'
import { describeLetter } from '../../src/cli/dead/show.ts'
import { Tally } from '../../src/cli/dead/tally.ts'
import { DEAD_LETTER_CAUSES } from '../../src/core/outcome.ts'
import { topicNames } from '../../src/core/topic-names.ts'
import { parseLetterId, type StoredLetter } from '../../src/dead/stored-letter.ts'
import { configOf, KAFKA, loadText, SALES } from '../config/load-text.ts'
import { eventLetter, messageLetter } from '../dead/support/sample-letters.ts'
import { captureIo } from './support/captured-io.ts'

const mask = (json: string): string => json
const ANY = { ids: [], destination: null, action: null, cause: null, sinceMs: null }

function stored(letter = messageLetter(), replayed = false): StoredLetter {
  return { partition: 0, offset: 3, letter, replayed }
}

describe('the last line of a list', () => {
  const replayed = stored(messageLetter(), true)

  it.each<[string, StoredLetter[], { all: boolean; narrowed: boolean }, string]>([
    ['there are none', [], { all: false, narrowed: false }, 'no dead letters'],
    ['none meets the filters', [], { all: false, narrowed: true }, 'no dead letters match'],
    [
      'one meets them',
      [stored()],
      { all: false, narrowed: true },
      '1 dead letter of those asked for: rejected 1',
    ],
    [
      'what meets them was replayed',
      [replayed],
      { all: false, narrowed: true },
      'no dead letters of those asked for; 1 more was replayed (--all shows them)',
    ],
    [
      'all are shown',
      [stored(), replayed],
      { all: true, narrowed: false },
      '1 dead letter: rejected 1; 1 more was replayed',
    ],
  ])('where %s', (_what, letters, { all, narrowed }, summary) => {
    const tally = new Tally()
    for (const letter of letters) tally.add(letter)
    expect(tally.summary(all, narrowed)).toBe(summary)
  })
})

describe('a letter that is shown', () => {
  const shown = (of: StoredLetter): string =>
    describeLetter(of, { session: { mask, topics: topicNames('bellhop') }, options: {} }).join('\n')

  it.each(
    DEAD_LETTER_CAUSES.filter((cause) => !['not_json', 'not_an_object', 'bad_avro'].includes(cause)),
  )('has the command that replays it: %s', (cause) => {
    expect(shown(stored(messageLetter({ cause })))).toContain('bellhop dead replay events:0:7:to-sales:sales')
  })

  it.each([
    'not_json',
    'not_an_object',
    'bad_avro',
  ] as const)('has none where no replay can help: %s', (cause) => {
    expect(shown(stored(eventLetter({ cause })))).not.toContain('bellhop dead replay')
  })

  it('has none where it was replayed', () => {
    expect(shown(stored(messageLetter(), true))).not.toContain('bellhop dead replay')
  })
})

describe('a replay', () => {
  const BREAKER_NOTE =
    'note: a lane whose breaker is open posts again within a minute of its last refusal; what comes before that is given up again (see dead list)\n'
  const down = stored(messageLetter({ cause: 'destination_down' }))

  it.each<[string, StoredLetter, { dryRun?: boolean }, number, string]>([
    ['warns of a breaker that is still open', down, {}, 1, BREAKER_NOTE],
    ['warns of none where another cause was mended', stored(), {}, 1, ''],
    ['warns of none where nothing was queued', down, {}, 0, ''],
    ['warns of none in a dry run', down, { dryRun: true }, 1, ''],
  ])('%s', async (_what, letter, options, messages, warned) => {
    const io = captureIo()
    const report = new ReplayReport({ session: { mask }, filter: ANY, options, io }, { size: 1 })
    await report.planned(letter, Array.from({ length: messages }))
    await report.end()
    expect(io.err()).toBe(warned)
  })

  it.each([
    ['leaves out what was replayed before', [], 'left: unknown_action 1\n'],
    [
      'names it where ids were given',
      ['events:0:7:to-sales:sales'],
      'left: already_replayed 1, unknown_action 1\n',
    ],
  ])('%s', async (_what, names, left) => {
    const io = captureIo()
    const ids = names.flatMap((name) => parseLetterId(name) ?? [])
    const filter = { ...ANY, ids }
    const report = new ReplayReport({ session: { mask }, filter, options: {}, io }, { size: 1 })
    await report.skipped(stored(), 'already_replayed', null)
    await report.skipped(stored(), 'unknown_action', null)
    await report.end()
    expect(io.out()).toMatch(new RegExp(`; ${left}$`))
  })
})

describe('a name that the configuration does not have', () => {
  it.each([
    ['with what it may have been', 'sale', 'no destination "sale"; did you mean "sales"?\n'],
    ['with a full stop where nothing is near', 'elsewhere', 'no destination "elsewhere".\n'],
  ])('is told %s', async (_what, destination, ending) => {
    const config = configOf(await loadText(`${KAFKA}${SALES}`))
    const io = captureIo()
    tellUnknownNames(io, { destination }, config)
    expect(io.err()).toBe(`note: the configuration has ${ending}`)
  })
})
