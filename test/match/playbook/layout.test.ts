import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut, type PlaybookParts } from '../../../src/match/playbook/layout.ts'

const NONE: PlaybookParts = { why: null, fields: [], links: [], nextStep: null, owner: null, deadline: null }
const ALL: PlaybookParts = {
  why: 'w',
  fields: ['f1', 'f2'],
  links: ['l1', 'l2', 'l3'],
  nextStep: 'n',
  owner: 'o',
  deadline: 'd',
}

describe('the lines under a message', () => {
  it.each([
    ['all parts, in one order', ALL, 'm\n> w\n> f1 · f2\n> l1 · l2 · l3\n> n\n> o · d'],
    ['no part', NONE, 'm'],
    ['the deadline without an owner', { ...NONE, deadline: 'd' }, 'm\n> d'],
    ['a field and a next step', { ...NONE, fields: ['f1'], nextStep: 'n' }, 'm\n> f1\n> n'],
  ])('%s', (_, parts, text) => {
    expect(layOut('m', parts, 4_000)).toEqual({ text, cut: false })
  })

  it.each([
    ['the third link', 'm\n> w\n> f1 · f2\n> l1 · l2\n> n\n> o · d'],
    ['the second link', 'm\n> w\n> f1 · f2\n> l1\n> n\n> o · d'],
    ['the last field', 'm\n> w\n> f1\n> l1\n> n\n> o · d'],
    ['the first field', 'm\n> w\n> l1\n> n\n> o · d'],
    ['the first link', 'm\n> w\n> n\n> o · d'],
    ['the deadline', 'm\n> w\n> n\n> o'],
    ['why', 'm\n> n\n> o'],
    ['the next step', 'm\n> o'],
    ['the owner', 'm'],
  ])('lose %s where the text is exactly as long as what is left', (_, text) => {
    expect(layOut('m', ALL, text.length)).toEqual({ text, cut: true })
  })

  it('are all gone before the message loses its end', () => {
    expect(layOut('a long message', ALL, 8)).toEqual({ text: 'a long \u2026', cut: true })
  })

  it('fit in what they are given to the last character', () => {
    const whole = layOut('m', ALL, 4_000).text
    expect(layOut('m', ALL, whole.length)).toEqual({ text: whole, cut: false })
    expect(layOut('m', ALL, whole.length - 1).cut).toBe(true)
  })

  it('are never cut within a part, and never longer than the limit', () => {
    const part = fc.stringMatching(/^[a-z]{1,12}$/)
    const parts = fc.record({
      why: fc.option(part),
      fields: fc.array(part, { maxLength: 5 }),
      links: fc.array(part, { maxLength: 5 }),
      nextStep: fc.option(part),
      owner: fc.option(part),
      deadline: fc.option(part),
    })
    let cuts = 0
    fc.assert(
      fc.property(parts, part, fc.integer({ min: 12, max: 200 }), (given, message, limit) => {
        const { text, cut } = layOut(message, given, limit)
        const [first, ...lines] = text.split('\n> ')
        const all = [given.why, ...given.fields, ...given.links, given.nextStep, given.owner, given.deadline]
        const shown = lines.flatMap((line) => line.split(' · '))
        cuts += Number(cut)
        expect(text.length).toBeLessThanOrEqual(limit)
        expect(first).toBe(message)
        expect(isSubsequence(shown, all)).toBe(true)
        expect(shown.length < all.filter((one) => one !== null).length).toBe(cut)
      }),
      { numRuns: 500 },
    )
    expect(cuts).toBeGreaterThan(50)
  })
})

function isSubsequence(part: readonly string[], whole: readonly (string | null)[]): boolean {
  let at = 0
  for (const one of whole) if (at < part.length && one === part[at]) at += 1
  return at === part.length
}
