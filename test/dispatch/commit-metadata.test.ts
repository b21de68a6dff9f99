import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCommitMetadata, encodeCommitMetadata, holderName } from '../../src/dispatch/commit-metadata.ts'

const BROKERS_LIMIT_BYTES = 4_096

describe('commit metadata', () => {
  it('is text that a person can read', () => {
    expect(encodeCommitMetadata({ holder: 'bellhop-abc-123', receiptsFrom: 1042 })).toBe(
      'bellhop/1 receipts=1042 holder=bellhop-abc-123',
    )
    expect(encodeCommitMetadata({ holder: null, receiptsFrom: 1042 })).toBe(
      'bellhop/1 receipts=1042 released',
    )
  })

  it('reads back what it wrote, for every member id, within what the broker takes', () => {
    const anyUnit = fc.string({ unit: 'binary', maxLength: 200 })
    const memberId = fc.oneof(
      anyUnit,
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      anyUnit.map((text) => text.repeat(60)),
      fc.constantFrom(
        '\u{1F514}'.repeat(250),
        '\u{1F514}'.repeat(251),
        '%'.repeat(1_000),
        '\ud800 half',
        ' ',
      ),
    )
    fc.assert(
      fc.property(memberId, fc.maxSafeNat(), (holder, receiptsFrom) => {
        const text = encodeCommitMetadata({ holder, receiptsFrom })
        expect(decodeCommitMetadata(text)).toEqual({
          kind: 'claimed',
          holder: holderName(holder),
          receiptsFrom,
        })
        expect(Buffer.byteLength(text)).toBeLessThan(BROKERS_LIMIT_BYTES)
        expect(text).not.toMatch(/[^\x20-\x7e]/)
      }),
      { numRuns: 500 },
    )
  })

  it('reads back a release', () => {
    const text = encodeCommitMetadata({ holder: null, receiptsFrom: Number.MAX_SAFE_INTEGER })
    expect(decodeCommitMetadata(text)).toEqual({
      kind: 'released',
      receiptsFrom: Number.MAX_SAFE_INTEGER,
    })
  })

  it('names a member whose id is too long by its fingerprint, different for every id', () => {
    const longest = 'a'.repeat(1_000)
    expect(holderName(longest)).toBe(longest)
    expect(holderName(`${longest}b`)).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(holderName(`${longest}b`)).not.toBe(holderName(`${longest}c`))
    expect(holderName(holderName(`${longest}b`))).toBe(holderName(`${longest}b`))
  })

  it.each([
    ['never written', null],
    ['empty', ''],
  ])('finds none where it is %s', (_, text) => {
    expect(decodeCommitMetadata(text)).toEqual({ kind: 'none' })
  })

  it.each([
    ['another program wrote it', '{"offset":12}'],
    ['it is of a later version', 'bellhop/2 receipts=10 released'],
    ['a later version added to it', 'bellhop/1 receipts=10 released since=12'],
    ['it says neither holder nor released', 'bellhop/1 receipts=10'],
    ['its offset is no number', 'bellhop/1 receipts=ten released'],
    ['its offset is negative', 'bellhop/1 receipts=-1 released'],
    ['its offset is beyond what a number holds', 'bellhop/1 receipts=9999999999999999 released'],
    ['its holder cannot be decoded', 'bellhop/1 receipts=10 holder=%E0%A4%A'],
    ['it has a second line', 'bellhop/1 receipts=10 released\n'],
    ['it has a line before', '\nbellhop/1 receipts=10 released'],
  ])('leaves it alone where %s', (_, text) => {
    expect(decodeCommitMetadata(text)).toEqual({ kind: 'foreign' })
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses to write %d for an offset', (receiptsFrom) => {
    expect(() => encodeCommitMetadata({ holder: null, receiptsFrom })).toThrow('is no offset')
  })
})
