import { expect, it } from 'vitest'
import { completeAsOwner, createOwnership, positionOf, takeBack } from '../../src/kafka/ownership.ts'
import { message } from '../dispatch/support/lane-bench.ts'

function ownershipWith(isCommitted: boolean) {
  return createOwnership({
    partition: 0,
    memberId: 'me',
    offset: 10,
    receiptsFrom: 0,
    receiptsEnd: 0,
    sinceMs: 0,
    writer: { write: async () => isCommitted, unacknowledged: () => 0, oldestUnacknowledgedMs: () => 0 },
  })
}

it('takes back what a lane let go of: reading comes back to the first, and what each has been through is kept', () => {
  const ownership = ownershipWith(true)
  const { tracker, passOver, carried } = ownership
  for (const offset of [10, 11, 12, 13]) {
    tracker.open(offset)
    tracker.take(offset)
  }
  tracker.complete(11)
  const given = [10, 11, 12].map((offset) => message('a', offset))
  takeBack(
    ownership,
    given.map((each, nth) => ({ ...each, attempts: nth, ambiguous: nth - 1 })),
  )
  expect([10, 11, 12, 13].map(tracker.state)).toEqual(['passed_over', 'complete', 'passed_over', 'queued'])
  expect(passOver.rewindTo(() => true)).toBe(10)
  expect(passOver.mayTake('a', 14)).toBe(false)
  expect([...carried]).toEqual([[12, { attempts: 2, ambiguous: 1 }]])
  expect(tracker.committable()).toBe(10)
})

it.each([
  {
    sentence:
      'what is known to be on record is complete, and what lies before the newest receipt is not read again',
    isCommitted: true,
    position: { partition: 0, offset: 12, receiptsFrom: 8 },
  },
  {
    sentence: 'what may be on record is not complete, and is read by whoever claims the partition next',
    isCommitted: false,
    position: { partition: 0, offset: 10, receiptsFrom: 0 },
  },
])('$sentence', async ({ isCommitted, position }) => {
  const ownership = ownershipWith(isCommitted)
  for (const offset of [10, 11]) {
    ownership.tracker.open(offset)
    ownership.tracker.take(offset)
  }
  const given = completeAsOwner(ownership, [], [10])
  ownership.receipts.completed(7, 11)
  ownership.tracker.complete(11)
  expect(await given).toBe(isCommitted)
  expect(positionOf(ownership, 0)).toEqual(position)
})
