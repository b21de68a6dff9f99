import { describe, expect, it } from 'vitest'
import { HOLD_REASONS, type Observer } from '../../src/observe/observer.ts'
import { silentObserver } from '../support/recording-observer.ts'
import { observed } from './support/observed.ts'
import { AWAY, DISPATCH, ID, PLACE, POST, REFUSED } from './support/sample-events.ts'

it('every event of the contract has its function', () => {
  expect(Object.keys(observed().observer).sort()).toEqual(Object.keys(silentObserver()).sort())
})

it('a message on its way to Slack leaves no line at info, and its metrics all the same', async () => {
  const { observer, lines, scrape } = observed()
  for (let i = 0; i < 100; i += 1) {
    observer.eventsConsumed({ topic: 'analytics.events', partition: 0, count: 1 })
    observer.actionMatched({ action: 'signed-up', count: 1 })
    observer.transactionEnded({
      topic: 'analytics.events',
      partition: 0,
      end: 'committed',
      records: 1,
      durationMs: 3,
    })
    observer.messageQueued({ destination: 'sales' })
    observer.postAnswered({ ...POST, outcome: 'sent' })
    observer.messageDelivered({ destination: 'sales', action: 'signed-up', messageId: ID, latencyMs: 10 })
    observer.partitionLag({ ...PLACE, lag: 0 })
  }
  expect(lines()).toEqual([])
  expect((await scrape()).value('bellhop_messages_delivered_total', { destination: 'sales' })).toBe(100)
})

const REPEATED: [string, (observer: Observer) => void][] = [
  ['broker away', (o) => o.brokerUnreachable(AWAY)],
  [
    'write failed',
    (o) => o.writeFailed({ topic: 'bellhop.receipts', records: 1, error: REFUSED, retryInMs: 1 }),
  ],
  ['commit failed', (o) => o.commitFailed({ stage: 'dispatch', error: REFUSED })],
  ['partition failed', (o) => o.partitionFailed({ ...PLACE, error: REFUSED, retryInMs: 1 })],
  ['consumer restarting', (o) => o.consumerCrashed({ stage: 'match', error: REFUSED, restarting: true })],
  ['message cut', (o) => o.messageCut({ action: 'signed-up', count: 1 })],
  [
    'event dead-lettered',
    (o) => o.eventDeadLettered({ ...PLACE, offset: 1, cause: 'not_json', detail: null, action: null }),
  ],
  [
    'message dead-lettered',
    (o) =>
      o.messageDeadLettered({
        destination: 'sales',
        action: 'signed-up',
        messageId: ID,
        cause: 'rejected',
        detail: null,
        attempts: 1,
      }),
  ],
  ['message moved', (o) => o.messageMoved({ destination: 'sales', action: 'signed-up', messageId: ID })],
  ['post split', (o) => o.postSplit({ destination: 'sales', messages: 7, detail: null })],
  ['breaker open', (o) => o.breakerChanged({ destination: 'sales', state: 'open', detail: null })],
  ['breaker closed', (o) => o.breakerChanged({ destination: 'sales', state: 'closed', detail: null })],
  [
    'released with posts in flight',
    (o) => o.partitionReleased({ ...DISPATCH, durationMs: 1, complete: false }),
  ],
  ['lease lapsed', (o) => o.leaseLapsed({ group: 'bellhop.dispatch' })],
  ['lease renewed', (o) => o.leaseRenewed({ group: 'bellhop.dispatch', afterMs: 1 })],
  [
    'transaction aborted',
    (o) =>
      o.transactionEnded({
        topic: 'analytics.events',
        partition: 3,
        end: 'aborted',
        records: 1,
        durationMs: 3,
      }),
  ],
  ...(['rate_limited', 'retry', 'ambiguous', 'rejected', 'destination_down'] as const).map(
    (outcome): [string, (observer: Observer) => void] => [
      `post ${outcome}`,
      (o) => o.postAnswered({ ...POST, outcome }),
    ],
  ),
  ...HOLD_REASONS.map((reason): [string, (observer: Observer) => void] => [
    `lane held: ${reason}`,
    (o) => o.laneHeld({ destination: 'sales', reason, waitMs: 1000 }),
  ]),
]

describe.each(REPEATED)('%s, again and again', (_, happens) => {
  it('is one line in ten seconds, and the next says how many were held back', () => {
    const { observer, lines, at } = observed()
    for (let i = 0; i < 50; i += 1) happens(observer)
    at(9999)
    happens(observer)
    expect(lines()).toHaveLength(1)
    expect(lines()[0]).not.toHaveProperty('suppressed')
    at(10_000)
    happens(observer)
    expect(lines()).toHaveLength(2)
    expect(lines()[1]).toMatchObject({ suppressed: 50 })
  })

  it('shows each at debug', () => {
    const { observer, lines } = observed('debug')
    for (let i = 0; i < 3; i += 1) happens(observer)
    expect(lines().map(({ level }) => level)).toEqual([expect.not.stringMatching('debug'), 'debug', 'debug'])
  })
})

describe('one that repeats itself', () => {
  it('does not hide another of its kind', () => {
    const { observer, lines } = observed()
    observer.laneHeld({ destination: 'sales', reason: 'retry', waitMs: 1 })
    observer.laneHeld({ destination: 'alerts', reason: 'retry', waitMs: 1 })
    observer.laneHeld({ destination: 'sales', reason: 'rate_limited', waitMs: 1 })
    observer.postAnswered({ ...POST, outcome: 'retry' })
    expect(lines()).toHaveLength(4)
  })

  it('a flood of destinations that nobody configured is a trickle of lines and two label values', async () => {
    const { observer, lines, scrape } = observed()
    for (let i = 0; i < 10_000; i += 1) {
      observer.messageDeadLettered({
        destination: `no-such-${i}`,
        action: `none-${i}`,
        messageId: ID,
        cause: 'unknown_destination',
        detail: null,
        attempts: 0,
      })
    }
    expect(lines().length).toBeLessThanOrEqual(2001)
    const labels = { cause: 'unknown_destination', destination: '(unknown)' }
    expect((await scrape()).value('bellhop_dead_letters_total', labels)).toBe(10_000)
  })

  it('a consumer that is gone for good is told every time', () => {
    const { observer, lines } = observed()
    observer.consumerCrashed({ stage: 'match', error: REFUSED, restarting: false })
    observer.consumerCrashed({ stage: 'match', error: REFUSED, restarting: false })
    expect(lines()).toHaveLength(2)
  })
})

it('a record that names a megabyte for a destination makes a short line', () => {
  const { observer, lines } = observed()
  const destination = 'x'.repeat(1_000_000)
  observer.laneHeld({ destination, reason: 'unknown_destination', waitMs: 1 })
  expect(JSON.stringify(lines()[0]).length).toBeLessThan(2000)
})
