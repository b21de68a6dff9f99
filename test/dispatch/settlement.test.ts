import { describe, expect, it } from 'vitest'
import { CANARY_ACTION } from '../../src/core/own-actions.ts'
import type { DeadLetter, Receipt } from '../../src/core/records.ts'
import type { Fate } from '../../src/dispatch/fate.ts'
import { Settlement } from '../../src/dispatch/settlement.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'
import { message } from './support/lane-bench.ts'

const answer = { status: 200, body: 'ok', ts: null, channel: null }
const delivered: Fate = { outcome: 'delivered', cause: null, detail: null, answer, breaker: 'closed' }
const down: Fate = {
  outcome: 'dead_lettered',
  cause: 'destination_down',
  detail: 'no_service',
  answer: null,
  breaker: 'open',
}
const expired: Fate = {
  ...down,
  outcome: 'expired',
  cause: 'expired',
  detail: 'waited 2 h',
  breaker: 'closed',
}
const silenced: Fate = {
  ...delivered,
  outcome: 'silenced',
  detail: 'launch day',
  answer: null,
}

/** A settlement over a broker that acknowledges only when told. */
function settlementBench() {
  const written: string[] = []
  const letters: DeadLetter[] = []
  const receipts: Receipt[] = []
  const acknowledge: ((isOurs: boolean) => void)[] = []
  const heard = createRecordingObserver()
  const settlement = new Settlement({
    giveUp(_, { letter, receipt }) {
      written.push(letter === null ? 'receipt of its owner' : 'dead letter and receipt')
      if (letter !== null) letters.push(letter)
      receipts.push(receipt)
      return new Promise((resolve) => acknowledge.push((isOurs) => resolve(isOurs)))
    },
    writeReceipt(receipt) {
      written.push('receipt')
      receipts.push(receipt)
      return new Promise((resolve) => acknowledge.push(() => resolve(41)))
    },
    complete: ({ dispatchOffset }, receiptOffset) =>
      void written.push(`complete ${dispatchOffset} ${receiptOffset}`),
    observer: heard.observer,
    clock: { nowMs: () => 5_000.4, monotonicMs: () => 0 },
  })
  const next = async (isOurs = true): Promise<void> => {
    acknowledge.shift()?.(isOurs)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { settlement, written, letters, receipts, heard, next }
}

describe('the fate of a message', () => {
  it('that was given up goes on record as one, dead letter and receipt', async () => {
    const { settlement, written, next } = settlementBench()
    settlement.settle(message('a', 7), down)
    await next()
    expect(written).toEqual(['dead letter and receipt'])
  })

  it('of a delivered message is a receipt alone', async () => {
    const { settlement, written, receipts, next } = settlementBench()
    settlement.settle({ ...message('a', 7), attempts: 2, ambiguous: 1 }, delivered)
    await next()
    expect(written).toEqual(['receipt', 'complete 7 41'])
    expect(receipts).toMatchObject([
      {
        outcome: 'delivered',
        cause: null,
        attempts: 2,
        ambiguous: 1,
        answer,
        lane: 'a',
        held_until: null,
        failing_since: null,
        breaker: 'closed',
        recorded_at: 5_000,
      },
    ])
  })

  it.each([
    ['a message of a lane whose destination is down', down],
    ['a message that waited too long', expired],
  ])('of %s stands in dead letter, receipt and log alike', async (_, fate) => {
    const { settlement, letters, receipts, heard, next } = settlementBench()
    settlement.settle(message('a', 7), fate)
    await next()
    const { outcome, cause, detail, breaker } = fate
    expect(letters).toMatchObject([{ kind: 'message', cause, detail, attempts: 0 }])
    expect(receipts).toMatchObject([{ outcome, cause, detail, breaker }])
    expect(heard.eventsOf('messageDeadLettered')).toMatchObject([{ cause, detail }])
    expect(heard.eventsOf('messageDelivered')).toEqual([])
  })

  it('of a message that is left to the next owner is his to tell', async () => {
    const { settlement, heard, next } = settlementBench()
    const settled = settlement.settle(message('a', 7), down)
    expect(heard.eventsOf('messageDeadLettered')).toEqual([])
    await next(false)
    await settled
    expect(heard.eventsOf('messageDeadLettered')).toEqual([])
  })

  it('that is silenced is said by the owner alone, in a receipt and nothing else', async () => {
    const { settlement, written, letters, receipts, heard, next } = settlementBench()
    settlement.settle({ ...message('a', 7), attempts: 1, ambiguous: 1, postMessages: 3 }, silenced)
    expect(heard.eventsOf('messageSilenced')).toEqual([])
    await next()
    expect([written, letters]).toEqual([['receipt of its owner'], []])
    expect(receipts).toMatchObject([
      {
        outcome: 'silenced',
        cause: null,
        detail: 'launch day',
        attempts: 1,
        ambiguous: 1,
        post_messages: 3,
      },
    ])
    const { id: messageId } = message('a', 7).record
    expect(heard.recorded).toEqual([
      {
        name: 'messageSilenced',
        event: { destination: 'a', action: 'action', messageId, detail: 'launch day' },
      },
    ])
  })

  it('that is silenced and left to the next owner is his to tell', async () => {
    const { settlement, heard, next } = settlementBench()
    const settled = settlement.settle(message('a', 7), silenced)
    await next(false)
    await settled
    expect(heard.recorded).toEqual([])
  })

  it('of the canary is told with its round trip, from the event on', async () => {
    const { settlement, heard } = settlementBench()
    const { record, ...queued } = message('a', 7)
    const event = { ...record.event, timestamp: 2_000 }
    settlement.settle({ ...queued, record: { ...record, event, action: CANARY_ACTION } }, delivered)
    settlement.settle(message('a', 8), delivered)
    expect(heard.eventsOf('messageDelivered')).toHaveLength(2)
    expect(heard.eventsOf('canaryArrived')).toEqual([
      { destination: 'a', roundTripMs: expect.closeTo(3_000.4) },
    ])
  })

  it('is on record for all before the settlement says so', async () => {
    const { settlement, next } = settlementBench()
    let isRecorded = false
    settlement.settle(message('a', 1), delivered)
    settlement.settle(message('a', 2), down)
    const recorded = settlement.recorded().then(() => {
      isRecorded = true
    })
    await next()
    expect(isRecorded).toBe(false)
    await next()
    await recorded
    expect(isRecorded).toBe(true)
  })
})
