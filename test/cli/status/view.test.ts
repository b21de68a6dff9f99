import { describe, expect, it } from 'vitest'
import { plainText } from '../../../src/cli/dead/output.ts'
import { widthOf } from '../../../src/cli/status/text-width.ts'
import { statusView } from '../../../src/cli/status/view.ts'
import type { LaneView, MessageView, Overview, ProcessView } from '../../../src/observe/overview/overview.ts'
import { laneOf, NOW } from '../../observe/overview/support/records.ts'

const plain = (text: string): string => plainText(text, (json) => json)
const unbound = { columns: null, rows: null, plain }

function overviewWith(change: Partial<Overview> = {}): Overview {
  return {
    at: NOW,
    prefix: 'bellhop',
    history: { done: true, readRecords: 10 },
    processes: [],
    stages: [],
    lanes: [],
    lanesTotal: 0,
    waiting: 0,
    messages: [],
    actions: [],
    letters: [],
    controls: [],
    ...change,
  }
}

function processView(process: string, change: Partial<ProcessView> = {}): ProcessView {
  return {
    process,
    host: 'host',
    pid: 1,
    version: '1.0.0',
    configVersion: 'abcdef012345',
    stages: ['match', 'dispatch'],
    startedAt: NOW - 3_600_000,
    seenAt: NOW,
    ready: true,
    trouble: [],
    gone: false,
    ...change,
  }
}

function laneView(id: string, trouble: LaneView['trouble'], change: Partial<LaneView> = {}): LaneView {
  return { ...laneOf(id), process: 'p', trouble, ...change }
}

function messageView(id: string, change: Partial<MessageView> = {}): MessageView {
  return {
    id,
    action: 'order',
    destination: 'sales',
    outcome: 'delivered',
    cause: null,
    detail: null,
    attempts: 1,
    postMessages: 1,
    status: 200,
    heldUntil: null,
    breaker: 'closed',
    eventAt: NOW,
    queuedAt: NOW,
    recordedAt: NOW,
    userId: null,
    text: 'hello',
    ...change,
  }
}

function textOf(overview: Overview): string {
  return statusView(overview, unbound)
    .map(({ text }) => text)
    .join('\n')
}

const busy = overviewWith({
  processes: [processView('web-1'), processView('web-2', { gone: true, seenAt: NOW - 20_000 })],
  stages: [
    {
      stage: 'dispatch',
      topic: 'bellhop.dispatch',
      lag: 1_205,
      partitions: [
        { partition: 0, process: 'web-1', position: 1, lag: 5, trouble: null },
        { partition: 1, process: null, position: 1, lag: 1_200, trouble: null },
      ],
    },
  ],
  lanes: [
    laneView('alerts', 'breaker_open', { waiting: 3, oldest_at: NOW - 90_000, next_post_at: NOW + 20_000 }),
    laneView('sales', 'failing', {
      failing_since: NOW - 60_000,
      last_answer: { at: NOW - 1_000, outcome: 'retry', status: 503, detail: 'busy', messages: 1 },
    }),
    ...Array.from({ length: 50 }, (_, nth) => laneView(`idle-${nth}`, 'idle')),
  ],
  lanesTotal: 52,
  waiting: 3,
  letters: [
    {
      cause: 'rejected',
      destination: 'sales',
      count: 12,
      oldestAt: NOW,
      newestAt: NOW,
      command: 'bellhop dead x',
    },
  ],
  controls: [
    {
      kind: 'silence',
      destination: 'sales',
      why: 'a party',
      by: 'ann@host',
      since: NOW,
      until: NOW + 60_000,
    },
  ],
  messages: Array.from({ length: 200 }, (_, nth) => messageView(`m${nth}`)),
  actions: [
    { action: 'order', enabled: true, matches: minutes(2), posts: minutes(1) },
    { action: 'quiet', enabled: true, matches: minutes(0), posts: minutes(0) },
  ],
})

function minutes(each: number): number[] {
  return new Array<number>(60).fill(each)
}

describe('bellhop status in a terminal', () => {
  it.each([
    [
      'the group at a glance',
      'bellhop bellhop · 08:00:30Z · 1 process, 1 gone · 3 messages waiting in 1 lane',
    ],
    ['what runs, once where it is the same', 'PROCESSES: bellhop 1.0.0, config abcdef012345'],
    ['who is ready', 'web-1  match, dispatch  up 1 h          ready'],
    ['who is gone, and how long', 'gone: nothing heard for 20 s'],
    [
      'lag by partition, and what nobody holds',
      'lag 1,205  2 partitions; held by nobody: 1; lag by partition 1: 1,200  0: 5',
    ],
    ['a lane in trouble', 'alerts   breaker open  3        1 min 30 s  1/s   in 20 s'],
    ['the last answer, and since when it fails', 'retry 503 busy 1 s ago, failing for 1 min'],
    ['letters with their command', '12  rejected  sales  0 ms ago  bellhop dead x'],
    ['silences', 'silenced  sales  until 2026-01-31 08:01:30Z  ann@host  a party'],
    ['messages', '08:00:30Z  delivered  order -> sales  hello'],
    ['what actions did', '120 matched  60 posted'],
    ['how much is left out', '  … 14 more'],
  ])('tells of %s', (_, text) => {
    expect(textOf(busy)).toContain(text)
  })

  it.each([
    [
      'those in which messages wait',
      [laneView('a', 'waiting', { waiting: 1 }), laneView('b', 'idle')],
      '1 lane',
    ],
    [
      'all, where messages wait in each that is told of',
      [laneView('a', 'waiting', { waiting: 1 })],
      '7 lanes',
    ],
  ])('counts of the lanes %s', (_, lanes, text) => {
    expect(textOf({ ...busy, lanes, lanesTotal: 7 })).toContain(` · 3 messages waiting in ${text}\n`)
  })

  it.each([
    ['not where one was heard of', [20_000, 1_000], null],
    ['not where one has gone, or there is none', [], null],
    ['where none that lives was', [20_000, 12_000], 'nothing new for 12 s: does Kafka answer?'],
  ])('says that the picture is old: %s', (_, quiets, text) => {
    const [one] = busy.processes
    if (one === undefined) throw new Error('no process')
    const living = quiets.map((quietMs) => ({ ...one, gone: false, seenAt: NOW - quietMs }))
    const shown = textOf({ ...busy, processes: [...living, { ...one, gone: true, seenAt: NOW - 20_000 }] })
    if (text === null) expect(shown).not.toContain('nothing new')
    else expect(shown.split('\n')[1]).toContain(text)
  })

  it.each([
    ['once resumed', { waiting: 2, paused: true }],
    ['not known', { waiting: 2 }],
  ])('says %s where no time is known for the next post', (text, change) => {
    const lanes = [laneView('sales', 'paused', change)]
    expect(textOf({ ...busy, lanes })).toMatch(new RegExp(`sales +paused +2 .* ${text}`))
  })

  it('tells of no action without matches, and has no empty section', () => {
    expect(textOf(busy)).not.toContain('quiet')
    expect(textOf(overviewWith())).toBe(
      [
        'bellhop bellhop · 08:00:30Z · 0 processes · nothing waits',
        '',
        'PROCESSES',
        '  none has been heard of in the last two minutes',
      ].join('\n'),
    )
  })

  it('says so while what was recorded before is being read', () => {
    const text = textOf({ ...busy, history: { done: false, readRecords: 1_234 } })
    expect(text).toContain('what was recorded before is being read: 1,234 records so far')
    expect(text).toContain('DEAD LETTERS (still counting)')
  })

  it('says from when on counts are whole, where not all of the hour is read', () => {
    const text = textOf({ ...busy, history: { done: true, readRecords: 1, wholeSince: NOW - 600_000 } })
    expect(text).toContain('ACTIONS, whole since 07:50:30Z')
  })

  it('tells processes apart where they run another configuration', () => {
    const processes = [processView('a'), processView('b', { configVersion: 'fedcba' })]
    expect(textOf(overviewWith({ processes }))).toContain('bellhop 1.0.0, config fedcba')
  })

  it.each([
    [20, 8],
    [40, 12],
    [80, 24],
    [100, 30],
    [200, 60],
  ])('fits a terminal of %i columns and %i rows', (columns, rows) => {
    const lines = statusView(busy, { columns, rows, plain })
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(lines.length).toBeGreaterThan(rows - 3)
    expect(Math.max(...lines.map(({ text }) => widthOf(text)))).toBeLessThanOrEqual(columns)
  })

  it('shows of every section something on a usual terminal', () => {
    const titles = statusView(busy, { columns: 100, rows: 40, plain }).filter(({ tone }) => tone === 'title')
    expect(titles.map(({ text }) => text.split(/[:, ]/)[0])).toEqual([
      'bellhop',
      'PROCESSES',
      'STAGES',
      'LANES',
      'DEAD',
      'SILENCED',
      'MESSAGES',
      'ACTIONS',
    ])
  })

  it('lets no text from outside act on the terminal', () => {
    const evil = 'x\u001b]0;owned\u0007\u001b[2J\r\n\u202eforged \u009b31m'
    const overview = overviewWith({
      prefix: evil,
      processes: [
        processView(evil, {
          trouble: [evil],
          ready: false,
          stages: [evil],
          version: evil,
          configVersion: evil,
        }),
        processView('other', { version: evil }),
      ],
      stages: [
        {
          stage: evil,
          topic: evil,
          lag: 0,
          partitions: [{ partition: 0, process: evil, position: 0, lag: 0, trouble: evil }],
        },
      ],
      lanes: [
        laneView(evil, 'failing', {
          last_answer: { at: NOW, outcome: 'retry', status: null, detail: evil, messages: 1 },
        }),
        laneView(evil, 'idle', { destinations: [] }),
      ],
      letters: [
        { cause: 'rejected', destination: evil, count: 1, oldestAt: NOW, newestAt: NOW, command: evil },
      ],
      controls: [{ kind: 'pause', destination: evil, why: evil, by: evil, since: NOW, until: null }],
      messages: [messageView(evil, { action: evil, destination: evil, text: evil, userId: evil })],
      actions: [{ action: evil, enabled: null, matches: minutes(1), posts: minutes(1) }],
    })
    const text = textOf(overview)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(text.split('\n').filter((line) => line.includes('forged')).length).toBeLessThan(20)
  })

  it('bears times that no clock can have', () => {
    const text = textOf(
      overviewWith({ messages: [messageView('m', { recordedAt: 9e15, heldUntil: -9e15 })] }),
    )
    expect(text).toContain('order -> sales')
  })
})
