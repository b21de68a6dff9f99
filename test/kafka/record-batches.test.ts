import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CodecOf, decodeRecordBatches } from '../../src/kafka/record-batches.ts'

const require = createRequire(import.meta.url)
const Encoder = require('kafkajs/src/protocol/encoder')
const Decoder = require('kafkajs/src/protocol/decoder')
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0')
const { RecordBatch: encodeBatch } = require('kafkajs/src/protocol/recordBatch/v0')
const decodeAsKafkajs = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages')
const compression = require('kafkajs/src/protocol/message/compression')
const codecOf: CodecOf = compression.lookupCodecByAttributes

interface BatchToEncode {
  firstOffset: number
  firstTimestamp: number
  records: readonly {
    timestampDelta: number
    key: string | null
    value: string | null
    headers: Record<string, string | string[]>
  }[]
  gzip: boolean
  transactional: boolean
}

async function encode({ records, gzip, ...batch }: BatchToEncode): Promise<Buffer> {
  const encoded = await encodeBatch({
    ...batch,
    maxTimestamp: batch.firstTimestamp + 7,
    lastOffsetDelta: records.length - 1,
    partitionLeaderEpoch: 3,
    producerId: 4_294_967_301,
    producerEpoch: 2,
    firstSequence: 9,
    compression: gzip ? compression.Types.GZIP : compression.Types.None,
    records: records.map(({ key, value, ...record }, offsetDelta) =>
      encodeRecord({
        ...record,
        offsetDelta,
        key: key === null ? null : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
      }),
    ),
  })
  return encoded.buffer
}

/** kafkajs has offsets and timestamps as texts. */
async function decodedByKafkajs(batches: Buffer): Promise<object[]> {
  const records = await decodeAsKafkajs(new Decoder(new Encoder().writeBytes(batches).buffer))
  return records.map((record: { offset: string; timestamp: string }) => ({
    ...record,
    offset: Number(record.offset),
    timestamp: Number(record.timestamp),
  }))
}

const batch: fc.Arbitrary<BatchToEncode> = fc.record({
  firstOffset: fc.maxSafeNat().map((offset) => Math.floor(offset / 2)),
  firstTimestamp: fc.integer({ min: -1, max: 4e12 }),
  records: fc.array(
    fc.record({
      timestampDelta: fc.oneof(
        fc.integer({ min: -200, max: 200 }),
        fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      ),
      key: fc.option(fc.string()),
      value: fc.option(fc.oneof(fc.string(), fc.string({ minLength: 60, maxLength: 300 }))),
      headers: fc.dictionary(
        fc.constantFrom('a', 'trace-id', 'größe'),
        fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 2, maxLength: 3 })),
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  gzip: fc.boolean(),
  transactional: fc.boolean(),
})

describe('the record batches of a fetch', () => {
  it('are decoded as kafkajs decodes them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), async (batches) => {
        const bytes = Buffer.concat(await Promise.all(batches.map(encode)))
        expect(await decodeRecordBatches(bytes, codecOf)).toEqual(await decodedByKafkajs(bytes))
      }),
      { numRuns: 300 },
    )
  })

  it('end before one that is cut off', async () => {
    const record = { timestampDelta: 0, key: null, value: 'event', headers: {} }
    const whole = { firstOffset: 5, firstTimestamp: 7, records: [record], gzip: false, transactional: false }
    const bytes = Buffer.concat([await encode(whole), await encode({ ...whole, firstOffset: 6 })])
    for (let length = bytes.length - 1; length >= bytes.length / 2; length -= 1) {
      expect(await decodeRecordBatches(bytes.subarray(0, length), codecOf)).toMatchObject([{ offset: 5 }])
    }
  })

  it('may be empty after compaction', async () => {
    const record = { timestampDelta: 0, key: null, value: 'event', headers: {} }
    const whole = { firstOffset: 5, firstTimestamp: 7, records: [record], gzip: true, transactional: false }
    const empty = (await encode(whole)).subarray(0, 61)
    empty.writeInt32BE(empty.length - 12, 8)
    empty.writeInt32BE(0, 57)
    const bytes = Buffer.concat([empty, await encode({ ...whole, firstOffset: 6 })])
    expect(await decodeRecordBatches(bytes, codecOf)).toMatchObject([{ offset: 6 }])
  })

  it('of the old format are left to kafkajs', async () => {
    const old = Buffer.alloc(100)
    old.writeInt32BE(80, 8)
    old.writeInt8(1, 16)
    expect(await decodeRecordBatches(old, codecOf)).toBeNull()
  })
})
