import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toTimeMs } from '../../../src/match/template/time-filters.ts'
import { filtered, message, NOW_MS } from './rendering.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a time', () => {
  it.each<[unknown, number | null, string]>([
    ['2023-11-14T22:13:20Z', NOW_MS, 'ISO in UTC'],
    ['2023-11-14T22:13:20.000Z', NOW_MS, 'ISO with milliseconds'],
    ['2023-11-14T22:13:20.123456789Z', NOW_MS + 123, 'ISO with nanoseconds'],
    ['2023-11-15T00:13:20+02:00', NOW_MS, 'ISO with an offset'],
    ['2023-11-15T00:13:20+0200', NOW_MS, 'ISO with a short offset'],
    ['2023-11-14T22:13:20', NOW_MS, 'ISO without a zone is UTC'],
    ['2023-11-14 22:13:20', NOW_MS, 'with a blank'],
    ['2023-11-14 22:13:20 +0000', NOW_MS, 'with a blank before the offset'],
    ['2023-11-14 22:13', NOW_MS - 20_000, 'without seconds'],
    ['2023-11-14', Date.UTC(2023, 10, 14), 'a date'],
    ['14 November 2023', Date.UTC(2023, 10, 14), 'a written date'],
    ['Nov 14, 2023 22:13:20', NOW_MS, 'another'],
    ['Tue, 14 Nov 2023 22:13:20 GMT', NOW_MS, 'as HTTP writes it'],
    ['Wed Nov 15 2023 03:43:20 GMT+0530 (India Standard Time)', NOW_MS, 'as JavaScript prints it'],
    ['November 14, 2023 17:13:20 EST', NOW_MS, 'with a zone of North America'],
    [1_700_000_000, NOW_MS, 'epoch seconds'],
    ['1700000000', NOW_MS, 'epoch seconds in text'],
    [1_700_000_000_000, NOW_MS, 'epoch milliseconds'],
    ['1700000000000', NOW_MS, 'epoch milliseconds in text'],
    [1_700_000_000n, NOW_MS, 'a bigint'],
    [new Date(NOW_MS), NOW_MS, 'a date object'],
    ['now', NOW_MS, 'now'],
    ['today', NOW_MS, 'today'],
    ['order 5', null, 'text that Date.parse would take'],
    ['2023-13-45', null, 'a date that is none'],
    ['<!channel>', null, 'markup'],
    ['', null, 'nothing'],
    [null, null, 'null'],
    [true, null, 'a boolean'],
    [{}, null, 'an object'],
    [1e300, null, 'a number beyond all dates'],
    [new Date(Number.NaN), null, 'an invalid date object'],
  ])('%o is %o: %s', (value, expected) => {
    expect(toTimeMs(value, NOW_MS)).toBe(expected)
  })
})

describe('ago', () => {
  it.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [-59_999, 'just now'],
    [MINUTE, '1 min ago'],
    [42 * MINUTE + 59_000, '42 min ago'],
    [HOUR, '1 h ago'],
    [23 * HOUR, '23 h ago'],
    [DAY, '1 day ago'],
    [29 * DAY, '29 days ago'],
    [30 * DAY, '1 month ago'],
    [300 * DAY, '10 months ago'],
    [365 * DAY, '1 year ago'],
    [5 * 365 * DAY, '5 years ago'],
    [-5 * MINUTE, 'in 5 min'],
    [-2 * DAY, 'in 2 days'],
  ])('%i ms before the event is %j', (distanceMs, expected) => {
    expect(filtered(NOW_MS - distanceMs, 'ago')).toBe(expected)
    expect(filtered(new Date(NOW_MS - distanceMs).toISOString(), 'ago')).toBe(expected)
  })

  it.each<[unknown, string]>([
    ['last <week>', 'last &lt;week&gt;'],
    [null, ''],
    [{}, '{}'],
  ])('leaves %o as it is', (value, expected) => {
    expect(filtered(value, 'ago')).toBe(expected)
  })
})

describe('slack_date', () => {
  it.each<[unknown, string, string]>([
    [NOW_MS / 1_000, 'slack_date', '<!date^1700000000^{date_short_pretty} at {time}|2023-11-14 22:13 UTC>'],
    ['2023-11-14T22:13:20.999Z', 'slack_date: "{date}"', '<!date^1700000000^{date}|2023-11-14 22:13 UTC>'],
    [
      NOW_MS,
      'slack_date: $.evil',
      '<!date^1700000000^{time} &lt;!channel&gt; https://x|2023-11-14 22:13 UTC>',
    ],
    [NOW_MS, 'slack_date: $.nope', '<!date^1700000000^{date_short_pretty} at {time}|2023-11-14 22:13 UTC>'],
    ['<soon>', 'slack_date', '&lt;soon&gt;'],
    [null, 'slack_date', ''],
    [NOW_MS, 'slack_date: "{date}" | append: ""', '&lt;!date^1700000000^{date}|2023-11-14 22:13 UTC&gt;'],
  ])('of %o | %s is %j', (value, filter, expected) => {
    expect(filtered(value, filter, { evil: '{time}\n<!channel>|^ https://x' })).toBe(expected)
  })
})

describe.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('on a machine in %s', (zone) => {
  beforeEach(() => {
    vi.stubEnv('TZ', zone)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each([
    ['{{ "now" | date: "%Y-%m-%d %H:%M:%S %z" }}', '2023-11-14 22:13:20 +0000', "now is the event's time"],
    ['{{ "today" | date: "%Y-%m-%d" }}', '2023-11-14', 'and so is today'],
    ['{{ "2023-11-14 22:13:20" | date: "%H:%M" }}', '22:13', 'a time without a zone is UTC'],
    ['{{ "2023-07-01T12:00:00+02:00" | date: "%H:%M" }}', '10:00', 'a time with one is shown in UTC'],
    ['{{ 1700000000 | date: "%s %L" }}', '1700000000 000', 'seconds'],
    ['{{ 1700000000123 | date: "%s %L" }}', '1700000000 123', 'milliseconds'],
    ['{{ 1700000000 | date }}', 'Tuesday, November 14, 2023 at 10:13 pm +0000', "Liquid's own format"],
    ['{{ 1700000000 | date: "%H:%M", "America/New_York" }}', '17:13', 'a zone that the author names'],
    ['{{ 1700000000 | date: "%H:%M", "Nowhere/<b>" }}', '22:13', 'a zone that does not exist is UTC'],
    ['{{ 1700000000 | date_to_xmlschema }}', '2023-11-14T22:13:20+00:00', 'as XML writes it'],
    ['{{ 1700000000 | date_to_rfc822 }}', 'Tue, 14 Nov 2023 22:13:20 +0000', 'as mail writes it'],
    ['{{ 1700000000 | date_to_string }}', '14 Nov 2023', 'short'],
    ['{{ 1700000000 | date_to_long_string: "ordinal", "US" }}', 'November 14th, 2023', 'long'],
    ['{{ "<never>" | date: "%Y" }}', '&lt;never&gt;', 'text that is no time'],
    ['[{{ nil | date: "%Y" }}]', '[]', 'nothing'],
    [
      '{{ 1700000000 | slack_date }}',
      '<!date^1700000000^{date_short_pretty} at {time}|2023-11-14 22:13 UTC>',
      'the fallback',
    ],
  ])('%s is %j: %s', (template, expected) => {
    expect(message(template)).toBe(expected)
  })
})
