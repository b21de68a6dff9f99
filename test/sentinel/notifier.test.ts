import { describe, expect, it } from 'vitest'
import type { LaneStatus, ProcessStatus } from '../../src/core/records.ts'
import { latestTimes, Notifier } from '../../src/sentinel/notifier.ts'
import { lane, look, MINUTE, NOON, open, processStatus, type Said, told, withLanes } from './support/group.ts'

const waitingSince = (minute: number, change: Partial<LaneStatus> = {}): ProcessStatus =>
  withLanes(lane('sales', { waiting: 1_234, oldest_at: NOON + minute * MINUTE, ...change }))
const letters = (dead_letters: number, change: Partial<ProcessStatus> = {}) =>
  processStatus({ dead_letters, ...change })
const reloaded = (minute: number, result: string, detail: string | null = null): ProcessStatus =>
  processStatus({ reload: { at: NOON + minute * MINUTE, result, detail } })

const well = withLanes()
const broken = withLanes(open('sales'))

describe('the oldest message', () => {
  it.each<[string, Said[], string[]]>([
    [
      'is told when it has waited for more than the limit, once',
      [
        [0, waitingSince(0)],
        [10, waitingSince(0)],
        [10.1, waitingSince(0)],
        [90, waitingSince(0)],
      ],
      ['10.1 oldest_message'],
    ],
    [
      'at the limit is not told of again and again',
      [
        [0, waitingSince(-11)],
        [20, waitingSince(10)],
        [40, waitingSince(29)],
      ],
      ['0 oldest_message'],
    ],
    [
      'is news again after the lane had got through',
      [
        [0, waitingSince(-11)],
        [20, waitingSince(16)],
        [40, waitingSince(29)],
      ],
      ['0 oldest_message', '40 oldest_message'],
    ],
    [
      'is news again after the lane was empty',
      [
        [0, waitingSince(-11)],
        [1, well],
        [3, well],
        [20, waitingSince(9)],
      ],
      ['0 oldest_message', '20 oldest_message'],
    ],
    [
      'is the same for a lane that is between two owners',
      [
        [0, waitingSince(-11)],
        [0.5, well],
        [20, waitingSince(-11)],
      ],
      ['0 oldest_message'],
    ],
    [
      'is the same after the broker was away',
      [
        [0, waitingSince(-11)],
        [1, null],
        [5, null],
        [20, waitingSince(-11)],
      ],
      ['0 oldest_message'],
    ],
    ['of an empty lane is none', [[0, withLanes(lane('sales'))]], []],
  ])('%s', (_, said, expected) => {
    expect(told(said)).toEqual(expected)
  })
})

describe('dead letters', () => {
  it.each<[string, Said[], string[]]>([
    [
      'from before we looked are no news',
      [
        [0, letters(500)],
        [1, letters(509)],
      ],
      [],
    ],
    [
      'that reach the limit within ten minutes are told',
      [
        [0, letters(500)],
        [1, letters(505)],
        [9, letters(510)],
      ],
      ['9 dead_letters'],
    ],
    [
      'that come slowly are not',
      [
        [0, letters(0)],
        [4, letters(5)],
        [8, letters(9)],
        [15, letters(13)],
        [20, letters(17)],
      ],
      [],
    ],
    [
      'that have been told do not count again',
      [
        [0, letters(0)],
        [1, letters(50)],
        [12, letters(59)],
      ],
      ['1 dead_letters'],
    ],
    [
      'that go on are told every ten minutes',
      [
        [0, letters(0)],
        [1, letters(50)],
        [5, letters(70)],
        [10.9, letters(90)],
        [11, letters(90)],
      ],
      ['1 dead_letters', '11 dead_letters'],
    ],
    [
      'of a process that began after us count from its start',
      [
        [0, well],
        [1, letters(10, { process: 'new', started_at: NOON + MINUTE / 2 })],
      ],
      ['1 dead_letters'],
    ],
    [
      'of a process that is older than we know do not',
      [
        [0, well],
        [1, letters(10, { process: 'other' })],
        [2, letters(12, { process: 'other' })],
      ],
      [],
    ],
    [
      'of a process that counts from nothing again count from there',
      [
        [0, letters(500)],
        [1, letters(4)],
        [2, letters(10)],
      ],
      ['2 dead_letters'],
    ],
    [
      'of a process that was not heard of for a while count',
      [
        [0, letters(5)],
        [1, well],
        [5, letters(15)],
      ],
      ['5 dead_letters'],
    ],
  ])('%s', (_, said, expected) => {
    expect(told(said)).toEqual(expected)
  })
})

describe('a refused reload', () => {
  const refused = reloaded(1, 'refused')
  it.each<[string, Said[], string[]]>([
    [
      'is told once',
      [
        [0, well],
        [1, refused],
        [2, refused],
        [60, refused],
      ],
      ['1 reload_refused'],
    ],
    [
      'is told again when it is refused again, ten minutes later at the earliest',
      [
        [0, well],
        [1, refused],
        [2, reloaded(2, 'refused')],
        [11, reloaded(2, 'refused')],
      ],
      ['1 reload_refused', '11 reload_refused'],
    ],
    [
      'that has been mended meanwhile is not told',
      [
        [0, well],
        [1, refused],
        [2, reloaded(2, 'refused')],
        [3, reloaded(3, 'applied')],
        [11, reloaded(3, 'applied')],
      ],
      ['1 reload_refused'],
    ],
    ['of a kind that a later version knows is told', [[0, reloaded(0, 'exploded')]], ['0 reload_refused']],
    [
      'is none where it was taken',
      [
        [0, reloaded(0, 'applied')],
        [1, reloaded(1, 'unchanged')],
      ],
      [],
    ],
    ['of long ago is no news', [[0, reloaded(-11, 'refused')]], []],
    [
      'is the same after the broker was away',
      [
        [0, well],
        [1, refused],
        [2, null],
        [40, refused],
      ],
      ['1 reload_refused'],
    ],
  ])('%s', (_, said, expected) => {
    expect(told(said)).toEqual(expected)
  })

  it.each([
    ['it spoke before', -8, ['2 reload_refused']],
    ['it spoke after', -6, []],
  ])('is known where the leader before spoke after it (%s)', (_, spokenAt, expected) => {
    const said: Said[] = [
      [0, reloaded(-7, 'refused')],
      [2, reloaded(-7, 'refused')],
      [30, reloaded(-7, 'refused')],
    ]
    expect(told(said, { reload_refused: spokenAt })).toEqual(expected)
  })
})

it('what could not be told comes again', () => {
  const notifier = new Notifier(new Map())
  notifier.look(look(0, well))
  expect(notifier.look(look(MINUTE, broken))).toHaveLength(1)
  expect(notifier.look(look(2 * MINUTE, broken))).toHaveLength(1)
})

it('times of the future and of causes that nobody knows silence nothing', () => {
  const said = [
    { cause: 'dead_letters', at: 5 },
    { cause: 'dead_letters', at: 3 },
    { cause: 'breaker_opened', at: 1e15 },
    { cause: 'something', at: 1 },
  ]
  expect([...latestTimes(said, NOON)]).toEqual([
    ['dead_letters', 5],
    ['breaker_opened', NOON],
  ])
})
