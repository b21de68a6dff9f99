import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findText } from '../../../src/match/trigger/text-search.ts'

describe('findText', () => {
  it('finds what String.indexOf finds, for short and long needles', () => {
    const search = fc.record({
      pieces: fc.array(fc.constantFrom('a', 'b'), { maxLength: 4 }).map((units) => units.join('')),
      times: fc.nat(400),
      more: fc.nat(3),
      from: fc.nat(20),
    })
    let found = 0
    fc.assert(
      fc.property(search, ({ pieces, times, more, from }) => {
        const part = pieces.repeat(times)
        const text = `b${pieces.repeat(Math.max(0, times + more - 1))}a${part.slice(3)}`
        const expected = text.indexOf(part, from)
        if (expected >= 0 && part.length > 256) found++
        expect(findText(text, part, from)).toBe(expected)
      }),
      { numRuns: 1_000, seed: 1 },
    )
    expect(found).toBeGreaterThan(100)
  })

  it('finds a long needle at the start and at the end, and not beyond `from`', () => {
    const part = `${'x'.repeat(300)}y`
    expect(findText(part, part)).toBe(0)
    expect(findText(`zz${part}`, part)).toBe(2)
    expect(findText(`zz${part}`, part, 3)).toBe(-1)
    expect(findText(part.slice(1), part)).toBe(-1)
  })
})
