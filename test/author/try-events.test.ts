import { describe, expect, it } from 'vitest'
import { authoredFormats } from '../../src/author/authored-events.ts'
import { parseEventFile, toGivenRecord } from '../../src/author/try-events.ts'
import { testConfig } from '../support/config.ts'

describe('a file of events', () => {
  it.each([
    ['one object', '\uFEFF{"a": 1}\n', ['{"a": 1}\n']],
    ['one object over several lines', '{\n"a": 1\n}', ['{\n"a": 1\n}']],
    ['a list', '[{"a": 1}, {"b": 2}]', ['{"a":1}', '{"b":2}']],
    ['one a line, with blank ones between', '{"a": 1}\r\n\n{"b":2}\n', ['{"a": 1}', '{"b":2}']],
  ])('may hold %s', (_, text, events) => {
    expect(parseEventFile(text, 'e.json')).toEqual(events)
  })

  it.each([
    ['nothing', ' \n', 'e.json: there is no event in it'],
    ['an empty list', '[]', 'e.json: the list holds no event'],
    ['a text', '"x"', 'e.json: an event is a JSON object, and this is a string'],
    ['null in a list', '[{}, null]', 'e.json, event 2: an event is a JSON object, and this is null'],
    ['a list on a line', '{}\n[]\n', 'e.json:2:1: an event is a JSON object, and this is a list'],
    ['a mistake', '{\n  "a": 1,\n}', 'e.json:3:1: this is not JSON: expected a name in double quotes'],
    ['a mistake on a line', '{}\n{"a" 1}', 'e.json:2:6: this is not JSON: expected a colon'],
    ['YAML', 'type: track', 'e.json:1:1: this is not JSON: expected a value; a text stands in double quotes'],
  ])('is refused where it holds %s', (_, text, message) => {
    expect(() => parseEventFile(text, 'e.json')).toThrow(message)
  })

  it.each([
    ['its own time', '{"timestamp":"2026-01-02T03:04:05.678Z"}', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['its own time in milliseconds', '{"timestamp":1700000000000}', 1_700_000_000_000],
    ['now where it has none', '{}', 42],
    ['now where its time is none', '{"timestamp":"yesterday"}', 42],
  ])('gives records with %s', (_, json, timestamp) => {
    const formats = authoredFormats(testConfig())
    const record = toGivenRecord(json, { topic: 'events', offset: 7, nowMs: 42, formats })
    expect(record).toMatchObject({ topic: 'events', partition: 0, offset: 7, timestamp })
    expect(record.value?.toString()).toBe(json)
  })

  it('may hold an event of great depth', () => {
    const json = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(parseEventFile(json, 'e.json')).toEqual([json])
    expect(() => parseEventFile(`[${json}]`, 'e.json')).toThrow('put each on a line of its own')
  })
})
