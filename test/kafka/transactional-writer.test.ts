import { expect, it } from 'vitest'
import { byTopic, chunksOf, type OutgoingRecord } from '../../src/kafka/transactional-writer.ts'

const KIB = 1_024

function record(value: string | Buffer | null, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return { topic: 't', key: null, value, ...more }
}

it.each([
  ['nothing gives no request', [], []],
  ['what fits goes together', [100, 100, 300], [3]],
  ['up to the limit, to the byte', [256, 256], [2]],
  ['what no longer fits begins the next', [256, 256, 1], [2, 1]],
  ['a record beyond the limit goes alone', [1, 600, 1], [1, 1, 1]],
  ['only large ones go one by one', [600, 600], [1, 1]],
])('%s', (_what, sizesInKib, lengths) => {
  const records = sizesInKib.map((kib) => record(Buffer.alloc(kib * KIB)))
  const chunks = chunksOf(records)
  expect(chunks.map((chunk) => chunk.length)).toEqual(lengths)
  expect(chunks.flat()).toEqual(records)
})

it('counts bytes, not characters, and keys too', () => {
  const characters = 200 * KIB
  expect(chunksOf([record('a'.repeat(characters)), record('a'.repeat(characters))])).toHaveLength(1)
  expect(chunksOf([record('€'.repeat(characters)), record('a'.repeat(characters))])).toHaveLength(2)
  const key = 'a'.repeat(300 * KIB)
  expect(chunksOf([record(null, { key }), record(null, { key })])).toHaveLength(2)
})

it('groups by topic in order, and names a partition only where one is given', () => {
  const grouped = byTopic([
    record('1', { topic: 'a', key: 'k' }),
    record('2', { topic: 'b', partition: 3 }),
    record('3', { topic: 'a', partition: 0 }),
  ])
  expect(grouped).toStrictEqual([
    {
      topic: 'a',
      messages: [
        { key: 'k', value: '1' },
        { key: null, value: '3', partition: 0 },
      ],
    },
    { topic: 'b', messages: [{ key: null, value: '2', partition: 3 }] },
  ])
})
