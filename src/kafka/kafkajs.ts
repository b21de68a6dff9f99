import { createRequire } from 'node:module'
import kafkajs from 'kafkajs'
import { sleep } from '../system.ts'
import { type AbortedTransaction, type FetchedRecord, withoutAborted } from './aborted-transactions.ts'
import { type CodecOf, decodeRecordBatches } from './record-batches.ts'

/**
 * kafkajs 2.2.4 with six of its functions mended, for the whole process.
 *
 * Its read-committed filter takes the broker's list of aborted transactions to be sorted, steps into one of them a
 * record, and takes a key of four zero bytes for an abort marker: after a kill -9 of a process with several open
 * transactions, what they had written was handed out (8 to 16 messages at every other kill). Here a fetch marks
 * those records as control records, which kafkajs keeps from its users while it moves past them, and leaves its
 * own filter nothing to do.
 *
 * Its answer to OFFSET_OUT_OF_RANGE commits -1 over the group's offset and jumps. Here it does nothing but keep the
 * consumer from asking at once again; whoever holds the partition compares its position with the log.
 *
 * Its Consumer.commitOffsets tries again for up to 16 s, under whatever generation holds by then: a commit that was
 * right when it was asked for would land over what the next owner has committed. Here it is tried once.
 *
 * Where no broker answers while it looks for a group's coordinator, it calls that an error which waiting does not
 * mend, and ends the consumer for good (in 4 of 7 broker restarts under load); where none answers while it asks for
 * metadata, it stumbles over null. Here both are errors like the others.
 *
 * Decoding a fetch costs it 1 µs an event, most of it big integers that are made into text and back. Here it costs
 * a fifth; see record-batches.ts.
 */
interface FetchResponse {
  responses: {
    partitions: { messages: FetchedRecord[]; abortedTransactions: AbortedTransaction[] | null }[]
  }[]
}

interface BrokerClass {
  prototype: { fetch(request: unknown): Promise<FetchResponse>; [MENDED]?: true }
}

const MENDED = Symbol.for('bellhop.read-committed')

function mendReadCommitted(broker: BrokerClass): void {
  const { prototype } = broker
  if (prototype[MENDED]) return
  const fetch = prototype.fetch
  prototype.fetch = async function (this: unknown, request) {
    const response = await Reflect.apply(fetch, this, [request])
    for (const { partitions } of response.responses)
      for (const partition of partitions) hideAborted(partition)
    return response
  }
  prototype[MENDED] = true
}

function hideAborted(partition: FetchResponse['responses'][number]['partitions'][number]): void {
  if (!partition.abortedTransactions?.length) return
  const committed = new Set(withoutAborted(partition))
  for (const record of partition.messages) if (!committed.has(record)) record.isControlRecord = true
  partition.abortedTransactions = []
}

interface OffsetManagerClass {
  prototype: { setDefaultOffset(at: { topic: string; partition: number }): Promise<void> }
}

const OUT_OF_RANGE_PAUSE_MS = 500

function mendOutOfRange(offsetManager: OffsetManagerClass): void {
  offsetManager.prototype.setDefaultOffset = () => sleep(OUT_OF_RANGE_PAUSE_MS)
}

interface RunnerClass {
  prototype: {
    running: boolean
    consumerGroup: { commitOffsets(offsets: unknown): Promise<void> }
    commitOffsets(offsets: unknown): Promise<void>
  }
}

function mendCommits(runner: RunnerClass): void {
  runner.prototype.commitOffsets = async function (offsets) {
    if (!this.running) throw new Error('the consumer does not run')
    await this.consumerGroup.commitOffsets(offsets)
  }
}

interface ClusterClass {
  prototype: {
    findGroupCoordinatorMetadata(group: unknown): Promise<unknown>
    metadata(request?: unknown): Promise<unknown>
  }
}

function mendWhereNobodyAnswers({ prototype }: ClusterClass): void {
  const { findGroupCoordinatorMetadata, metadata } = prototype
  prototype.findGroupCoordinatorMetadata = async function (this: unknown, group) {
    try {
      return await Reflect.apply(findGroupCoordinatorMetadata, this, [group])
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSGroupCoordinatorNotFound') {
        Object.assign(error, { retriable: true })
      }
      throw error
    }
  }
  prototype.metadata = async function (this: unknown, request) {
    const found: unknown = await Reflect.apply(metadata, this, [request])
    if (found === null) throw new kafkajs.KafkaJSError('no broker answers', { retriable: true })
    return found
  }
}

interface FetchDecoder {
  offset: number
  buffer: Buffer
  readInt32(): number
}

type DecodeMessages = (decoder: FetchDecoder) => Promise<unknown>

/** The modules that decode a fetch are loaded with the first one, and find this in the place of kafkajs' own. */
function mendDecoding(): void {
  const id = require.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages')
  const decodeAsKafkajs: DecodeMessages = require(id)
  const {
    lookupCodecByAttributes,
  }: { lookupCodecByAttributes: CodecOf } = require('kafkajs/src/protocol/message/compression')
  const loaded = require.cache[id]
  if (loaded === undefined) throw new TypeError('this kafkajs decodes fetches elsewhere')
  const decode: DecodeMessages = async (decoder) => {
    const begin = decoder.offset
    const size = decoder.readInt32()
    const end = decoder.offset + size
    if (size <= 0 || end > decoder.buffer.length) return []
    const records = await decodeRecordBatches(
      decoder.buffer.subarray(end - size, end),
      lookupCodecByAttributes,
    )
    decoder.offset = records === null ? begin : end
    return records ?? decodeAsKafkajs(decoder)
  }
  loaded.exports = decode
}

const require = createRequire(import.meta.url)
mendDecoding()
mendReadCommitted(require('kafkajs/src/broker'))
mendOutOfRange(require('kafkajs/src/consumer/offsetManager'))
mendCommits(require('kafkajs/src/consumer/runner'))
mendWhereNobodyAnswers(require('kafkajs/src/cluster'))

export const {
  AssignerProtocol,
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  Kafka,
  logLevel,
  Partitioners,
} = kafkajs
