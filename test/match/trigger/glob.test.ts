import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob, MAX_FLOATING_CHUNK } from '../../../src/match/trigger/glob.ts'

describe('patterns', () => {
  it.each([
    { pattern: '', text: '', matches: true },
    { pattern: '', text: 'a', matches: false },
    { pattern: '*', text: '', matches: true },
    { pattern: '**', text: 'a', matches: true },
    { pattern: '*a*', text: 'a', matches: true },
    { pattern: 'a*a', text: 'a', matches: false },
    { pattern: 'ab*bc', text: 'abc', matches: false },
    { pattern: 'a*b*c', text: 'acb', matches: false },
    { pattern: '?', text: '', matches: false },
    { pattern: '?', text: '/', matches: true },
    { pattern: '??', text: '🎉', matches: false },
    { pattern: '?', text: '🎉', matches: true },
    { pattern: '*?', text: '🎉', matches: true },
    { pattern: '*??', text: '🎉', matches: false },
    { pattern: '*[🎈-🎊]', text: 'a🎉', matches: true },
    { pattern: 'a*?c*d', text: 'aXbcYd', matches: true },
    { pattern: 'ab[a-z]d', text: 'abcd', matches: true },
    { pattern: '[a-cx-z]', text: 'y', matches: true },
    { pattern: '[^a-cx-z]', text: 'y', matches: false },
    { pattern: '[^^]', text: '^', matches: false },
    { pattern: '[a^]', text: '^', matches: true },
    { pattern: '[!a]', text: '!', matches: true },
    { pattern: '[[]', text: '[', matches: true },
    { pattern: '[*?]', text: '*', matches: true },
    { pattern: '[*?]', text: 'a', matches: false },
    { pattern: '[z-a]', text: 'm', matches: false },
    { pattern: '[\\]]', text: ']', matches: true },
    { pattern: '[a-\\]]', text: ']', matches: false },
    { pattern: '[A-\\]]', text: 'Z', matches: true },
    { pattern: '[\\\\]', text: '\\', matches: true },
    { pattern: '[a]]', text: 'a]', matches: true },
    { pattern: 'a]', text: 'a]', matches: true },
    { pattern: '\\a\\*\\\\', text: 'a*\\', matches: true },
    { pattern: 'a-b', text: 'a-b', matches: true },
    { pattern: '[^a]', text: '\n', matches: true },
    { pattern: '*\n*', text: 'a\nb', matches: true },
    { pattern: 'a.c', text: 'abc', matches: false },
    { pattern: '(a|b)+$', text: '(a|b)+$', matches: true },
    { pattern: 'É', text: 'é', matches: false },
  ])('$pattern on $text', ({ pattern, text, matches }) => {
    expect(compileGlob(pattern)).toMatchObject({ problem: null })
    expect(compileGlob(pattern).matches(text)).toBe(matches)
  })

  it.each([
    { pattern: '[', problem: 'not closed' },
    { pattern: 'a[', problem: 'not closed' },
    { pattern: '[^', problem: 'not closed' },
    { pattern: '[^bc', problem: 'not closed' },
    { pattern: '[a-', problem: 'not closed' },
    { pattern: '[a\\', problem: 'not closed' },
    { pattern: '[]', problem: 'ends too early' },
    { pattern: '[]a]', problem: 'ends too early' },
    { pattern: '[^]', problem: 'ends too early' },
    { pattern: '[x-]', problem: 'ends too early' },
    { pattern: '[-]', problem: 'a `-` in a class' },
    { pattern: '[-x]', problem: 'a `-` in a class' },
    { pattern: '[^-x]', problem: 'a `-` in a class' },
    { pattern: '[a-b-c]', problem: 'a `-` in a class' },
    { pattern: '[--a]', problem: 'a `-` in a class' },
    { pattern: '\\', problem: 'escapes nothing' },
    { pattern: 'a*\\', problem: 'escapes nothing' },
    // path.Match would let this one pass, since the text does not reach the class.
    { pattern: 'ab*[', problem: 'not closed' },
    { pattern: '*[', problem: 'not closed' },
  ])('$pattern is malformed and never matches', ({ pattern, problem }) => {
    const glob = compileGlob(pattern)
    expect(glob.problem).toContain(problem)
    for (const text of ['', 'a', '-', 'x', ']', '[', '\\', 'ab', 'abc', pattern])
      expect(glob.matches(text)).toBe(false)
  })

  it('does not match half of a character', () => {
    expect(compileGlob('*\uDF89').matches('🎉')).toBe(false)
    expect(compileGlob('\uD83C*').matches('🎉')).toBe(false)
    expect(compileGlob('*\uDF89').matches('a\uDF89')).toBe(true)
  })
})

/** The textbook definition, exponential and evidently right. */
function matchesSlowly(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === '*') {
    return matchesSlowly(rest, text) || (text.length > 0 && matchesSlowly(pattern, text.slice(1)))
  }
  const [character] = text
  if (character === undefined) return false
  const accepted =
    first === '?' ||
    (first === '[ab]'
      ? 'ab'.includes(character)
      : first === '[^ab]'
        ? !'ab'.includes(character)
        : first === character)
  return accepted && matchesSlowly(rest, text.slice(1))
}

describe('against the definition', () => {
  const element = fc.constantFrom('*', '*', '?', 'a', 'b', '🎉', '[ab]', '[^ab]')
  const character = fc.constantFrom('a', 'b', '🎉', '\uD83C')

  it('agrees on small alphabets', () => {
    let matched = 0
    fc.assert(
      fc.property(
        fc.array(element, { maxLength: 6 }),
        fc.array(character, { maxLength: 7 }),
        (pattern, text) => {
          // Joining may make one character of two surrogates.
          const characters = [...text.join('')]
          const expected = matchesSlowly(pattern, characters)
          if (expected) matched++
          expect(compileGlob(pattern.join('')).matches(characters.join(''))).toBe(expected)
        },
      ),
      { numRuns: 5_000, seed: 1 },
    )
    expect(matched).toBeGreaterThan(500)
  })
})

describe('time', () => {
  const text = 'a'.repeat(500_000)

  it.each([
    { name: 'many stars', pattern: `${'a*'.repeat(1_000)}b` },
    { name: 'many stars and `?`', pattern: `${'a*?'.repeat(1_000)}b` },
    { name: 'a repetitive literal between stars', pattern: `*${'a'.repeat(50_000)}b${'a'.repeat(50_000)}*` },
    { name: 'a floating chunk of the greatest length', pattern: `*${'?'.repeat(MAX_FLOATING_CHUNK - 1)}b*` },
    { name: 'a pattern as long as the text', pattern: `${'?'.repeat(500_000)}b` },
  ])('is bounded for $name', ({ pattern }) => {
    const glob = compileGlob(pattern)
    expect(glob.problem).toBeNull()
    expect(glob.matches(text)).toBe(false)
  }, 20_000)

  it('does not look for a longer chunk with `?` between two stars', () => {
    const glob = compileGlob(`*${'?'.repeat(MAX_FLOATING_CHUNK + 1)}*`)
    expect(glob.problem).toContain(`more than ${MAX_FLOATING_CHUNK} characters`)
    expect(glob.matches(text)).toBe(false)
  })
})
