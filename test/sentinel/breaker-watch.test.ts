import { describe, expect, it } from 'vitest'
import { answered, lane, open, processStatus, type Said, told, withLanes } from './support/group.ts'

const well = withLanes()
const broken = withLanes(open('sales'))

describe('a breaker', () => {
  it.each<[string, Said[], string[]]>([
    [
      'that opens is told once',
      [
        [0, well],
        [1, broken],
        [2, broken],
        [60, broken],
      ],
      ['1 breaker_opened'],
    ],
    [
      'that probes is open still',
      [
        [0, well],
        [1, broken],
        [2, withLanes(lane('sales', { breaker: 'half_open' }))],
        [30, broken],
      ],
      ['1 breaker_opened'],
    ],
    [
      'that closes is told',
      [
        [0, well],
        [1, broken],
        [2, withLanes(lane('sales'))],
      ],
      ['1 breaker_opened', '2 breaker_closed'],
    ],
    [
      'that closes, its lane forgotten by its owner, is told',
      [
        [0, well],
        [1, broken],
        [2, well],
      ],
      ['1 breaker_opened', '2 breaker_closed'],
    ],
    [
      'whose owner has lost partitions is not called closed',
      [
        [0, well],
        [1, broken],
        [2, processStatus({ partitions: [] })],
        [30, well],
      ],
      ['1 breaker_opened'],
    ],
    [
      'whose owner is gone is not called closed',
      [
        [0, well],
        [1, broken],
        [2, processStatus({ process: 'other' })],
      ],
      ['1 breaker_opened'],
    ],
    [
      'whose new owner has posted is called closed',
      [
        [0, well],
        [1, broken],
        [2, processStatus({ process: 'other', lanes: [lane('sales', { last_answer: answered('sent') })] })],
      ],
      ['1 breaker_opened', '2 breaker_closed'],
    ],
    [
      'whose new owner has not posted is not called closed, nor opened when it breaks there',
      [
        [0, well],
        [1, broken],
        [2, processStatus({ process: 'other', lanes: [lane('sales')] })],
        [3, processStatus({ process: 'other', lanes: [open('sales')] })],
        [30, processStatus({ process: 'other', lanes: [open('sales')] })],
      ],
      ['1 breaker_opened'],
    ],
    [
      'that is beyond the lanes of a full record is not called closed where all there are broken',
      [
        [0, well],
        [1, broken],
        [2, processStatus({ lanes: [open('other')], lanes_total: 2_000 })],
      ],
      ['1 breaker_opened'],
    ],
    [
      'that opens and closes all the time is told once in ten minutes, each way',
      [
        [0, well],
        ...Array.from({ length: 40 }, (_, nth): Said => [1 + nth / 2, nth % 2 === 0 ? broken : well]),
      ],
      ['1 breaker_opened', '1.5 breaker_closed', '11 breaker_opened', '11.5 breaker_closed'],
    ],
    [
      'that opens within ten minutes of another is told when they are over',
      [
        [0, well],
        [1, broken],
        [2, withLanes(open('sales'), open('vip'))],
        [10.9, withLanes(open('sales'), open('vip'))],
        [11, withLanes(open('sales'), open('vip'))],
      ],
      ['1 breaker_opened', '11 breaker_opened'],
    ],
    [
      'that opens and closes meanwhile is not told at all',
      [
        [0, well],
        [1, broken],
        [2, withLanes(open('sales'), open('vip'))],
        [3, broken],
        [11, broken],
        [30, broken],
      ],
      ['1 breaker_opened'],
    ],
    ['that was open before anybody looked is told', [[0, broken]], ['0 breaker_opened']],
    [
      'is not called closed while the broker is away',
      [
        [0, well],
        [1, broken],
        [2, null],
        [3, broken],
      ],
      ['1 breaker_opened'],
    ],
  ])('%s', (_, said, expected) => {
    expect(told(said)).toEqual(expected)
  })

  it.each<[string, number, Said[], string[]]>([
    [
      'long ago, what is open now is known',
      -60,
      [
        [0, broken],
        [1, broken],
      ],
      [],
    ],
    [
      'long ago, what closes now is told all the same',
      -60,
      [
        [0, broken],
        [1, well],
      ],
      ['1 breaker_closed'],
    ],
    [
      'long ago, what opens now is told',
      -60,
      [
        [0, well],
        [1, broken],
      ],
      ['1 breaker_opened'],
    ],
    [
      'a moment ago, what is open still is told when ten minutes are over',
      -4,
      [
        [0, broken],
        [5.9, broken],
        [6, broken],
      ],
      ['6 breaker_opened'],
    ],
    [
      'a moment ago, and it has closed since, nothing is told',
      -4,
      [
        [0, broken],
        [3, well],
        [6, well],
      ],
      [],
    ],
  ])('where the leader before spoke %s', (_, spokenAt, said, expected) => {
    expect(told(said, { breaker_opened: spokenAt })).toEqual(expected)
  })
})
