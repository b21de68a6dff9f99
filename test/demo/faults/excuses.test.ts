import { describe, expect, it } from 'vitest'
import {
  createDeliveries,
  createExcuse,
  type Delivery,
  type Evidence,
} from '../../../src/demo/faults/excuses.ts'
import type { KillEvidence } from '../../../src/demo/faults/kill.ts'
import type { Excuse, Repeat } from '../../../src/demo/tally.ts'

const KILL: KillEvidence = { killedAtMs: 10_000, goneAtMs: 10_010, partitions: [3, 4] }
const REPEAT: Repeat = {
  destination: 'sales',
  text: 'a',
  count: 1,
  messageIds: ['m'],
  arrivedAtMs: [9_950, 17_000],
}
const AGAIN: Delivery = { destination: 'sales', messageId: 'm', dispatchPartition: 3, recordedAtMs: 17_010 }

interface Case {
  name: string
  kill?: KillEvidence | null
  lapses?: Evidence['lapses']
  repeat?: Partial<Repeat>
  receipts?: readonly Partial<Delivery>[]
  answeredAtMs?: number | null
  excused: Excuse | null
}

const LAPSE = { partition: 3, leftAtMs: 17_500 }

const CASES: Case[] = [
  { name: 'a post in flight at the kill, repeated by the next owner', excused: 'kill' },
  { name: 'one that was just answered', answeredAtMs: 9_990, excused: 'kill' },
  { name: 'one that was answered long before the kill', answeredAtMs: 4_900, excused: null },
  {
    name: 'a post that was read just after the signal',
    repeat: { arrivedAtMs: [12_200, 17_000] },
    excused: 'kill',
  },
  { name: 'nobody was killed', kill: null, excused: null },
  { name: 'both before the kill', repeat: { arrivedAtMs: [9_000, 9_950] }, excused: null },
  { name: 'both after the kill', repeat: { arrivedAtMs: [15_000, 17_000] }, excused: null },
  { name: 'three times', repeat: { count: 2, arrivedAtMs: [9_950, 17_000, 18_000] }, excused: null },
  {
    name: 'a receipt of before the kill: the next owner could have known',
    receipts: [{ recordedAtMs: 9_960 }],
    excused: null,
  },
  { name: 'two receipts', receipts: [{ recordedAtMs: 10_005 }, {}], excused: null },
  { name: 'no receipt at all', receipts: [], excused: null },
  { name: 'a lane of the process that lives', receipts: [{ dispatchPartition: 5 }], excused: null },
  { name: 'the receipt of another channel', receipts: [{ destination: 'nps' }], excused: null },
  {
    name: 'a post in flight when its process stood still, with the receipts of both',
    kill: null,
    lapses: [LAPSE],
    receipts: [{ recordedAtMs: 17_400 }, {}],
    excused: 'lapse',
  },
  {
    name: 'another partition was lost',
    kill: null,
    lapses: [{ ...LAPSE, partition: 5 }],
    excused: null,
  },
  {
    name: 'both after the process had let go',
    kill: null,
    lapses: [{ ...LAPSE, leftAtMs: 9_000 }],
    excused: null,
  },
  { name: 'three receipts', kill: null, lapses: [LAPSE], receipts: [{}, {}, {}], excused: null },
]

describe('what excuses that a message came twice', () => {
  it.each(CASES)('$name: $excused', (one) => {
    const { kill = KILL, lapses = [], repeat = {}, receipts = [{}], answeredAtMs = null, excused } = one
    const deliveries = createDeliveries()
    for (const receipt of receipts) deliveries.note({ ...AGAIN, ...receipt })
    const excuse = createExcuse({ kill, lapses, deliveries, answeredAtMs: () => answeredAtMs })
    expect(excuse({ ...REPEAT, ...repeat })).toBe(excused)
  })

  it('is no more than one in flight and one unrecorded for each channel', () => {
    const deliveries = createDeliveries()
    const repeats = ['m1', 'm2', 'm3'].map((messageId) => ({
      ...REPEAT,
      text: messageId,
      messageIds: [messageId],
    }))
    for (const messageId of ['m1', 'm2', 'm3', 'n1']) {
      deliveries.note({ ...AGAIN, messageId })
      deliveries.note({ ...AGAIN, messageId, destination: 'nps' })
    }
    const excuse = createExcuse({ kill: KILL, lapses: [], deliveries, answeredAtMs: () => null })
    expect(repeats.map(excuse)).toEqual(['kill', 'kill', null])
    expect(excuse({ ...REPEAT, destination: 'nps', messageIds: ['n1'] })).toBe('kill')
  })
})
