import { describe, expect, it } from 'vitest'
import { isMeant, isNarrow, type LetterFilter } from '../../src/dead/letter-filter.ts'
import { idOf, parseLetterId } from '../../src/dead/stored-letter.ts'
import { eventLetter, messageLetter } from './support/sample-letters.ts'

const ANY: LetterFilter = { ids: [], destination: null, action: null, cause: null, sinceMs: null }
const message = messageLetter()
const event = eventLetter()
const named = (text: string): LetterFilter => ({
  ...ANY,
  ids: [parseLetterId(text)].filter((id) => id !== undefined),
})

describe('a filter', () => {
  it.each([
    ['nothing set takes everything', ANY, message, true],
    ['its destination', { ...ANY, destination: 'sales' }, message, true],
    ['another destination', { ...ANY, destination: 'alerts' }, message, false],
    ['its action', { ...ANY, action: 'to-sales' }, message, true],
    ['another action', { ...ANY, action: 'other' }, message, false],
    ['a destination, of an event that has none', { ...ANY, destination: 'sales' }, event, false],
    ['its cause', { ...ANY, cause: 'rejected' as const }, message, true],
    ['another cause', { ...ANY, cause: 'ambiguous' as const }, message, false],
    ['the moment it was recorded', { ...ANY, sinceMs: message.recorded_at }, message, true],
    ['a later time', { ...ANY, sinceMs: message.recorded_at + 1 }, message, false],
    ['its id', named('events:0:7:to-sales:sales'), message, true],
    ['the id of another destination', named('events:0:7:to-sales:alerts'), message, false],
    ['the coordinates of its event', named('events:0:7'), message, true],
    ["a poison event's own coordinates", named('events:0:11'), event, true],
    ['the coordinates of another event', named('events:0:12'), event, false],
    ['its id, but another cause', { ...named('events:0:7'), cause: 'expired' as const }, message, false],
  ])('by %s', (_what, filter, letter, meant) => expect(isMeant(letter, filter)).toBe(meant))

  it.each([
    ['nothing', ANY, false],
    ['ids', named('events:0:7'), true],
    ['a time', { ...ANY, sinceMs: 0 }, true],
  ])('is narrow or not: %s', (_what, filter, narrow) => expect(isNarrow(filter)).toBe(narrow))
})

describe('ids', () => {
  it.each([message, event])('are what a letter is found by: $kind', (letter) => {
    expect(isMeant(letter, named(idOf(letter)))).toBe(true)
  })

  it.each([
    '',
    'events',
    'events:0',
    'events:0:x',
    'events:0:7:to-sales',
    'a b:0:7',
  ])('that name nothing are none: %j', (text) => expect(parseLetterId(text)).toBeUndefined())
})
