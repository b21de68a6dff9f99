import type { Receipt } from '../../core/records.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import type { FoundRecord } from './evidence.ts'
import { type Logs, scanLog, spansOf } from './logs.ts'
import { createMention } from './needles.ts'

export interface ReceiptsDeps {
  logs: Logs
  topics: TopicNames
  codec: RecordCodec<Receipt>
  signal: AbortSignal
}

/** What a partition of receipts says about some dispatch records and their lanes. */
export interface PartitionReceipts {
  /** Final receipts in order, by the offset of their dispatch record: of those that were asked for. */
  finals: ReadonlyMap<number, readonly Receipt[]>
  /** Waits of their lanes, in order. */
  holds: readonly Receipt[]
  /** How the messages of their lanes ended, those that were asked for included. */
  ends: readonly LaneEnd[]
}

export interface LaneEnd {
  lane: string
  /** Of the dispatch record. */
  offset: number
  recordedAt: number
}

/** Written later than anything that is wanted. */
const PAST = Symbol('past')
/** A process that was frozen, and posted what the next owner has posted too, says so by then. */
const AGAIN_MS = 120_000

/**
 * Reads the receipts of dispatch records of one partition, from when the first was queued until the last has its
 * final one, and a while longer. `from`: not later than this offset; 0 for all that there is.
 */
export async function findReceipts(
  deps: ReceiptsDeps,
  { partition, records, from }: { partition: number; records: readonly FoundRecord[]; from: number | null },
): Promise<PartitionReceipts> {
  const { logs, topics, codec, signal } = deps
  const finals = new Map<number, Receipt[]>()
  let untilMs = Number.POSITIVE_INFINITY
  const holds: Receipt[] = []
  const ends: LaneEnd[] = []
  const reader = await logs.reader(topics.receipts)
  if (reader === null) return { finals, holds, ends }
  const lanes = new Set(records.map(({ key }) => key))
  const wanted = new Set(records.map(({ offset }) => offset))
  const mentions = createMention([...lanes, ...records.map(({ record }) => record.id)])
  const queuedMs = Math.min(...records.map(({ timestamp }) => timestamp))
  const spans = (await spansOf(reader, queuedMs)).filter((span) => span.partition === partition)
  await scanLog<{ value: Buffer } | typeof PAST>(reader, {
    spans: from === null ? spans : spans.map((span) => ({ ...span, from: Math.min(span.from, from) })),
    signal,
    make({ value, timestamp }) {
      if (Number(timestamp) > untilMs) return PAST
      return value !== null && mentions(value) ? { value } : null
    },
    async visit(found) {
      const receipts = found.filter((one) => one !== PAST)
      await codec.learn(receipts)
      for (const { value } of receipts) {
        const decoded = codec.decode(value)
        if (decoded.kind !== 'record') continue
        const receipt = decoded.record
        const { dispatch_offset: offset, lane, outcome, recorded_at: recordedAt } = receipt
        if (outcome !== null && wanted.has(offset)) {
          finals.set(offset, [...(finals.get(offset) ?? []), receipt])
          if (finals.size === wanted.size) untilMs = recordedAt + AGAIN_MS
        }
        if (lane === null || !lanes.has(lane)) continue
        else if (outcome === null) holds.push(receipt)
        else if (outcome !== 'moved') ends.push({ lane, offset, recordedAt })
      }
      return receipts.length === found.length
    },
  })
  return { finals, holds, ends }
}
