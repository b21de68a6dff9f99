import { describe, expect, it } from 'vitest'
import { CANARY_ACTION, NOTIFY_ACTION } from '../../../src/core/own-actions.ts'
import type { Receipt } from '../../../src/core/records.ts'
import type { Evidence, FoundLetter, Hop } from '../../../src/observe/explain/evidence.ts'
import { storyOf } from '../../../src/observe/explain/find-trails.ts'
import { messageSteps } from '../../../src/observe/explain/message-steps.ts'
import { summaryOf } from '../../../src/observe/explain/summary.ts'
import { evidence, finalOf, hop, LANE, telling, trail } from './support/sample-evidence.ts'
import { dispatchRecord, letterOf, T0 } from './support/sample-records.ts'

const record = dispatchRecord()
const waiting = { ahead: 0, isRunning: true, isPassed: false }

function told(hops: readonly Hop[], change: Partial<Evidence> = {}) {
  const of = trail(...hops)
  const all = evidence({ trails: [of], ...change })
  const steps = messageSteps(of, all, telling())
  return { summary: summaryOf(all), steps, lines: steps.flatMap(({ text, details }) => [text, ...details]) }
}

function final(change: Partial<Receipt>): Hop {
  return hop({ final: finalOf(record, change) })
}

function hold(change: Partial<Receipt>): Receipt {
  const nothing = { outcome: null, answer: null, recorded_at: T0 + 1_000, held_until: T0 + 3_000 }
  return finalOf(record, { ...nothing, ...change })
}

function letter(change: Partial<FoundLetter> = {}): FoundLetter {
  return { partition: 2, offset: 5, letter: letterOf(record), replayedAt: null, ...change }
}

const tooFast = { status: 429, body: '', ts: null, channel: null }

describe('how a message ended', () => {
  it.each<[string, Hop, string, string[]]>([
    [
      'delivered at the first attempt',
      hop(),
      'Delivered to sales 1.2 s after the event.',
      [
        'Slack took it, 1.2 s after the event and 1.2 s after it was queued.',
        'answer: 200, ok',
        'attempts: 1',
      ],
    ],
    [
      'delivered with others in one post',
      final({ post_messages: 20 }),
      'Delivered to sales 1.2 s after the event.',
      ['It shared its post with 19 other messages of its lane (coalesced).'],
    ],
    [
      'delivered, maybe twice',
      final({ attempts: 2, ambiguous: 1 }),
      'Delivered to sales 1.2 s after the event.',
      ['attempts: 2', '1 attempt may have arrived unanswered, so it may show more than once.'],
    ],
    [
      'delivered by an app',
      final({ answer: { status: 200, body: '', ts: '1.2', channel: 'C0' } }),
      'Delivered to sales 1.2 s after the event.',
      ['answer: 200, channel C0, ts 1.2'],
    ],
    [
      'taken by a blackhole',
      hop({ key: 'blackhole/sales', final: finalOf(record, { answer: null }) }),
      'Delivered to sales 1.2 s after the event.',
      ['The blackhole sales took it, 1.2 s after the event and 1.2 s after it was queued.'],
    ],
    [
      'silenced',
      final({ outcome: 'silenced', detail: 'load test', attempts: 0 }),
      'Silenced: it was not posted to sales, on purpose.',
      ['It was dropped on purpose: sales was silenced.', 'why: load test'],
    ],
    [
      'expired',
      final({ outcome: 'expired', cause: 'expired', attempts: 0 }),
      'Given up 1.2 s after the event: expired, a dead letter.',
      ['It was never posted.'],
    ],
    [
      'given up while the breaker was open',
      final({ outcome: 'dead_lettered', cause: 'destination_down', detail: 'no_service', breaker: 'open' }),
      'Given up 1.2 s after the event: destination_down, a dead letter.',
      ['detail: no_service', 'breaker: open'],
    ],
    [
      'of a destination that nobody knew',
      final({ outcome: 'dead_lettered', cause: 'unknown_destination', attempts: 0 }),
      'Given up 1.2 s after the event: unknown_destination, a dead letter.',
      [
        'It was given up, 1.2 s after the event and 1.2 s after it was queued: its destination was unknown or disabled for ten minutes (unknown_destination).',
      ],
    ],
    [
      'moved, and not seen again',
      final({ outcome: 'moved' }),
      'Moved to the new address of sales, where nothing tells of it yet.',
      ['It was moved: the address of sales had changed, so it was queued again under the new one.'],
    ],
  ])('%s', (_what, of, summary, lines) => {
    const message = told([of])
    expect(message.summary).toBe(summary)
    expect(message.lines).toEqual(expect.arrayContaining(lines))
  })
})

describe('a message with two receipts', () => {
  it('is said to show twice, perhaps', () => {
    const again = finalOf(record, { recorded_at: T0 + 20_000 })
    const { steps, summary } = told([hop({ repeats: [again] })])
    expect(summary).toBe('Delivered to sales 1.2 s after the event.')
    expect(steps.at(-1)).toMatchObject({
      at: T0 + 20_000,
      tone: 'bad',
      text: 'Another receipt says that it was delivered once more: it may show twice.',
    })
  })
})

describe('a message that still waits', () => {
  it.each<[string, Partial<Hop>, Partial<Evidence>, string[]]>([
    ['alone', { waiting }, {}, ['No message of its lane is before it.']],
    [
      'behind others',
      { waiting: { ...waiting, ahead: 1_204 } },
      {},
      ['1,204 messages of its lane are before it.'],
    ],
    [
      'in a lane that is held',
      { waiting, holds: [hold({ held_until: T0 + 660_000 })] },
      {},
      ['Its lane is held for 1 min more.'],
    ],
    [
      'for a destination that is paused',
      { waiting },
      {
        controls: [
          { kind: 'pause', destination: 'sales', why: null, by: null, since: T0, until: null },
          { kind: 'pause', destination: 'vip', why: null, by: null, since: T0, until: null },
        ],
      },
      ['sales is paused until it is resumed'],
    ],
    [
      'while no process posts',
      { waiting: { ...waiting, isRunning: false } },
      {},
      ['No process is in the group bellhop.dispatch: start `bellhop run`.'],
    ],
    [
      'for a destination that the configuration has not',
      { waiting, record: dispatchRecord({ destination: 'gone' }) },
      {},
      ['This configuration has no destination gone.'],
    ],
  ])('%s', (_what, of, change, lines) => {
    const message = told([hop({ final: null, ...of })], change)
    expect(message.steps.at(-1)).toMatchObject({ tone: 'waiting', stage: 'dispatch' })
    expect(message.summary).toMatch(/^Waiting for (?:sales|gone), for 10 min now\.$/)
    expect(message.lines).toEqual(expect.arrayContaining(lines))
  })

  it('is not said to wait where the group has passed it', () => {
    const { summary, lines } = told([hop({ final: null, waiting: { ...waiting, isPassed: true } })])
    expect(summary).toBe('Done, but its receipt is gone.')
    expect(lines).toContain('It is done with, but bellhop.receipts does not tell how any more.')
  })
})

describe('what held it', () => {
  it.each<[string, Receipt, string]>([
    [
      'a 429',
      hold({ answer: tooFast, held_until: T0 + 31_000 }),
      'Slack said that it came too fast (429), so nothing left its lane for 30 s, until 2026-01-31 08:00:31Z.',
    ],
    [
      'a failure',
      hold({ detail: 'econnrefused' }),
      'The post failed (econnrefused), so nothing left its lane for 2 s, until 2026-01-31 08:00:03Z.',
    ],
    [
      'a server error',
      hold({ answer: { ...tooFast, status: 503 }, detail: 'http 503' }),
      'Slack answered 503 (http 503), so nothing left its lane for 2 s, until 2026-01-31 08:00:03Z.',
    ],
    [
      'an answer that never came',
      hold({ detail: 'timeout', ambiguous: 1 }),
      'Nobody knows whether the post arrived (timeout), so nothing left its lane for 2 s, until 2026-01-31 08:00:03Z.',
    ],
    [
      'a wait that was there before it',
      hold({ answer: tooFast, recorded_at: T0 - 1_000 }),
      'Its lane was held when it was queued, until 2026-01-31 08:00:03Z: Slack said that it came too fast (429).',
    ],
  ])('%s', (_what, held, text) => {
    const { steps } = told([hop({ holds: [held] })])
    expect(steps[1]).toMatchObject({ stage: 'slack', tone: 'waiting', text })
    expect(steps.every(({ at }, nth) => nth === 0 || (at ?? 0) >= (steps[nth - 1]?.at ?? 0))).toBe(true)
  })

  it('a hundred waits are told by the first and the last', () => {
    const holds = Array.from({ length: 100 }, (_, nth) => hold({ recorded_at: T0 + 1_000 + nth }))
    const { steps } = told([hop({ holds })])
    expect(steps).toHaveLength(1 + 5 + 1)
    expect(steps[4]?.text).toBe('Its lane was held 96 times more like this.')
    expect(steps[5]?.at).toBe(T0 + 1_099)
  })
})

describe('dead letters', () => {
  const givenUp = final({ outcome: 'dead_lettered', cause: 'rejected', detail: 'no_text' })

  it('come with the command that replays them', () => {
    const { steps } = told([givenUp], { letters: [letter()] })
    expect(steps.at(-1)).toMatchObject({
      stage: 'dead_letter',
      tone: 'bad',
      command: 'bellhop dead replay events:0:7:to-sales:sales',
    })
  })

  it('lead on to what became of their replay, in order', () => {
    const replayed = letter({ replayedAt: T0 + 60_000 })
    const again = hop({
      offset: 400,
      timestamp: T0 + 60_000,
      final: finalOf(record, { recorded_at: T0 + 61_000 }),
    })
    const { steps, summary } = told([givenUp, again], { letters: [replayed] })
    expect(summary).toBe('Delivered to sales 1 min 1 s after the event.')
    expect(steps.map(({ stage, command }) => [stage, command])).toEqual([
      ['dispatch', null],
      ['slack', null],
      ['dead_letter', null],
      ['dispatch', null],
      ['slack', null],
    ])
    expect(steps[3]?.text).toBe('A message for sales was queued once more: its dead letter was replayed.')
  })

  it('may come twice of one message, after a crash', () => {
    const { steps } = told([givenUp], { letters: [letter(), letter({ offset: 6 })] })
    expect(steps.filter(({ stage }) => stage === 'dead_letter')).toHaveLength(2)
  })
})

describe("bellhop's own messages", () => {
  it.each([[CANARY_ACTION], [NOTIFY_ACTION]])('%s is called so', (action) => {
    const own = dispatchRecord({ action })
    expect(told([hop({ record: own, final: finalOf(own) })]).lines[0]).toBe(
      `bellhop's own message for sales was queued by ${action}.`,
    )
  })
})

describe('the story of a dispatch record', () => {
  const found = { partition: 3, offset: 311, timestamp: T0, key: LANE, record }
  const finals = new Map([[311, [finalOf(record, { recorded_at: T0 + 10_000 })]]])

  it.each<[string, Receipt, number]>([
    ['of its lane, while it waits', hold({}), 1],
    ['of a message before it', hold({ dispatch_offset: 300 }), 1],
    ['of a message behind it', hold({ dispatch_offset: 312 }), 0],
    ['of another lane', hold({ lane: 'other' }), 0],
    ['that was over before it came', hold({ recorded_at: T0 - 5_000, held_until: T0 - 1 }), 0],
    ['that was still in force when it came', hold({ recorded_at: T0 - 5_000, held_until: T0 + 1 }), 1],
    ['that came after its end', hold({ recorded_at: T0 + 10_001, held_until: T0 + 20_000 }), 0],
  ])('has a wait %s: %#', (_what, one, kept) => {
    expect(storyOf(found, { finals, holds: [one], ends: [] }).holds).toHaveLength(kept)
  })

  it.each([
    ['before it, while it waited', { lane: LANE, offset: 310, recordedAt: T0 + 5_000 }, 1],
    ['behind it', { lane: LANE, offset: 312, recordedAt: T0 + 5_000 }, 0],
    ['in another lane', { lane: 'other', offset: 310, recordedAt: T0 + 5_000 }, 0],
    ['done before it came', { lane: LANE, offset: 310, recordedAt: T0 - 1 }, 0],
    ['done after it', { lane: LANE, offset: 310, recordedAt: T0 + 10_001 }, 0],
    ['that is itself', { lane: LANE, offset: 311, recordedAt: T0 + 10_000 }, 0],
  ])('counts a message %s: %#', (_what, other, before) => {
    expect(storyOf(found, { finals, holds: [], ends: [other] }).before).toBe(before)
  })

  it('counts a message that has two receipts once', () => {
    const end = { lane: LANE, offset: 310, recordedAt: T0 + 5_000 }
    expect(storyOf(found, { finals, holds: [], ends: [end, end] }).before).toBe(1)
  })
})
