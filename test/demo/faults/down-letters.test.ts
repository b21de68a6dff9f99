import { describe, expect, it } from 'vitest'
import { createDownLetters } from '../../../src/demo/faults/down-letters.ts'

const LETTER = { kind: 'message', cause: 'destination_down', destination: 'nps' } as const

describe('letters of a webhook that is gone', () => {
  it('are taken and counted, with the time of the newest, and the marks of their replay', () => {
    let nowMs = 100
    const letters = createDownLetters(() => nowMs)
    letters.expect('nps')
    expect([letters.count('nps'), letters.newestMs('nps')]).toEqual([0, -Infinity])
    expect(letters.take(LETTER)).toBe(true)
    nowMs = 250
    expect(letters.take(LETTER)).toBe(true)
    letters.expect('nps')
    expect(letters.take({ ...LETTER, kind: 'replayed', destination: null })).toBe(true)
    expect([letters.count('nps'), letters.newestMs('nps'), letters.replayed]).toEqual([2, 250, 1])
  })

  it.each([
    { name: 'another channel', letter: { ...LETTER, destination: 'sales' } },
    { name: 'another cause', letter: { ...LETTER, cause: 'rejected' } as const },
    { name: 'an event', letter: { ...LETTER, kind: 'event' } as const },
  ])('are not those of $name', ({ letter }) => {
    const letters = createDownLetters(() => 0)
    letters.expect('nps')
    expect(letters.take(letter)).toBe(false)
    expect(letters.count('nps')).toBe(0)
  })
})
