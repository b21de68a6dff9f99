import { describe, expect, it } from 'vitest'
import type { Config } from '../../../src/config/config.ts'
import { eventSteps } from '../../../src/observe/explain/event-steps.ts'
import type { EventFinding, Evidence } from '../../../src/observe/explain/evidence.ts'
import { matchSteps } from '../../../src/observe/explain/match-steps.ts'
import { notFound } from '../../../src/observe/explain/message-id-steps.ts'
import { othersStep } from '../../../src/observe/explain/others-step.ts'
import { summaryOf } from '../../../src/observe/explain/summary.ts'
import { testAction, testConfig, testWebhook } from '../../support/config.ts'
import { config, evidence, hop, telling, trail } from './support/sample-evidence.ts'
import { dispatchRecord, letterOf, T0 } from './support/sample-records.ts'

function reading(topics: readonly string[]): Config {
  const start = { at: 'earliest' } as const
  const events = topics.map((topic) => ({ topic, format: 'json', map: null, start }) as const)
  return { ...config, kafka: { ...config.kafka, events } }
}

describe('where an event is not', () => {
  it.each<[EventFinding, string]>([
    [{ kind: 'none' }, "This is bellhop's own word about itself (notify): it came of no event."],
    [{ kind: 'no_topic' }, 'There is no topic events any more.'],
    [
      { kind: 'no_partition', partitions: 1 },
      'events has no partition 0: it has 1 partition, counted from 0.',
    ],
    [
      { kind: 'beyond_end', end: 7 },
      'There is no event 7 in partition 0 of events yet: the next one that is produced there gets offset 7.',
    ],
    [
      { kind: 'deleted', low: 90 },
      'The event is gone: partition 0 of events keeps nothing before offset 90 any more (retention).',
    ],
    [
      { kind: 'no_record' },
      "Offset 7 in partition 0 of events holds no event: it is a transaction's marker or was aborted, or compaction has removed it.",
    ],
    [
      { kind: 'hidden' },
      'Partition 0 of events holds a transaction before offset 7 that is not finished: nobody who reads committed can see the event until it is.',
    ],
  ])('%o', (event, text) => {
    const all = evidence({ event, explained: null })
    expect(eventSteps(all, telling()).map((step) => step.text)).toEqual([text])
    expect(matchSteps(all, telling(), null)).toEqual([])
  })
})

describe('whether match has come to it', () => {
  it.each<[string, Partial<Evidence>, string, string[]]>([
    [
      'it is behind',
      { match: { committed: 3, isRunning: true } },
      'Match has not come to the event yet.',
      ['The group bellhop.match stands at offset 3, 4 records before it.'],
    ],
    [
      'it is right before',
      { match: { committed: 7, isRunning: false } },
      'Match has not come to the event yet.',
      [
        'The group bellhop.match stands at offset 7, right before it.',
        'No process is in the group bellhop.match: start `bellhop run`.',
      ],
    ],
    [
      'it has not begun',
      { match: { committed: null, isRunning: true } },
      'Match has not come to the event yet.',
      ['The group bellhop.match has not begun with partition 0 of events.'],
    ],
    [
      'the topic is not read',
      { match: null },
      'Nothing: this configuration does not read events.',
      ['events topics of this configuration: orders, event; did you mean "event"?'],
    ],
  ])('%s', (_what, change, summary, details) => {
    const all = evidence(change)
    expect(summaryOf(all)).toBe(summary)
    const topics = change.match === null ? ['orders', 'event'] : ['events']
    expect(eventSteps(all, telling({ config: reading(topics) }))[1]).toMatchObject({
      stage: 'match',
      details,
    })
  })

  it('says where the event came before bellhop first ran', () => {
    const [, step] = eventSteps(evidence({ beganMs: T0 + 3_600_000 }), telling())
    expect(step?.text).toBe(
      'bellhop first ran 1 h after the event, and reads what came before only where `start` says so (it says earliest).',
    )
  })

  it('says nothing more where messages tell of it', () => {
    expect(eventSteps(evidence({ trails: [trail(hop())], beganMs: T0 + 1 }), telling())).toHaveLength(1)
  })
})

describe('a transaction that hides records', () => {
  it('is told of, since what looks lost may lie behind it', () => {
    const steps = eventSteps(evidence({ isHidden: true }), telling())
    expect(steps.at(-1)).toMatchObject({ stage: 'dispatch', tone: 'waiting' })
    expect(steps.at(-1)?.text).toContain('Part of bellhop.dispatch cannot be seen now')
  })
})

describe('which actions match', () => {
  const details = (all: Evidence, action: string | null = null, by = config): string[] =>
    matchSteps(all, telling({ config: by }), action)[0]?.details ?? []

  it('names those that do, those that came near and how many are not about it', () => {
    const by = testConfig({
      actions: [
        testAction({ id: 'sent', trigger: 'type = "track"' }),
        testAction({ id: 'near', trigger: 'type = "track" and properties.total > 1000' }),
        testAction({ id: 'off', trigger: 'type = "track"', enabled: false }),
        ...['a', 'b'].map((id) => testAction({ id, trigger: 'type = "page"' })),
      ],
    })
    const all = evidence({ by, trails: [trail(hop({ record: dispatchRecord({ action: 'sent' }) }))] })
    const [step] = matchSteps(all, telling({ config: by }), null)
    expect(step).toMatchObject({ at: T0 + 40, text: 'Of 5 actions, sent matches the event.' })
    expect(step?.details).toEqual([
      'configuration: abcdef012345, which also ran',
      'sent: its trigger holds, and it sends to sales',
      'off: it is disabled; its trigger holds',
      'near: properties.total > 1000: properties.total is 500',
      '2 other actions are not about this event.',
    ])
  })

  it('tells of the action that was asked for, however far it is', () => {
    expect(details(evidence(), 'page')).toContain('page: type = "page": type is "track"')
    expect(details(evidence(), 'gone')).toContain('This configuration has no action gone.')
    expect(details(evidence(), null)).not.toContain('page: type = "page": type is "track"')
  })

  it('says so where another configuration ran', () => {
    const record = dispatchRecord({ config_version: '111111111111' })
    expect(details(evidence({ trails: [trail(hop({ record }))] }))[0]).toBe(
      'configuration: abcdef012345; what was queued was made by 111111111111, which may have decided otherwise',
    )
  })

  it('says so where this configuration would not have queued what was queued', () => {
    const all = evidence({ value: { type: 'identify' }, trails: [trail(hop())] })
    expect(details(all)).toContain(
      'to-sales: a message for sales was queued, which this configuration would not do.',
    )
  })

  it('says so where this configuration would have queued what was not, once match has passed it', () => {
    const text = /^to-sales: this configuration would send it to sales, and yet no record of that is left/
    expect(details(evidence())).toContainEqual(expect.stringMatching(text))
    const unread = evidence({ match: { committed: 7, isRunning: true } })
    expect(details(unread)).not.toContainEqual(expect.stringMatching(text))
    expect(details(unread)[0]).toBe('configuration: abcdef012345, if it is the one that runs')
  })

  it.each([
    ['poison', '{', 'No action can see the event: the event is not valid JSON in UTF-8 (not_json).'],
    [
      'a list',
      '[]',
      'No action can see the event: the event is JSON or Avro, but no object (not_an_object).',
    ],
  ])('%s', (_what, value, text) => {
    expect(matchSteps(evidence({ value }), telling(), null)[0]).toMatchObject({ tone: 'bad', text })
  })

  it("no rule sees the canary's event", () => {
    const [step] = matchSteps(evidence({ isCanary: true, explained: null }), telling(), null)
    expect(step?.text).toContain('no rule sees it')
  })
})

describe('in one sentence', () => {
  const of = (destination: string) => hop({ record: dispatchRecord({ destination }) })
  const by = testConfig({ destinations: new Map([['sales', testWebhook('sales')]]) })

  it.each<[string, Evidence, string]>([
    ['nothing matched', evidence({ value: { type: 'screen' } }), 'Nothing was sent for the event.'],
    [
      'no value',
      evidence({ explained: { kind: 'no_value' } }),
      'Nothing: the record has no value, and is skipped.',
    ],
    [
      'several messages',
      evidence({ by, trails: [trail(of('a')), trail(of('b')), trail({ ...of('c'), final: null })] }),
      '3 messages: 2 delivered, 1 waiting.',
    ],
    [
      'gone altogether',
      evidence({ event: { kind: 'deleted', low: 9 }, explained: null }),
      'The event is gone, and no message or dead letter of it is left.',
    ],
    [
      'only its letter is left',
      evidence({
        event: { kind: 'deleted', low: 9 },
        explained: null,
        letters: [{ partition: 0, offset: 1, letter: letterOf(dispatchRecord()), replayedAt: null }],
      }),
      'It lies in the dead letters: rejected.',
    ],
  ])('%s', (_what, all, summary) => {
    expect(summaryOf(all)).toBe(summary)
  })
})

describe('where one message of several is asked about', () => {
  const big = 'events:0:7:to-sales:sales'

  it('another one that was queued is not said to be missing', () => {
    const all = evidence({ others: [big] })
    const lines = matchSteps(all, telling(), 'to-sales').flatMap(({ details }) => details)
    expect(lines).toContain('to-sales: its trigger holds, and it sends to sales')
    expect(lines.filter((line) => line.includes('no record of that is left'))).toEqual([])
  })

  it('and it is not there, the others are named, and nobody says that nothing was sent', () => {
    const others = Array.from({ length: 12 }, (_, nth) => `events:0:7:a${nth}:sales`)
    const all = evidence({ others })
    expect(summaryOf(all)).toBe('There is no such message, but 12 others of its event.')
    expect(othersStep(all, telling())).toMatchObject({
      details: [...others.slice(0, 10), 'and 2 more'],
      command: 'bellhop explain events:0:7',
    })
  })
})

describe('where no event carries a messageId', () => {
  it.each([
    [1, '7d'],
    [6.5, '28d'],
    [30, '120d'],
  ])('after %d days one is told to look further back', (days, since) => {
    const asked = { kind: 'event_message_id', id: 'm-1', instead: null } as const
    const at = telling()
    const sinceMs = at.nowMs - days * 86_400_000
    const { steps } = notFound(asked, { topics: ['events'], sinceMs, read: 3 }, at)
    expect(steps[0]?.command).toBe(`bellhop explain m-1 --since ${since}`)
  })
})
