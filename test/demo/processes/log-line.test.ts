import { describe, expect, it } from 'vitest'
import { isAtLeast, isNews, parseLogLine } from '../../../src/demo/processes/log-line.ts'

const line = (fields: object): string => JSON.stringify(fields)

describe('a line of a log', () => {
  it('is taken apart', () => {
    const told = {
      level: 'warn',
      time: '2026-01-31T08:00:00.250Z',
      event: 'laneHeld',
      msg: 'sales waits',
      pid: 7,
    }
    expect(parseLogLine(line(told))).toEqual({
      atMs: Date.parse(told.time),
      level: 'warn',
      event: 'laneHeld',
      text: 'sales waits',
      fields: told,
    })
  })

  it.each([
    { name: 'a stack trace', text: 'TypeError: x is not a function', atMs: null },
    { name: 'JSON that is no log line', text: '{"level":30}', atMs: null },
    { name: 'an empty line', text: '', atMs: null },
  ])('that is $name is an error in its own words', ({ text, atMs }) => {
    expect(parseLogLine(text)).toMatchObject({ atMs, level: 'error', event: null, text })
  })

  it.each([
    { name: 'a warning', fields: { level: 'warn', event: 'commitFailed' }, news: true },
    { name: 'an error of Node', fields: null, news: true },
    { name: 'what is below a warning', fields: { level: 'info', event: 'groupJoined' }, news: false },
    {
      name: "the scenario's broken events",
      fields: { level: 'warn', event: 'eventDeadLettered' },
      news: false,
    },
    {
      name: 'trouble of a channel that is struck',
      fields: { level: 'error', event: 'breakerChanged', destination: 'nps' },
      news: false,
    },
    {
      name: 'the same of another',
      fields: { level: 'error', event: 'breakerChanged', destination: 'sales' },
      news: true,
    },
    {
      name: 'something else of a channel that is struck',
      fields: { level: 'error', event: 'writeFailed', destination: 'nps' },
      news: true,
    },
  ])('$name is news: $news', ({ fields, news }) => {
    expect(
      isNews(parseLogLine(fields === null ? 'Error: boom' : line(fields)), {
        struck: new Set(['nps']),
        isAtWork: true,
      }),
    ).toBe(news)
  })

  it.each([
    { level: 'warn', news: false },
    { level: 'error', news: true },
  ])('at $level of a process that was never ready, or is told to stop, is news: $news', ({ level, news }) => {
    const told = parseLogLine(line({ level, event: 'brokerUnreachable' }))
    expect(isNews(told, { struck: new Set(), isAtWork: false })).toBe(news)
  })

  it('has levels in order', () => {
    expect([isAtLeast('warn', 'warn'), isAtLeast('fatal', 'error'), isAtLeast('info', 'warn')]).toEqual([
      true,
      true,
      false,
    ])
  })
})
