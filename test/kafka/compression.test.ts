import { describe, expect, it } from 'vitest'
import { lz4Codec, snappyCodec, zstdCodec } from '../../src/kafka/compression.ts'

/**
 * The records of one batch as Kafka 4.1.1's Java classes compress them, from segment files of topics with
 * `compression.type` snappy, lz4 and zstd: the broker had compressed anew what came to it uncompressed.
 */
const JAVA_RECORDS =
  'nAEAAAAEazCKAWV2ZW50IDA6IGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5n' +
  'IACcAQAAAgRrMYoBZXZlbnQgMTogZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRp' +
  'bmcgAJwBAAAEBGsyigFldmVudCAyOiBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcgZGluZyBkaW5nIGRpbmcg' +
  'ZGluZyAA'

const CODECS = [
  {
    name: 'snappy',
    codec: snappyCodec,
    fromJava:
      'glNOQVBQWQAAAAABAAAAAQAAADvwAVicAQAAAARrMIoBZXZlbnQgMDogZGluZ94FAAAAAVAMAgRrMRFQADHuUAANUAwEBGsyEVAAMvpQAA==',
  },
  {
    name: 'lz4',
    codec: lz4Codec,
    fromJava:
      'BCJNGGBAgj4AAAD/CJwBAAAABGswigFldmVudCAwOiBkaW5nBQAlEABQAEQCBGsxUAAfMVAAMEQEBGsyUAAfMlAAJ1BpbmcgAAAAAAA=',
  },
  {
    name: 'zstd',
    codec: zstdCodec,
    fromJava: 'KLUv/QBYvAEAZAKcAQAAAARrMIoBZXZlbnQgMDogZGluZwCcAQAAAgRrMTEEBGsyMgUABFIAggDQncJ7FmdpAgEAAA==',
  },
]

describe.each(CODECS)('$name', ({ codec, fromJava }) => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['one byte less than a snappy block', Buffer.alloc(32 * 1024 - 1, 'abcdefg')],
    ['exactly a snappy block', Buffer.alloc(32 * 1024, 'abcdefg')],
    ['one byte more than a snappy block', Buffer.alloc(32 * 1024 + 1, 'abcdefg')],
    ['more than one lz4 block', Buffer.alloc(5_000_000, 'the quick brown fox ')],
    ['what does not compress', incompressible(200_000)],
  ])('gives back %s', async (_what, plain) => {
    const compressed = await codec.compress({ buffer: plain })

    expect((await codec.decompress(compressed)).equals(plain)).toBe(true)
  })

  it('reads what the Java client wrote', async () => {
    const records = await codec.decompress(Buffer.from(fromJava, 'base64'))

    expect(records.toString('base64')).toBe(JAVA_RECORDS)
  })

  it('begins as its format says', async () => {
    const compressed = await codec.compress({ buffer: Buffer.from('bellhop') })

    expect(compressed.subarray(0, 4)).toEqual(Buffer.from(fromJava, 'base64').subarray(0, 4))
  })

  it.each([
    ['cut in the middle', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    // Of the four bytes of lz4's end mark none is missed: everything is there.
    ['cut by five bytes', (whole: Buffer) => whole.subarray(0, whole.length - 5)],
    ['overwritten', (whole: Buffer) => Buffer.alloc(whole.length, 0xff)],
  ])('refuses bytes that are %s', async (_what, damage) => {
    const whole = await codec.compress({ buffer: incompressible(100_000) })

    await expect(codec.decompress(damage(whole))).rejects.toThrow()
  })
})

describe('snappy', () => {
  it('reads a raw block without a header, as librdkafka writes it', async () => {
    const { compressSync } = await import('snappy')
    const plain = Buffer.alloc(100_000, 'raw snappy ')

    expect((await snappyCodec.decompress(compressSync(plain))).equals(plain)).toBe(true)
  })

  it('says where a block is cut short', async () => {
    const whole = await snappyCodec.compress({ buffer: Buffer.from('bellhop') })

    await expect(snappyCodec.decompress(whole.subarray(0, 18))).rejects.toThrow(
      'snappy: the block at byte 16 of 18 is cut short',
    )
  })
})

/** Numbers of a linear congruential generator: the same in every run. */
function incompressible(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state >>> 24
    }),
  )
}
