import { describe, expect, it } from 'vitest'
import { createDeliveries, createExcuse, type Delivery } from '../../../src/demo/faults/excuses.ts'
import type { KillEvidence } from '../../../src/demo/faults/kill.ts'
import type { Repeat } from '../../../src/demo/tally.ts'

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
  repeat?: Partial<Repeat>
  receipts?: readonly Partial<Delivery>[]
  excused: boolean
}

const CASES: Case[] = [
  { name: 'a post in flight at the kill, repeated by the next owner', excused: true },
  {
    name: 'a post that was read just after the signal',
    repeat: { arrivedAtMs: [12_200, 17_000] },
    excused: true,
  },
  { name: 'nobody was killed', kill: null, excused: false },
  { name: 'both before the kill', repeat: { arrivedAtMs: [9_000, 9_950] }, excused: false },
  { name: 'both after the kill', repeat: { arrivedAtMs: [15_000, 17_000] }, excused: false },
  { name: 'three times', repeat: { count: 2, arrivedAtMs: [9_950, 17_000, 18_000] }, excused: false },
  {
    name: 'a receipt of before the kill: the next owner could have known',
    receipts: [{ recordedAtMs: 9_960 }],
    excused: false,
  },
  { name: 'two receipts', receipts: [{ recordedAtMs: 10_005 }, {}], excused: false },
  { name: 'no receipt at all', receipts: [], excused: false },
  { name: 'a lane of the process that lives', receipts: [{ dispatchPartition: 5 }], excused: false },
  { name: 'the receipt of another channel', receipts: [{ destination: 'nps' }], excused: false },
]

describe('what a kill excuses', () => {
  it.each(CASES)('$name: $excused', ({ kill = KILL, repeat = {}, receipts = [{}], excused }) => {
    const deliveries = createDeliveries()
    for (const receipt of receipts) deliveries.note({ ...AGAIN, ...receipt })
    expect(createExcuse(kill, deliveries)({ ...REPEAT, ...repeat })).toBe(excused)
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
    const excuse = createExcuse(KILL, deliveries)
    expect(repeats.map(excuse)).toEqual([true, true, false])
    expect(excuse({ ...REPEAT, destination: 'nps', messageIds: ['n1'] })).toBe(true)
  })
})
