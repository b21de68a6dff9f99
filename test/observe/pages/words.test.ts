import { expect, it } from 'vitest'
import { filterMessages } from '../../../pages/status/message-filter.js'
import { sparkPaths, sparkWords } from '../../../pages/status/spark.js'
import {
  ago,
  count,
  duration,
  exactTime,
  left,
  pace,
  plain,
  slackText,
  until,
} from '../../../pages/status/words.js'
import { fakeMessageOf } from './support/fake-message.ts'

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000]

it.each([
  ['nothing', duration(0), '0 s'],
  ['a time before', duration(-5 * SECOND), '0 s'],
  ['seconds', duration(59.9 * SECOND), '59 s'],
  ['minutes and seconds', duration(9 * MINUTE + 5 * SECOND), '9 min 5 s'],
  ['whole minutes', duration(3 * MINUTE), '3 min'],
  ['many minutes', duration(12 * MINUTE + 5 * SECOND), '12 min'],
  ['hours', duration(2 * HOUR + 5 * MINUTE), '2 h 5 min'],
  ['days', duration(3 * DAY + 4 * HOUR), '3 d 4 h'],
  ['just now', ago(999), 'now'],
  ['a moment ago', ago(12 * SECOND), '12 s ago'],
  ['beyond a minute in whole ones', ago(2 * MINUTE + 45 * SECOND), '2 min ago'],
  ['soon', until(-12 * SECOND), 'in 12 s'],
  ['a part of a second from now', until(-600), 'in 1 s'],
  ['a time that has come', until(3 * SECOND), 'now'],
  ['what is left', left(-90 * MINUTE), '1 h 30 min left'],
  ['one a second', pace(1_000), '1 / s'],
  ['ten a second', pace(100), '10 / s'],
  ['one in two seconds', pace(2_000), '1 / 2 s'],
  ['one in five minutes', pace(5 * MINUTE), '1 / 5 min'],
  ['no pace', pace(null), 'off'],
  ['none', count(0, 'lane'), 'no lanes'],
  ['many', count(1_234, 'lane'), '1,234 lanes'],
  ['an odd plural', count(2, 'process', 'processes'), '2 processes'],
  ['a time that no calendar has', exactTime(Number.MAX_SAFE_INTEGER), '9007199254740991'],
  ['what Slack wants escaped', slackText('&lt;b&gt; &amp;amp; &quot;'), '<b> &amp; &quot;'],
  ['controls and marks that turn the direction', plain('a\u0007\u202eb\u009bc'), 'a\\u0007\\u202eb\\u009bc'],
  ['a line feed, a tab, Arabic, emoji', plain('a\n\tطلب 🎉'), 'a\n\tطلب 🎉'],
])('%s', (_, said, expected) => {
  expect(said).toBe(expected)
})

it.each([
  ['the most reaches the top', [0, 5, 10], 10, 'M0.0 35.0L120.0 18.5L240.0 2.0'],
  ['nothing lies on the ground', [0, 0], 1, 'M0.0 35.0L240.0 35.0'],
  ['no values draw nothing', [], 1, ''],
])('a chart: %s', (_, values, most, line) => {
  expect(sparkPaths(values, most).line).toBe(line)
})

it('a chart in words says the totals, and its busiest minute', () => {
  const at = Date.UTC(2026, 0, 31, 14, 5)
  expect(sparkWords({ matches: [0, 7, 1], posts: [0, 0, 2] }, at)).toMatch(
    /^last hour: 8 matching events, 2 messages posted; most at \d\d:04, 7 events in a minute$/,
  )
  expect(sparkWords({ matches: [0], posts: [1] }, at)).toBe('last hour: no matching events, 1 message posted')
})

it.each([
  ['no filter', {}, ['one', 'two', 'three']],
  ['words in any order and case', { text: 'SALES two' }, ['two']],
  ['a word of the detail', { text: 'no_text' }, ['three']],
  ['an outcome', { outcome: 'delivered' }, ['one', 'two']],
  ['held ones', { outcome: 'held' }, ['three']],
  ['an action and a destination', { action: 'order-completed', destination: 'nps' }, ['one']],
  ['a word that none has', { text: 'zebra' }, []],
])('messages are found by %s', (_, filter, found) => {
  const messages = [
    fakeMessageOf('one', { destination: 'nps' }),
    fakeMessageOf('two'),
    fakeMessageOf('three', { outcome: null, detail: 'no_text' }),
  ]
  const given = { text: '', outcome: '', destination: '', action: '', ...filter }
  expect(filterMessages(messages, given).map(({ text }) => text)).toEqual(found)
})
