import { describe, expect, it } from 'vitest'
import type { Findings } from '../../src/author/backtest.ts'
import { FiringTimes } from '../../src/author/backtest-hours.ts'
import { formatFindings } from '../../src/author/backtest-report.ts'
import { SpreadSamples } from '../../src/author/backtest-samples.ts'
import { TopUsers } from '../../src/author/backtest-users.ts'
import { testAction, testConfig } from '../support/config.ts'

const SINCE_MS = Date.parse('2026-01-31T00:00:00Z')
const at = (hours: number): number => SINCE_MS + hours * 3_600_000

function findings(change: Partial<Findings> = {}): Findings {
  const times = new FiringTimes()
  times.add(at(2))
  return {
    size: 100,
    passed: 100,
    hidden: 0,
    readUntilMs: null,
    logBeginsMs: null,
    events: 100,
    outside: 0,
    firstEventMs: at(1),
    fired: 1,
    withheld: 0,
    cut: 0,
    times,
    users: new TopUsers(),
    samples: new SpreadSamples(),
    destinations: new Map([['sales', { messages: 1, posts: 1, expired: 0, longestWaitMs: 0 }]]),
    poison: new Map(),
    failures: new Map(),
    ...change,
  }
}

function report(change: Partial<Findings> = {}): string[] {
  return formatFindings(findings(change), {
    action: testAction({ id: 'order' }),
    destinations: testConfig().destinations,
    span: { sinceMs: SINCE_MS, untilMs: at(5) },
    tookMs: 2_000,
    clean: (text) => text,
  })
}

describe('what is told of a backtest', () => {
  it('begins with what was read and how fast', () => {
    expect(report().slice(0, 3)).toEqual([
      'order: 100 events since 2026-01-31 00:00:00Z, read in 2.0 s (50/s)',
      '',
      'would have fired 1 time (1 % of the events); busiest minute 2026-01-31 02:00:00Z, 1',
    ])
  })

  it.each([
    [
      'that it was stopped, and where',
      { passed: 40, readUntilMs: at(3) },
      'stopped early, at 40 %, about at 2026-01-31 03:00:00Z: all numbers are of what was read',
    ],
    [
      'that it was stopped before anything was read',
      { passed: 0, events: 0 },
      'stopped early, at 0 %: all numbers are of what was read',
    ],
    [
      'what transactions hide',
      { passed: 98, hidden: 2 },
      '2 offsets at the end are hidden by unfinished transactions',
    ],
    ['what carries another time', { outside: 3 }, '3 events carry a time outside of that span: left out'],
    [
      'where the log begins',
      { logBeginsMs: at(1) },
      'the log begins at 2026-01-31 01:00:00Z: what was asked for before is not there to be read',
    ],
    [
      'what would have expired',
      {
        destinations: new Map([['sales', { messages: 5, posts: 2, expired: 3, longestWaitMs: 90_000 }]]),
      },
      '  sales: 5 messages in 2 posts (one in 1 s, coalescing off); the longest wait is 1 min 30 s; 3 would have expired unposted',
    ],
    ['what would have been cut', { cut: 2 }, "  2 messages cut to Slack's limit"],
  ] satisfies [string, Partial<Findings>, string][])('says %s', (_what, change, line) => {
    expect(report(change)).toContain(line)
    expect(report()).not.toContain(line)
  })

  it('says that who is counted is counted at least so often, where there were too many', () => {
    const users = new TopUsers(1)
    for (const user of ['a', 'a', 'b', 'c']) users.add(user)
    expect(report({ users })).toContain(
      '  at least so often, and at most 1 more: there are too many users to count each',
    )
  })

  it('draws no bar for what was not read', () => {
    const lastBar = (lines: readonly string[]): string | undefined =>
      lines.findLast((line) => /^ {2}2026-01-31 \d\d:\d\d {2}/.test(line))?.slice(2, 18)
    expect(lastBar(report())).toBe('2026-01-31 05:00')
    expect(lastBar(report({ passed: 40, readUntilMs: at(3) }))).toBe('2026-01-31 03:00')
  })

  it('ends early where the action would not have fired', () => {
    expect(report({ fired: 0 }).at(-1)).toBe('would not have fired')
  })
})
