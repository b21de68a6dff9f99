import { describe, expect, it } from 'vitest'
import { silenceAdd } from '../../src/cli/silence/add.ts'
import {
  commandText,
  requireEnd,
  requireWhy,
  untilText,
  whoAmI,
} from '../../src/cli/silence/session-controls.ts'
import { captureIo } from './support/captured-io.ts'

const NOW_MS = Date.parse('2026-01-31T08:00:00Z')
const HOUR_MS = 3_600_000

describe('when a silence or pause ends', () => {
  it.each([
    ['after a duration', { for: '2h' }, NOW_MS + 2 * HOUR_MS],
    ['at a time', { until: '2026-01-31T10:00:00+01:00' }, NOW_MS + HOUR_MS],
    ['by a person, where nothing is said', {}, null],
  ])('is known: %s', (_, options, expected) => {
    expect(requireEnd(options, NOW_MS)).toBe(expected)
  })

  it.each([
    ['a number without a unit', { for: '2' }, '--for 2: write a duration such as'],
    ['no time at all', { for: '0s' }, '--for 0s: write a duration such as'],
    ['a time beyond all calendars', { for: '100000000d' }, '--for 100000000d: write a duration such as'],
    ['a word', { until: 'tomorrow' }, '--until tomorrow: write a time with its zone'],
    ['a time that has passed', { until: '2026-01-31T07:59:59Z' }, 'that has passed'],
    ['the present', { until: '2026-01-31T08:00:00Z' }, 'that has passed'],
    ['both', { for: '2h', until: '2026-02-01' }, 'not both'],
  ])('is not told by %s', (_, options, message) => {
    expect(() => requireEnd(options, NOW_MS)).toThrow(message)
  })

  it.each([
    ['its time and how long that is', NOW_MS + 90 * 60_000, 'until 2026-01-31 09:30:00Z (1 h 30 min)'],
    ['who ends it', null, 'until a person ends it'],
  ])('is told by %s', (_, until, text) => {
    expect(untilText(until, NOW_MS)).toBe(text)
  })
})

describe('the reason', () => {
  it('is kept without the space around it', () => expect(requireWhy(' load test ')).toBe('load test'))

  it.each([
    ['is not empty', ' ', '--why is empty'],
    ['is short', 'x'.repeat(501), '--why has 501 characters'],
  ])('%s', (_, why, message) => expect(() => requireWhy(why)).toThrow(message))
})

describe('bellhop silence add', () => {
  it.each([
    ['no end', {}, 'say when it ends'],
    ['an empty reason', { for: '1h', why: '' }, '--why is empty'],
  ])('is refused with %s before anything is read', async (_, options, message) => {
    const given = { config: '/nowhere.yaml', destination: 'sales', why: 'x', ...options }
    await expect(silenceAdd(given, captureIo())).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    })
  })
})

it('names who says it, and the command that takes it back', () => {
  expect(whoAmI()).toMatch(/^\S.*@\S+$/)
  expect(commandText('resume sales', 'a.yaml')).toBe('"bellhop resume sales -c a.yaml"')
  expect(commandText('resume sales', "Ann's a.yaml")).toBe(`"bellhop resume sales -c 'Ann'\\''s a.yaml'"`)
  expect(commandText('resume sales', undefined)).toBe('"bellhop resume sales"')
})
