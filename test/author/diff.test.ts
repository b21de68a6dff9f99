import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { align, diffLines, visible } from '../../src/author/diff.ts'

const same = (a: number, b: number): boolean => a === b

describe('aligning two lists', () => {
  it.each([
    ['pairs what is equal', [1, 2], [1, 2], '1=1 2=2'],
    ['tells what is only left', [1, 2, 3], [1, 3], '1=1 -2 3=3'],
    ['tells what is only right', [1, 3], [1, 2, 3], '1=1 +2 3=3'],
    ['puts left before right where both differ', [1, 2, 3], [1, 4, 5, 3], '1=1 -2 +4 +5 3=3'],
    ['takes empty lists', [], [], ''],
    ['finds the most pairs', [1, 2, 3, 4], [2, 3, 4, 1], '-1 2=2 3=3 4=4 +1'],
  ])('%s', (_, left, right, expected) => {
    const steps = align(left, right, same).map((step) => {
      if (step.kind === 'both') return `${step.left}=${step.right}`
      return step.kind === 'left' ? `-${step.left}` : `+${step.right}`
    })
    expect(steps.join(' ')).toBe(expected)
  })

  it('gives back both lists, in order', () => {
    const list = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 })
    fc.assert(
      fc.property(list, list, (left, right) => {
        const steps = align(left, right, same)
        expect(steps.flatMap((step) => (step.kind === 'right' ? [] : [step.left]))).toEqual(left)
        expect(steps.flatMap((step) => (step.kind === 'left' ? [] : [step.right]))).toEqual(right)
        for (const step of steps) if (step.kind === 'both') expect(step.left).toBe(step.right)
      }),
    )
  })

  it('does not compare millions of pairs', () => {
    const long = Array.from({ length: 50_000 }, (_, index) => index + 1)
    let compared = 0
    const steps = align([0, ...long], [...long, 0], () => {
      compared += 1
      return false
    })
    expect(steps).toHaveLength(100_002)
    expect(compared).toBe(1)
  })
})

describe('a line diff', () => {
  it('has a sign for each line', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc\nd')).toEqual(['  a', '- b', '+ x', '  c', '+ d'])
  })

  it.each([
    ['a space at the end', 'a  ', 'a\\u0020\\u0020'],
    ['a tab', 'a\tb', 'a\\u0009b'],
    ['an escape', '\u001b[31m', '\\u001b[31m'],
    ['a space that does not break', 'a\u00a0b', 'a\\u00a0b'],
    ['a mark without width', 'a\u200bb', 'a\\u200bb'],
    ['a mark that turns the direction', '\u202ea', '\\u202ea'],
  ])('shows %s', (_, line, shown) => {
    expect(visible(line)).toBe(shown)
  })

  it.each(['a b', '👩‍👩‍👧 Grüße', ':tada: <https://example.com|x>'])('leaves %s as it is', (line) => {
    expect(visible(line)).toBe(line)
  })
})
